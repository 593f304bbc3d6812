"""Bindings in the audit log: the hashes of rows that have no event of their own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from accounts.domain.access import Principal
from accounts.domain.audit.entities import BOUND, AuditAct, AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.repositories.protocols import AuditLogRepository
from accounts.domain.audit.services.audit_log import AuditLog
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Finding, FindingKind, Stored, Tally, missing

Item = TypeVar("Item")
Record = TypeVar("Record")
Version = tuple[str, int]
"""The id of a subject, and the number of one of its versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditBindings:
    """States and compares the hashes of what is bound into the audit log, such as versions of courses."""

    entries: AuditLogRepository
    audit_log: AuditLog

    def recorded(
        self, subject_type: SubjectType, *, scope: TenantScope
    ) -> Mapping[Version, str | None]:
        """Return the last recorded hash of each recorded version; None if its entries are from before hashes.

        Takes memory for each version. Entries that cannot be read are left to the verification of the chains.
        """
        recorded: dict[Version, str | None] = {}
        for act in self._acts(subject_type, scope):
            match act.after:
                case {"bound": {"version": int(version), "sha256": str(sha256)}}:
                    recorded[act.subject_id, version] = sha256
                case {"version": int(version)}:
                    recorded.setdefault((act.subject_id, version), None)
        return recorded

    def stated(
        self, subject_type: SubjectType, *, scope: TenantScope
    ) -> dict[str, Mapping[str, Any]]:
        """Return what the log states about each subject that is a version itself, where one entry states all.

        Takes memory for each of them. Entries that cannot be read are left out here, too.
        """
        return {act.subject_id: act.after for act in self._acts(subject_type, scope)}

    def parts(self, subject_type: SubjectType, *, scope: TenantScope) -> dict[str, str]:
        """Return the recorded hash of each part of these subjects, by the id of the part.

        Takes memory for each of them. Entries that cannot be read are left out here, too.
        """
        recorded: dict[str, str] = {}
        for act in self._acts(subject_type, scope):
            match act.after:
                case {"bound": {"parts": dict(parts)}}:
                    recorded |= parts
        return recorded

    def _acts(self, subject_type: SubjectType, scope: TenantScope) -> Iterator[AuditAct]:
        rows = self.entries.binding(subject_type, scope=scope)
        return (row.item.act for row in rows if row.item is not None)

    def bind(self, subject: AuditSubject, binding: Mapping[str, object], *, by: Principal) -> None:
        """Record the hash of a version that was made before the audit log contained hashes."""
        self.audit_log.record(AuditAction.RECORD_BOUND, subject, by=by, after={BOUND: binding})


def compared(
    version: Version, sha256: str, recorded: Mapping[Version, str | None], *, table: str
) -> Iterator[Finding]:
    """Yield what is wrong if the hash of a version is not the recorded one."""
    name = f"{version[0]} version {version[1]}"
    if version not in recorded:
        detail = "no entry of the audit log records it"
        yield Finding(kind=FindingKind.UNRECORDED, table=table, id=name, detail=detail)
    elif recorded[version] is None:
        detail = "its entry in the audit log has no hash; run bind_records"
        yield Finding(kind=FindingKind.UNBOUND, table=table, id=name, detail=detail)
    elif recorded[version] != sha256:
        detail = "it is not what the audit log recorded"
        yield Finding(kind=FindingKind.CHANGED, table=table, id=name, detail=detail)


def compared_rows(
    rows: Iterable[Stored[Item]],
    recorded: Mapping[str, Record],
    is_recorded: Callable[[Item, Record], bool],
    *,
    table: str,
    tally: Tally,
) -> Iterator[Finding]:
    """Yield what is wrong with rows that the audit log records by their id, and which of these are missing."""
    missed = set(recorded)
    for row in rows:
        tally.count(table)
        name = str(row.id)
        missed.discard(name)
        if name not in recorded:
            detail = "no entry of the audit log records it"
            yield Finding(kind=FindingKind.UNRECORDED, table=table, id=name, detail=detail)
        elif row.item is None:
            yield Finding(kind=FindingKind.UNREADABLE, table=table, id=name, detail=row.fault)
        elif not is_recorded(row.item, recorded[name]):
            detail = "it is not what the audit log recorded"
            yield Finding(kind=FindingKind.CHANGED, table=table, id=name, detail=detail)
    for name in sorted(missed):
        yield missing(table, name, log="audit log")
