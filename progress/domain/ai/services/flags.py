"""Flags on AI interactions: decisions of staff."""

from dataclasses import dataclass

from accounts.public import (
    AuditAction,
    AuditLog,
    AuditSubject,
    Principal,
    Right,
    SubjectType,
    TenantAccess,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork
from progress.domain.ai.entities.feedback import AIFlag, AIFlagId, FlagOutcome
from progress.domain.ai.repositories.protocols.sessions import AIFlagRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class AIFlagService:
    flags: AIFlagRepository
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def decide(
        self, flag_id: AIFlagId, outcome: FlagOutcome, *, note: str, by: Principal
    ) -> AIFlag:
        """Decide about a flag, for those who grade for its owner; the note is kept in the audit log, too.

        Raises AIFlagNotFound, NotPermitted, OrganizationSuspended, AIFlagDecided.
        """
        with self.unit_of_work.atomic():
            flag = self.flags.get_for_update(flag_id, scope=by.tenant_scope)
            by.require(Right.GRADE_ATTEMPTS, of=flag.org_id)
            self.tenant_access.require_open(flag.org_id, by=by)
            flag = flag.decided(outcome, note, by=by.user_id, at=self.clock.now())
            self.flags.save(flag, scope=by.tenant_scope)
            self.audit_log.record(
                AuditAction.AI_FLAG_DECIDED,
                AuditSubject(SubjectType.AI_SESSION, str(flag.session_id), flag.org_id),
                by=by,
                because=note,
                after={"flag": str(flag.id), "outcome": outcome.value},
            )
        return flag
