"""The audit log: one hash-chained entry for each change and each audited access."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from accounts.domain.access import OrganizationId, Principal
from accounts.domain.audit.entities import (
    SIGNED_IN_AS,
    AuditAct,
    AuditAction,
    AuditEntry,
    AuditEntryId,
    AuditHead,
    AuditSubject,
    Members,
)
from accounts.domain.audit.repositories.protocols import AuditLogRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork

NO_MEMBERS: Final[Members] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """Appends entries to the chain of the organization that owns the subject, or to that of the platform."""

    entries: AuditLogRepository
    request_id: Callable[[], str]
    unit_of_work: UnitOfWork
    clock: Clock

    def record(
        self,
        action: AuditAction,
        subject: AuditSubject,
        *,
        by: Principal,
        because: str = "",
        before: Members = NO_MEMBERS,
        after: Members = NO_MEMBERS,
    ) -> None:
        """Append an entry with the members that differ between *before* and *after*.

        Call it as the last step of the unit of work that makes the change: it locks the end of the chain, and other
        writers wait for that.
        """
        act = _act_on(subject, action, because=because).of_changes(before, after)
        self._append(act.org_id, [act], by)

    def record_each(
        self,
        action: AuditAction,
        subjects: Sequence[tuple[AuditSubject, Members]],
        *,
        of: OrganizationId | None,
        by: Principal,
        because: str = "",
    ) -> None:
        """Like record, for an action on several subjects of an owner, each with its members after it."""
        acts = [
            _act_on(subject, action, because=because).of_changes(NO_MEMBERS, after)
            for subject, after in subjects
        ]
        self._append(of, acts, by)

    def _append(
        self, org_id: OrganizationId | None, acts: Sequence[AuditAct], by: Principal
    ) -> None:
        scope = TenantScope.into(org_id)
        with self.unit_of_work.atomic():
            head = self.entries.head_for_update(org_id, scope=scope)
            entries = []
            for act in acts:
                entry = self._entry(act, head, by).sealed()
                head = head.after(entry)
                entries.append(entry)
            self.entries.append_all(org_id, entries, scope=scope)

    def _entry(self, act: AuditAct, head: AuditHead, by: Principal) -> AuditEntry:
        if by.impersonator is not None:
            act = replace(act, after={**act.after, SIGNED_IN_AS: str(by.user_id)})
        return AuditEntry(
            id=AuditEntryId(uuid4()),
            sequence=head.sequence + 1,
            act=act,
            actor_id=by.impersonator or by.user_id,
            client_id=by.client_id,
            request_id=self.request_id(),
            occurred_at=self.clock.now(),
            previous_hash=head.hash,
        )


def _act_on(subject: AuditSubject, action: AuditAction, *, because: str = "") -> AuditAct:
    return AuditAct(
        action=action,
        subject_type=subject.type,
        subject_id=subject.id,
        org_id=subject.org_id,
        reason=because,
    )
