"""Decisions about attempts that are not grades: returning a submission to its learner, and more time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

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
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus
from progress.domain.entities.events import Cause, EventType
from progress.domain.errors import AttemptRunning
from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.services.attempt_outcomes import AttemptOutcomes, OverdueAttempts


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDecisions:
    """Made by those who may grade, for a reason that the audit log keeps.

    Raises AttemptNotFound, NotPermitted without the right to grade, and OrganizationSuspended.
    """

    attempts: AttemptRepository
    outcomes: AttemptOutcomes
    overdue: OverdueAttempts
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def reopen(
        self,
        attempt_id: AttemptId,
        *,
        until: datetime | None = None,
        reason: str,
        by: Principal,
    ) -> AssessmentAttempt:
        """Return a submission to its learner, who continues with the saved answers.

        Raises AttemptNotReopenable, AttemptRunning if the learner has started another one, NoTimeLimit,
        DeadlineNotLater.
        """

        def reopened(attempt: AssessmentAttempt) -> AssessmentAttempt:
            changed = attempt.reopened(until, at=self.clock.now())
            self._require_no_other(attempt, by)
            return changed

        actions = EventType.ASSESSMENT_REOPENED, AuditAction.ATTEMPT_REOPENED
        return self._change(attempt_id, reopened, *actions, reason=reason, by=by)

    def extend(
        self, attempt_id: AttemptId, *, until: datetime, reason: str, by: Principal
    ) -> AssessmentAttempt:
        """Give an open attempt more time. Raises AttemptClosed, NoTimeLimit, DeadlineNotLater."""
        actions = EventType.ASSESSMENT_EXTENDED, AuditAction.ATTEMPT_EXTENDED
        return self._change(
            attempt_id,
            lambda attempt: attempt.extended(until, at=self.clock.now()),
            *actions,
            reason=reason,
            by=by,
        )

    def _change(
        self,
        attempt_id: AttemptId,
        changed: Callable[[AssessmentAttempt], AssessmentAttempt],
        type_: EventType,
        action: AuditAction,
        *,
        reason: str,
        by: Principal,
    ) -> AssessmentAttempt:
        with self.unit_of_work.atomic():
            stored = self.attempts.get(attempt_id, scope=by.tenant_scope)
            by.require(Right.GRADE_ATTEMPTS, of=stored.org_id)
            self.tenant_access.require_open(stored.org_id, by=by)
            progress, before = self.overdue.submit(
                *self.outcomes.lock(stored, scope=by.tenant_scope)
            )
            attempt = changed(before)
            self.attempts.save(attempt, scope=by.tenant_scope)
            cause = Cause(user_id=by.user_id, agent=by.agent)
            self.outcomes.record(attempt.continuation(type_), progress, cause)
            self.audit_log.record(
                action,
                AuditSubject.of(SubjectType.ATTEMPT, attempt),
                by=by,
                because=reason,
                before=_members(before),
                after=_members(attempt),
            )
        return attempt

    def _require_no_other(self, attempt: AssessmentAttempt, by: Principal) -> None:
        mine = self.attempts.for_user(attempt.user_id, attempt.assessment_id, scope=by.tenant_scope)
        for other in mine:
            if other.status is AttemptStatus.STARTED:
                raise AttemptRunning(attempt_id=other.id)


def _members(attempt: AssessmentAttempt) -> dict[str, object]:
    return {"status": attempt.status.value, "expires_at": attempt.deadline_text or None}
