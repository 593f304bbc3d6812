"""Assessment attempts: taking, scoring and grading them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

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
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import Answer, Assessment, AssessmentId, CatalogService, Outline, QuestionId
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus, Mark
from progress.domain.entities.events import Cause, Fact
from progress.domain.entities.progress import CourseProgress
from progress.domain.errors import AttemptNotFound, NoAttemptsLeft, NotEnrolled
from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.repositories.protocols.progress import ProgressRepository
from progress.domain.services.event_log import EventRecorder


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOutcomes:
    """Locks attempts, reads their assessments, and records what follows from them."""

    attempts: AttemptRepository
    progress: ProgressRepository
    recorder: EventRecorder
    catalog: CatalogService

    def assessment_of(self, progress: CourseProgress, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment in the version that the learner is on. Raises AssessmentNotFound."""
        outline = self._outline(progress, progress.course_version)
        return _assessment_in(outline, assessment_id)

    def assessment_behind(self, attempt: AssessmentAttempt) -> Assessment:
        """Return the assessment as it was when the attempt started. Raises AssessmentNotFound."""
        return _assessment_in(self._outline(attempt, attempt.course_version), attempt.assessment_id)

    def lock(
        self, attempt: AssessmentAttempt, *, scope: TenantScope
    ) -> tuple[CourseProgress, AssessmentAttempt]:
        """Lock the stream of the attempt, then the attempt: always in this order. Raises AttemptNotFound."""
        stream = attempt.user_id, str(attempt.course_id)
        progress = self.progress.find_for_update(*stream, scope=scope)
        if progress is None:
            raise AttemptNotFound
        return progress, self.attempts.get_for_update(attempt.id, scope=scope)

    def record_submission(
        self, attempt: AssessmentAttempt, progress: CourseProgress, cause: Cause
    ) -> CourseProgress:
        """Record that the attempt was submitted and, if it was scored at once, what follows from the grade."""
        outcome = self._outcome_of(attempt, progress)
        return self.recorder.record(progress, attempt.submission(), *outcome, cause=cause)

    def record_grade(
        self, attempt: AssessmentAttempt, progress: CourseProgress, cause: Cause
    ) -> CourseProgress:
        """Record that a graded attempt was passed or failed, and the item that a pass completes."""
        return self.recorder.record(progress, *self._outcome_of(attempt, progress), cause=cause)

    def bind(
        self, attempt: AssessmentAttempt, progress: CourseProgress, cause: Cause
    ) -> CourseProgress:
        """Record the hash of an attempt that was changed without a grade."""
        return self.recorder.record(progress, attempt.binding(), cause=cause)

    def _outcome_of(self, attempt: AssessmentAttempt, progress: CourseProgress) -> Iterator[Fact]:
        outcome = attempt.outcome()
        if outcome is None:
            return
        yield outcome
        outline = self._outline(progress, progress.course_version)
        # A later version of the course may have dropped the item.
        if attempt.is_passed and any(item.id == attempt.item_id for item in outline.items):
            completion = progress.pass_of(attempt.item_id, outline)
            if completion is not None:
                yield completion

    def _outline(self, of: CourseProgress | AssessmentAttempt, number: int) -> Outline:
        return self.catalog.version(of.course_id, number, scope=TenantScope.into(of.org_id)).outline


