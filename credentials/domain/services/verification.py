"""Comparison of credentials with the logs: definitions with the audit log, issued ones with their events."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Final
from uuid import UUID

from accounts.public import AuditBindings, AuditSubject, Principal, Right, SubjectType, compared
from authsvc.kernel.paging import all_items
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.kernel.verification import (
    UNREADABLE,
    Finding,
    FindingKind,
    Stored,
    Tally,
    content_hash_of,
    grouped,
    missing,
    side_by_side,
)
from credentials.domain.entities.credentials import Binding, IssuedCredential, IssuedCredentialId
from credentials.domain.entities.definitions import Credential
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.services.issuing import CredentialIssuer
from progress.public import EntityType, ProgressEvent, RecordedFacts

DEFINITIONS: Final = "credentials_credential"
DEFINITION_VERSIONS: Final = "credentials_credentialversion"
ISSUED: Final = "credentials_usercredential"
_PROBLEMS: Final = {
    Binding.ALTERED: (FindingKind.CHANGED, "it is not what the last event about it recorded"),
    Binding.UNRECORDED: (FindingKind.UNRECORDED, "no event of its holder records it"),
    Binding.UNBOUND: (FindingKind.UNBOUND, "its events have no hash; run bind_records"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredentialCheck:
    """Verifies that every issued credential is what the last event about it recorded."""

    name: ClassVar[str] = "issued-credentials"

    issued_credentials: IssuedCredentialRepository
    recorded_facts: RecordedFacts

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        for events, rows in self._by_stream(scope):
            tally.count(ISSUED, len(rows))
            last = _last_by_credential(events)
            superseded = {row.item.supersedes for row in rows if row.item is not None}
            for row in rows:
                event = last.pop(row.id, None)
                if problem := _problem_of(row, event, superseded):
                    yield Finding(kind=problem[0], table=ISSUED, id=str(row.id), detail=problem[1])
            for issued_id in last:
                yield missing(ISSUED, issued_id, log="event log")

    def unbound(self, *, scope: TenantScope) -> Iterator[IssuedCredential]:
        """Yield those that their events do not bind, but do not contradict."""
        for events, rows in self._by_stream(scope):
            last = _last_by_credential(events)
            for row in rows:
                issued = row.item
                if issued and Binding.of(last.get(issued.id), issued) is Binding.UNBOUND:
                    yield issued

    def _by_stream(
        self, scope: TenantScope
    ) -> Iterator[tuple[list[Stored[ProgressEvent]], list[Stored[IssuedCredential]]]]:
        events = self.recorded_facts.about(EntityType.CREDENTIAL, scope=scope)
        issued = self.issued_credentials.in_streams(scope=scope)
        sides = side_by_side(
            grouped(events, lambda row: row.key), grouped(issued, lambda row: row.key)
        )
        return ((events, rows) for _, events, rows in sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialCheck:
    """Verifies that every definition is what the audit log recorded last."""

    name: ClassVar[str] = "credential-definitions"

    credentials: CredentialRepository
    bindings: AuditBindings

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        recorded = self.bindings.recorded(SubjectType.CREDENTIAL, scope=scope)
        unseen = {subject_id for subject_id, _ in recorded}
        for row in self.credentials.by_id(scope=scope):
            tally.count(DEFINITIONS)
            unseen.discard(str(row.id))
            if row.item is None:
                yield Finding(
                    kind=FindingKind.UNREADABLE, table=DEFINITIONS, id=str(row.id), detail=row.fault
                )
            else:
                version = (str(row.id), row.item.version)
                yield from compared(version, content_hash_of(row.item), recorded, table=DEFINITIONS)
                yield from self._version_findings(row.item, recorded, tally, scope)
        for subject_id in sorted(unseen):
            yield missing(DEFINITIONS, subject_id, log="audit log")

    def _version_findings(
        self,
        credential: Credential,
        recorded: Mapping[tuple[str, int], str | None],
        tally: Tally,
        scope: TenantScope,
    ) -> Iterator[Finding]:
        """Compare the versions with the definition, and former ones with what was recorded when they were current."""
        page_of = partial(self.credentials.versions_of, credential.id, scope=scope)
        try:
            versions = {version.number: version.terms for version in all_items(page_of)}
        except UNREADABLE as error:
            yield _of_version(credential, FindingKind.UNREADABLE, f"it cannot be read: {error}")
            return
        tally.count(DEFINITION_VERSIONS, len(versions))
        if credential.version not in versions:
            yield _of_version(credential, FindingKind.MISSING, "it has no row of its own")
        for number, terms in versions.items():
            former = replace(credential, version=number, terms=terms)
            hashes = {content_hash_of(replace(former, is_offered=is_)) for is_ in (True, False)}
            bound = recorded.get((str(credential.id), number))
            is_current = number == credential.version
            if terms != credential.terms if is_current else bound not in {None, *hashes}:
                yield _of_version(former, FindingKind.CHANGED, "its terms are not those of then")


def _of_version(credential: Credential, kind: FindingKind, detail: str) -> Finding:
    version = f"{credential.id} version {credential.version}"
    return Finding(kind=kind, table=DEFINITION_VERSIONS, id=version, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialBinder:
    """Binds definitions and issued credentials that are older than the hashes in the logs."""

    check: IssuedCredentialCheck
    credentials: CredentialRepository
    bindings: AuditBindings
    issuer: CredentialIssuer
    unit_of_work: UnitOfWork

    def bind_all(self, *, by: Principal) -> int:
        """Record the hash of each unbound one, and return their number. Raises NotPermitted."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        self.unit_of_work.require_outside()
        with self.unit_of_work.snapshot():
            unbound = [
                (issued.id, issued.content_hash)
                for issued in self.check.unbound(scope=by.tenant_scope)
            ]
        return self._bind_definitions(by) + sum(self.issuer.bind(*one, by=by) for one in unbound)

    def _bind_definitions(self, by: Principal) -> int:
        with self.unit_of_work.atomic():
            recorded = self.bindings.recorded(SubjectType.CREDENTIAL, scope=by.tenant_scope)
            unbound = [
                row.item
                for row in self.credentials.by_id(scope=by.tenant_scope)
                if row.item is not None
                and recorded.get((str(row.id), row.item.version), "") is None
            ]
            for credential in unbound:
                subject = AuditSubject.of(SubjectType.CREDENTIAL, credential)
                self.bindings.bind(subject, credential.binding, by=by)
        return len(unbound)


def _last_by_credential(
    events: Iterable[Stored[ProgressEvent]],
) -> dict[UUID, Stored[ProgressEvent]]:
    """Return the last readable event about each issued credential."""
    return {row.item.fact.entity_id: row for row in events if row.item is not None}


def _problem_of(
    row: Stored[IssuedCredential],
    event: Stored[ProgressEvent] | None,
    superseded: set[IssuedCredentialId | None],
) -> tuple[FindingKind, str] | None:
    issued = row.item
    if issued is None:
        return FindingKind.UNREADABLE, row.fault
    binding = Binding.of(event, issued)
    if binding is not Binding.BOUND:
        return _PROBLEMS[binding]
    if issued.is_current != (issued.revocation is None and issued.id not in superseded):
        return FindingKind.CHANGED, "whether it is current does not follow from what was issued"
    return None
