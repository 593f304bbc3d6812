"""Credential issuance: issuing, verifying, revoking and re-issuing credentials."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from accounts.public import (
    AuditAction,
    AuditLog,
    AuditSubject,
    Principal,
    Right,
    SubjectType,
    TenantAccess,
    UserId,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities.credentials import (
    Binding,
    IssuedCredential,
    IssuedCredentialId,
    IssuedCredentialStatus,
    IssuedSelection,
    RevocationCause,
    Verification,
    require_reason,
)
from credentials.domain.entities.signed import Place
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.repositories.protocols.signed import StatusListRepository
from credentials.domain.services.signing import CredentialSigner
from progress.public import Cause, EntityType, EventRecorder, EventType, RecordedFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialIssuer:
    """Issues and revokes credentials; every change is an event in the stream of the learner on the course."""

    credentials: CredentialRepository
    issued_credentials: IssuedCredentialRepository
    status_lists: StatusListRepository
    signer: CredentialSigner
    recorder: EventRecorder
    recorded_facts: RecordedFacts
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def verify(self, issued_id: IssuedCredentialId) -> Verification:
        """Return the issued credential and its status, to anybody. Raises IssuedCredentialNotFound.

        Its stored record is compared with the last event about it, so that one that was changed or added is not valid.
        """
        issued = self.issued_credentials.shown(issued_id)
        event = self.recorded_facts.last_about(issued.stream, EntityType.CREDENTIAL, issued.id)
        verification = issued.verified(at=self.clock.now(), binding=Binding.of(event, issued))
        return verification.superseded(successor_of(issued, self.issued_credentials))

    def page_for(self, by: Principal, request: PageRequest) -> Page[Verification]:
        """Return everything issued to the caller, revoked ones included, by time of issue, then id."""
        page = self.issued_credentials.page_for_user(by.person, request)
        return _verified(page, at=self.clock.now())

    def page_of(
        self,
        selection: IssuedSelection,
        request: PageRequest,
        *,
        by: Principal,
    ) -> Page[Verification]:
        """Return what the organization of the selection issued and the selection includes, by time of issue, then id.

        Raises OrganizationNotFound, NotPermitted.
        """
        with self.unit_of_work.atomic():
            self.tenant_access.require_to_list(
                selection.org_id, Right.AWARD_CREDENTIALS, of=SubjectType.USER_CREDENTIAL, by=by
            )
            page = self.issued_credentials.page_of(selection, request, scope=by.tenant_scope)
        return _verified(page, at=selection.at)

    def issue(
        self, issued: IssuedCredential, *, place: Place | None = None, by: UserId | None
    ) -> None:
        """Store, record and sign the issued credential, inside the unit of work of the caller.

        A batch gives it a place in a status list. Call `lock` first unless the stream is locked already. Raises
        AlreadyIssued, IssuerKeyUnreadable.
        """
        self.issued_credentials.add(issued, scope=TenantScope.into(issued.org_id))
        self._record(EventType.CREDENTIAL_ISSUED, issued, by=by)
        self.signer.sign(issued, place=place)

    def bind(self, issued_id: IssuedCredentialId, content_hash: str, *, by: Principal) -> bool:
        """Record the hash of one whose events have none, and return True; False if it is not the given hash by now.

        Raises IssuedCredentialNotFound, NotPermitted, OrganizationSuspended, NotEnrolled.
        """
        with self.unit_of_work.atomic():
            issued = self._get_for_update(issued_id, by=by)
            is_unchanged = issued.content_hash == content_hash
            if is_unchanged:
                self._record(EventType.CREDENTIAL_BOUND, issued, by=by.user_id)
        return is_unchanged

    def lock(self, issued: IssuedCredential) -> None:
        """Lock the stream in which the issued credential is recorded. Raises NotEnrolled."""
        self.recorder.lock(issued.stream)

    def revoke(
        self,
        issued_id: IssuedCredentialId,
        *,
        reason: str,
        cause: RevocationCause | None = None,
        by: Principal,
    ) -> Verification:
        """Revoke an issued credential. Strangers are told the cause, if one is given, and not the reason.

        Raises NotPermitted, IssuedCredentialNotFound, OrganizationSuspended, AlreadyRevoked, ReasonMissing.
        """
        with self.unit_of_work.atomic():
            issued = self._get_for_update(issued_id, by=by)
            revoked = self._revoke(issued, reason=reason, cause=cause, by=by)
            action = AuditAction.CREDENTIAL_REVOKED
            after = {} if cause is None else {"cause": cause.value}
            self.audit_log.record(action, _subject(issued), by=by, because=reason, after=after)
        return revoked.verified(at=self.clock.now())

    def suspend(self, issued_id: IssuedCredentialId, *, reason: str, by: Principal) -> Verification:
        """Let an issued credential not count until it is resumed.

        Raises NotPermitted, IssuedCredentialNotFound, OrganizationSuspended, AlreadyRevoked, AlreadySuspended,
        ReasonMissing.
        """
        with self.unit_of_work.atomic():
            issued = self._get_for_update(issued_id, by=by)
            suspended = issued.suspended(at=self.clock.now(), reason=reason, by=by.user_id)
            self._change(EventType.CREDENTIAL_SUSPENDED, suspended, by=by)
            action = AuditAction.CREDENTIAL_SUSPENDED
            self.audit_log.record(action, _subject(issued), by=by, because=reason)
        return suspended.verified(at=self.clock.now())

    def resume(self, issued_id: IssuedCredentialId, *, reason: str, by: Principal) -> Verification:
        """Let a suspended credential count again.

        Raises NotPermitted, IssuedCredentialNotFound, OrganizationSuspended, AlreadyRevoked, NotSuspended,
        ReasonMissing.
        """
        with self.unit_of_work.atomic():
            issued = self._get_for_update(issued_id, by=by)
            resumed = issued.resumed()
            require_reason(reason)
            self._change(EventType.CREDENTIAL_RESUMED, resumed, by=by)
            action = AuditAction.CREDENTIAL_RESUMED
            self.audit_log.record(action, _subject(issued), by=by, because=reason)
        return resumed.verified(at=self.clock.now())

    def reissue(self, issued_id: IssuedCredentialId, *, reason: str, by: Principal) -> Verification:
        """Issue a new credential, on the present terms, in place of one that is revoked, expired or wrong.

        One that is still valid is revoked for the given reason. Raises NotPermitted, IssuedCredentialNotFound,
        OrganizationSuspended, AlreadyIssued if a later one is current, ReasonMissing.
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            old = self._get_for_update(issued_id, by=by)
            if old.status(at=now) in _REVOCABLE:
                self._revoke(old, reason=reason, cause=RevocationCause.REPLACED, by=by)
            elif old.is_current:
                self.issued_credentials.save(old.superseded(), scope=by.tenant_scope)
            new = IssuedCredential.issued(
                IssuedCredentialId(uuid4()),
                credential=self.credentials.get(old.credential_id, scope=by.tenant_scope),
                user_id=old.user_id,
                evidence=old.evidence,
                at=now,
                supersedes=old.id,
            )
            self.issue(new, by=by.user_id)
            self.audit_log.record(
                AuditAction.CREDENTIAL_REISSUED,
                _subject(old),
                by=by,
                because=reason,
                after={"superseded_by": str(new.id)},
            )
        return new.verified(at=self.clock.now())

    def _get_for_update(self, issued_id: IssuedCredentialId, *, by: Principal) -> IssuedCredential:
        """Raises IssuedCredentialNotFound, NotPermitted, OrganizationSuspended."""
        issued = self.issued_credentials.get_for_update(issued_id, scope=by.tenant_scope)
        by.require(Right.AWARD_CREDENTIALS, of=issued.org_id)
        self.tenant_access.require_open(issued.org_id, by=by)
        return issued

    def _revoke(
        self,
        issued: IssuedCredential,
        *,
        reason: str,
        cause: RevocationCause | None,
        by: Principal,
    ) -> IssuedCredential:
        now = self.clock.now()
        revoked = issued.revoked(at=now, reason=reason, by=by.user_id, cause=cause)
        self._change(EventType.CREDENTIAL_REVOKED, revoked, by=by)
        return revoked

    def _change(self, type_: EventType, issued: IssuedCredential, *, by: Principal) -> None:
        """Save and record a change of the status, which its status list then tells."""
        self.issued_credentials.save(issued, scope=by.tenant_scope)
        self._record(type_, issued, by=by.user_id)
        self.status_lists.count_change(issued.id, at=self.clock.now(), scope=by.tenant_scope)

    def _record(self, type_: EventType, issued: IssuedCredential, *, by: UserId | None) -> None:
        progress = self.recorder.lock(issued.stream)
        self.recorder.record(progress, issued.fact(type_), cause=Cause(user_id=by))


def successor_of(
    issued: IssuedCredential, issued_credentials: IssuedCredentialRepository
) -> IssuedCredential | None:
    """The one that was issued in its place. Only one that is not current can have a successor."""
    if issued.is_current:
        return None
    return issued_credentials.successor_of(issued.id, scope=TenantScope.into(issued.org_id))


_REVOCABLE: Final = (IssuedCredentialStatus.ISSUED, IssuedCredentialStatus.SUSPENDED)


def _subject(issued: IssuedCredential) -> AuditSubject:
    return AuditSubject.of(SubjectType.USER_CREDENTIAL, issued)


def _verified(page: Page[IssuedCredential], *, at: datetime) -> Page[Verification]:
    items = tuple(issued.verified(at=at) for issued in page.items)
    return Page(items=items, next_cursor=page.next_cursor)