def _assessment_in(outline: Outline, assessment_id: AssessmentId) -> Assessment:
    assessment = outline.item_of(assessment_id).assessment
    assert assessment is not None  # noqa: S101  # for mypy: the item was found by its assessment
    return assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptService:
    """What learners do with their own attempts; attempts of others do not exist for them.

    Requests of one learner on one course are serialized by locking the stream.
    """

    attempts: AttemptRepository
    progress: ProgressRepository
    catalog: CatalogService
    outcomes: AttemptOutcomes
    unit_of_work: UnitOfWork
    clock: Clock

    def start(self, assessment_id: AssessmentId, *, by: Principal) -> AssessmentAttempt:
        """Start an attempt, in the course version that the caller is on.

        Raises AssessmentNotFound, NotEnrolled, AttemptRunning, NoAttemptsLeft.
        """
        with self.unit_of_work.atomic():
            place = self.catalog.place_of(assessment_id, scope=by.member_scope)
            progress = self._progress(by, str(place.course_id))
            assessment = self.outcomes.assessment_of(progress, assessment_id)
            now = self.clock.now()
            number = self._next_number(by, assessment, now)
            attempt = AssessmentAttempt(
                id=AttemptId(uuid4()),
                user_id=by.person,
                course_id=place.course_id,
                org_id=place.org_id,
                course_version=progress.course_version,
                item_id=place.item_id,
                assessment_id=assessment_id,
                number=number,
                max_score=assessment.max_score,
                pass_score=assessment.pass_score,
                started_at=now,
                expires_at=None if assessment.time_limit is None else now + assessment.time_limit,
            )
            self.attempts.add(attempt, scope=TenantScope.into(attempt.org_id))
        return attempt

    def save(
        self,
        attempt_id: AttemptId,
        answers: Mapping[QuestionId, Answer],
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> AssessmentAttempt:
        """Save answers, replacing earlier ones to the same questions.

        Raises AttemptNotFound, AttemptClosed, TooLate, QuestionNotFound, UnsuitableAnswer, PreconditionFailed.
        """
        with self.unit_of_work.atomic():
            _, attempt, assessment = self._get_for_update(attempt_id, by)
            if_match.require(attempt)
            attempt = attempt.answered(answers, assessment, at=self.clock.now())
            self.attempts.save(attempt, scope=by.member_scope)
        return attempt

    def submit(
        self, attempt_id: AttemptId, *, by: Principal, idempotency_key: str = ""
    ) -> AssessmentAttempt:
        """Submit the attempt. If no human grader is needed it is scored at once, and a pass completes the item.

        Raises AttemptNotFound, AttemptClosed, TooLate.
        """
        cause = Cause(user_id=by.person, idempotency_key=idempotency_key)
        with self.unit_of_work.atomic():
            progress, attempt, assessment = self._get_for_update(attempt_id, by)
            now = self.clock.now()
            attempt = attempt.submitted(assessment, at=now).scored(assessment, at=now)
            self.attempts.save(attempt, scope=by.member_scope)
            self.outcomes.record_submission(attempt, progress, cause)
        return attempt

    def get(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        """Raises AttemptNotFound."""
        attempt = self.attempts.get(attempt_id, scope=by.member_scope)
        if attempt.user_id != by.user_id:
            raise AttemptNotFound
        return attempt

    def page_at(
        self, assessment_id: AssessmentId, request: PageRequest, *, by: Principal
    ) -> Page[AssessmentAttempt]:
        """Return the caller's attempts at the assessment, oldest first. Raises AssessmentNotFound."""
        self.catalog.place_of(assessment_id, scope=by.member_scope)
        return self.attempts.page_for_user(by.person, assessment_id, request, scope=by.member_scope)

    def _next_number(self, by: Principal, assessment: Assessment, now: datetime) -> int:
        """Return the number of the next attempt; voided ones do not count towards the limit. Raises NoAttemptsLeft."""
        earlier = [
            self._closed_in_time(attempt, now)
            for attempt in self.attempts.for_user(by.person, assessment.id, scope=by.member_scope)
        ]
        counted = [a for a in earlier if a.status is not AttemptStatus.VOIDED]
        limit = assessment.attempt_limit
        is_running = any(attempt.status is AttemptStatus.STARTED for attempt in earlier)
        if limit is not None and len(counted) >= limit and not is_running:
            raise NoAttemptsLeft(attempt_limit=limit)
        return len(earlier) + 1

    def _closed_in_time(self, attempt: AssessmentAttempt, now: datetime) -> AssessmentAttempt:
        """Expire the attempt if it can no longer be submitted, so that it does not block the next one."""
        if attempt.status is not AttemptStatus.STARTED:
            return attempt
        if not attempt.has_run_out(self.outcomes.assessment_behind(attempt), at=now):
            return attempt
        scope = TenantScope.into(attempt.org_id)
        expired = self.attempts.get_for_update(attempt.id, scope=scope).expired()
        self.attempts.save(expired, scope=scope)
        return expired

    def _progress(self, by: Principal, slug_or_id: str) -> CourseProgress:
        progress = self.progress.find_for_update(by.person, slug_or_id, scope=by.member_scope)
        if progress is None or not progress.is_enrolled:
            raise NotEnrolled
        return progress

    def _get_for_update(
        self, attempt_id: AttemptId, by: Principal
    ) -> tuple[CourseProgress, AssessmentAttempt, Assessment]:
        """Return the caller's locked attempt, with progress and assessment. Raises AttemptNotFound."""
        attempt = self.get(attempt_id, by=by)
        progress, attempt = self.outcomes.lock(attempt, scope=by.member_scope)
        return progress, attempt, self.outcomes.assessment_behind(attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingService:
    """Grading by people who have the right to grade for the owner of the course.

    Raises NotPermitted without it; calls that change something raise OrganizationSuspended for a suspended owner.
    """

    attempts: AttemptRepository
    catalog: CatalogService
    outcomes: AttemptOutcomes
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def queue_of(
        self, slug_or_id: str, request: PageRequest, *, by: Principal
    ) -> Page[AssessmentAttempt]:
        """Return the submissions awaiting grading on the course, oldest first. Raises CourseNotFound."""
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.GRADE_ATTEMPTS, of=course.org_id)
        page = self.attempts.page_to_grade(course.id, request, scope=by.tenant_scope)
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.ATTEMPT, subject_id=course.id, by=by
        )
        return page

    def get(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        """Raises AttemptNotFound."""
        attempt = self.attempts.get(attempt_id, scope=by.tenant_scope)
        by.require(Right.GRADE_ATTEMPTS, of=attempt.org_id)
        self.tenant_access.record_access(
            attempt.org_id, at=SubjectType.ATTEMPT, subject_id=attempt_id, by=by
        )
        return attempt

    def sheet_of(
        self, attempt_id: AttemptId, *, by: Principal
    ) -> tuple[AssessmentAttempt, Assessment]:
        """Return an attempt and its assessment, answer keys included. Raises AttemptNotFound."""
        attempt = self.get(attempt_id, by=by)
        return attempt, self.outcomes.assessment_behind(attempt)

    def grade(
        self, attempt_id: AttemptId, marks: tuple[Mark, ...], *, reason: str = "", by: Principal
    ) -> AssessmentAttempt:
        """Grade or regrade the attempt; earlier grades are kept.

        Raises AttemptNotFound, AttemptNotGradable, QuestionNotFound, ImpossibleScore.
        """
        with self.unit_of_work.atomic():
            progress, before = self._get_for_update(attempt_id, by)
            assessment = self.outcomes.assessment_behind(before)
            now, grader = self.clock.now(), by.user_id
            attempt = before.graded(marks, assessment, at=now, by=grader, reason=reason)
            self.attempts.save(attempt, scope=by.tenant_scope)
            self.outcomes.record_grade(attempt, progress, Cause(user_id=by.user_id))
            self._audit(AuditAction.ATTEMPT_GRADED, before, attempt, by=by, because=reason)
        return attempt

    def void(self, attempt_id: AttemptId, *, reason: str, by: Principal) -> AssessmentAttempt:
        """Void the attempt; items it has completed stay completed. Raises AttemptNotFound, AttemptVoided."""
        with self.unit_of_work.atomic():
            progress, before = self._get_for_update(attempt_id, by)
            attempt = before.voided(reason=reason)
            self.attempts.save(attempt, scope=by.tenant_scope)
            self.outcomes.bind(attempt, progress, Cause(user_id=by.user_id))
            self._audit(AuditAction.ATTEMPT_VOIDED, before, attempt, by=by, because=reason)
        return attempt

    def _get_for_update(
        self, attempt_id: AttemptId, by: Principal
    ) -> tuple[CourseProgress, AssessmentAttempt]:
        """Return the locked attempt, with progress. Raises AttemptNotFound."""
        attempt = self.attempts.get(attempt_id, scope=by.tenant_scope)
        by.require(Right.GRADE_ATTEMPTS, of=attempt.org_id)
        self.tenant_access.require_open(attempt.org_id, by=by)
        return self.outcomes.lock(attempt, scope=by.tenant_scope)

    def _audit(
        self,
        action: AuditAction,
        before: AssessmentAttempt,
        after: AssessmentAttempt,
        *,
        by: Principal,
        because: str,
    ) -> None:
        self.audit_log.record(
            action,
            AuditSubject.of(SubjectType.ATTEMPT, after),
            by=by,
            because=because,
            before={"status": before.status.value, "score": before.score},
            after={"status": after.status.value, "score": after.score},
        )
