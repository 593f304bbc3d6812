"""Scoring what people have to look at."""

from dataclasses import dataclass

from accounts.public import (
    AuditAct,
    AuditAction,
    AuditLog,
    Gate,
    Principal,
    Right,
    SubjectType,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import Assessment, CatalogService
from progress.domain.entities import AssessmentAttempt, AttemptId, Cause, CourseProgress, Mark
from progress.domain.errors import AttemptNotFound
from progress.domain.repositories.protocols import AttemptRepository, ProgressRepository
from progress.domain.services.outcomes import Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingService:
    """Needs the right to grade where the course belongs, and raises NotPermitted without it.

    What changes something raises OrganizationSuspended when the owner is an organization that is closed.
    """

    attempts: AttemptRepository
    progress: ProgressRepository
    catalog: CatalogService
    outcomes: Outcomes
    gate: Gate
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def queue_of(
        self, address: str, request: PageRequest, *, by: Principal
    ) -> Page[AssessmentAttempt]:
        """What waits to be graded on the course, that handed in first first. Raises CourseNotFound."""
        course = self.catalog.visible_to(by, address)
        by.require(Right.GRADE_ATTEMPTS, of=course.org_id)
        page = self.attempts.page_to_grade(course.id, request, within=by.reach)
        self.gate.note_look(course.org_id, at=SubjectType.ATTEMPT, subject_id=course.id, by=by)
        return page

    def get(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        """Raises AttemptNotFound."""
        attempt = self.attempts.get(attempt_id, within=by.reach)
        by.require(Right.GRADE_ATTEMPTS, of=attempt.org_id)
        self.gate.note_look(attempt.org_id, at=SubjectType.ATTEMPT, subject_id=attempt_id, by=by)
        return attempt

    def sheet_of(
        self, attempt_id: AttemptId, *, by: Principal
    ) -> tuple[AssessmentAttempt, Assessment]:
        """An attempt, and what it answers, with what is right. Raises AttemptNotFound."""
        attempt = self.get(attempt_id, by=by)
        return attempt, self.outcomes.assessment_behind(attempt)

    def grade(
        self, attempt_id: AttemptId, marks: tuple[Mark, ...], *, reason: str = "", by: Principal
    ) -> AssessmentAttempt:
        """Give marks, for the first time or again; earlier grades are kept.

        Raises AttemptNotFound, AttemptNotGradable, QuestionNotFound, ImpossibleScore.
        """
        with self.unit_of_work.atomic():
            progress, before = self._found_for_update(attempt_id, by)
            assessment = self.outcomes.assessment_behind(before)
            now, grader = self.clock.now(), by.user_id
            attempt = before.graded(marks, assessment, at=now, by=grader, reason=reason)
            self.attempts.save(attempt, within=by.reach)
            self.outcomes.follow(attempt, progress, Cause(user_id=by.user_id))
            self._record(AuditAction.ATTEMPT_GRADED, before, attempt, reason=reason, by=by)
        return attempt

    def void(self, attempt_id: AttemptId, *, reason: str, by: Principal) -> AssessmentAttempt:
        """Let it count no longer; what it has completed stays completed. Raises AttemptNotFound, AttemptVoided."""
        with self.unit_of_work.atomic():
            _, before = self._found_for_update(attempt_id, by)
            attempt = before.voided(reason=reason)
            self.attempts.save(attempt, within=by.reach)
            self._record(AuditAction.ATTEMPT_VOIDED, before, attempt, reason=reason, by=by)
        return attempt

    def _found_for_update(
        self, attempt_id: AttemptId, by: Principal
    ) -> tuple[CourseProgress, AssessmentAttempt]:
        """The stream is locked before the attempt, here and wherever both are."""
        found = self.attempts.get(attempt_id, within=by.reach)
        by.require(Right.GRADE_ATTEMPTS, of=found.org_id)
        self.gate.require_open(found.org_id, by=by)
        address = str(found.course_id)
        progress = self.progress.find_for_update(found.user_id, address, within=by.reach)
        if progress is None:
            raise AttemptNotFound
        return progress, self.attempts.get_for_update(attempt_id, within=by.reach)

    def _record(
        self,
        action: AuditAction,
        before: AssessmentAttempt,
        after: AssessmentAttempt,
        *,
        reason: str,
        by: Principal,
    ) -> None:
        act = AuditAct(
            action=action,
            subject_type=SubjectType.ATTEMPT,
            subject_id=str(after.id),
            org_id=after.org_id,
            reason=reason,
        )
        changes = (
            {"status": attempt.status.value, "score": attempt.score} for attempt in (before, after)
        )
        self.audit_log.record(act.of_changes(*changes), by=by)
