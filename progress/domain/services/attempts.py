"""Assessment attempts: taking, scoring and grading them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from authsvc.kernel.metrics import ATTEMPTS_STARTED, Metrics
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import (
    Answer,
    Assessment,
    AssessmentId,
    AssessmentPlace,
    CatalogService,
    QuestionId,
)
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus
from progress.domain.entities.events import Cause
from progress.domain.entities.grades import Mark, ProposalReference
from progress.domain.entities.progress import CourseProgress
from progress.domain.entities.reviews import AttemptReview
from progress.domain.errors import (
    AttemptNotFound,
    EnrolmentEnded,
    NoAttemptsLeft,
    NotEnrolled,
    RegradeReasonMissing,
)
from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.repositories.protocols.progress import ProgressRepository
from progress.domain.repositories.protocols.proposals import GradeProposalRepository
from progress.domain.services.attempt_outcomes import AttemptOutcomes, OverdueAttempts


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptService:
    """What learners do with their own attempts; attempts of others do not exist for them.

    Requests of one learner on one course are serialized by locking the stream.
    """

    attempts: AttemptRepository
    progress: ProgressRepository
    catalog: CatalogService
    outcomes: AttemptOutcomes
    overdue: OverdueAttempts
    unit_of_work: UnitOfWork
    metrics: Metrics
    clock: Clock

    def start(self, assessment_id: AssessmentId, *, by: Principal) -> AssessmentAttempt:
        """Start an attempt, in the course version that the caller is on.

        Raises AssessmentNotFound, NotEnrolled, AttemptRunning, NoAttemptsLeft.
        """
        with self.unit_of_work.atomic():
            place = self.catalog.place_of(assessment_id, scope=by.member_scope)
            progress = self._progress(by, str(place.course_id))
            assessment = self.outcomes.assessment_of(progress, assessment_id)
            number = self._next_number(by, assessment)
            if number is not None:
                attempt = self._new_attempt(progress, place, assessment, number)
                self.attempts.add(attempt, scope=TenantScope.into(attempt.org_id))
                self.unit_of_work.on_commit(lambda: self.metrics.count(ATTEMPTS_STARTED))
                return attempt
        # Raised outside, so that an overdue attempt stays submitted.
        raise NoAttemptsLeft(attempt_limit=assessment.attempt_limit)

    def save(
        self,
        attempt_id: AttemptId,
        answers: Mapping[QuestionId, Answer],
        *,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> AssessmentAttempt:
        """Save answers, replacing earlier ones to the same questions.

        Raises AttemptNotFound, AttemptClosed, TooLate, QuestionNotFound, UnsuitableAnswer, EnrolmentEnded,
        PreconditionFailed.
        """
        attempt = self.get(attempt_id, by=by)
        with self.unit_of_work.atomic():
            progress, attempt = self.outcomes.lock(attempt, scope=by.member_scope)
            if_match.require(attempt)
            assessment = self.outcomes.assessment_behind(attempt)
            attempt = attempt.answered(answers, assessment, at=self.clock.now())
            _require_enrolment(progress)
            self.attempts.save(attempt, scope=by.member_scope)
        return attempt

    def submit(
        self, attempt_id: AttemptId, *, by: Principal, idempotency_key: str = ""
    ) -> AssessmentAttempt:
        """Submit the attempt. If no human grader is needed it is scored at once, and a pass completes the item.

        Raises AttemptNotFound, AttemptClosed, TooLate, and EnrolmentEnded after a withdrawal: the attempt stays open.
        """
        cause = Cause(user_id=by.person, agent=by.agent, idempotency_key=idempotency_key)
        attempt = self.get(attempt_id, by=by)
        with self.unit_of_work.atomic():
            progress, attempt = self.outcomes.lock(attempt, scope=by.member_scope)
            assessment = self.outcomes.assessment_behind(attempt)
            now = self.clock.now()
            attempt = attempt.submitted(assessment, at=now).scored(assessment, at=now)
            _require_enrolment(progress)
            self.attempts.save(attempt, scope=by.member_scope)
            self.outcomes.record_submission(attempt, progress, cause)
        return attempt

    def get(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        """Return the caller's attempt, submitted if it is overdue. Raises AttemptNotFound."""
        attempt = self.attempts.get(attempt_id, scope=by.member_scope)
        if attempt.user_id != by.user_id:
            raise AttemptNotFound
        return self.overdue.settled(attempt)

    def page_at(
        self, assessment_id: AssessmentId, request: PageRequest, *, by: Principal
    ) -> Page[AssessmentAttempt]:
        """Return the caller's attempts at the assessment, oldest first. Raises AssessmentNotFound."""
        self.catalog.place_of(assessment_id, scope=by.member_scope)
        page = self.attempts.page_for_user(by.person, assessment_id, request, scope=by.member_scope)
        return replace(page, items=tuple(map(self.overdue.settled, page.items)))

    def review(self, attempt_id: AttemptId, *, by: Principal) -> AttemptReview:
        """Return the points of the caller's attempt by question, none before it is graded. Raises AttemptNotFound."""
        attempt = self.get(attempt_id, by=by)
        return AttemptReview.of(attempt, self.outcomes.assessment_behind(attempt))

    def last_review(self, assessment_id: AssessmentId, *, by: Principal) -> AttemptReview | None:
        """Return the points of the caller's last graded attempt at the assessment, if there is one."""
        graded = [a for a in self._attempts(by, assessment_id) if a.status is AttemptStatus.GRADED]
        if not graded:
            return None
        return AttemptReview.of(graded[-1], self.outcomes.assessment_behind(graded[-1]))

    def _new_attempt(
        self, progress: CourseProgress, place: AssessmentPlace, assessment: Assessment, number: int
    ) -> AssessmentAttempt:
        now = self.clock.now()
        return AssessmentAttempt(
            id=AttemptId(uuid4()),
            user_id=progress.user_id,
            course_id=place.course_id,
            org_id=place.org_id,
            course_version=progress.course_version,
            item_id=place.item_id,
            assessment_id=assessment.id,
            number=number,
            max_score=assessment.max_score,
            pass_score=assessment.pass_score,
            started_at=now,
            expires_at=None if assessment.time_limit is None else now + assessment.time_limit,
        )

    def _next_number(self, by: Principal, assessment: Assessment) -> int | None:
        """Return the number of the next attempt, or None if none is left; voided ones do not count."""
        earlier = self._attempts(by, assessment.id)
        counted = [a for a in earlier if a.status is not AttemptStatus.VOIDED]
        limit = assessment.attempt_limit
        is_running = any(attempt.status is AttemptStatus.STARTED for attempt in earlier)
        if limit is not None and len(counted) >= limit and not is_running:
            return None
        return len(earlier) + 1

    def _attempts(self, by: Principal, assessment_id: AssessmentId) -> list[AssessmentAttempt]:
        """Return the caller's attempts at the assessment, oldest first, submitted if they are overdue."""
        attempts = self.attempts.for_user(by.person, assessment_id, scope=by.member_scope)
        return [self.overdue.settled(attempt) for attempt in attempts]

    def _progress(self, by: Principal, slug_or_id: str) -> CourseProgress:
        progress = self.progress.find_for_update(by.person, slug_or_id, scope=by.member_scope)
        if progress is None or not progress.is_enrolled:
            raise NotEnrolled
        return progress


def _require_enrolment(progress: CourseProgress) -> None:
    if not progress.is_enrolled:
        raise EnrolmentEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingService:
    """Grading by people who have the right to grade for the owner of the course.

    Raises NotPermitted without it; calls that change something raise OrganizationSuspended for a suspended owner.
    """

    attempts: AttemptRepository
    proposals: GradeProposalRepository
    catalog: CatalogService
    outcomes: AttemptOutcomes
    overdue: OverdueAttempts
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
        self.overdue.submit_some(course.id, scope=by.tenant_scope)
        page = self.attempts.page_to_grade(course.id, request, scope=by.tenant_scope)
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.ATTEMPT, subject_id=course.id, by=by
        )
        return page

    def get(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        """Return the attempt, submitted if it is overdue. Raises AttemptNotFound."""
        attempt = self.attempts.get(attempt_id, scope=by.tenant_scope)
        by.require(Right.GRADE_ATTEMPTS, of=attempt.org_id)
        attempt = self.overdue.settled(attempt)
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
        self,
        attempt_id: AttemptId,
        marks: tuple[Mark, ...],
        *,
        reason: str = "",
        keeps_completion: bool = False,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> AssessmentAttempt:
        """Grade or regrade the attempt; earlier grades are kept. The grade states which proposals there were.

        If a pass turns into a failure, the item it completed is open again, unless another attempt passes it or the
        grader *keeps_completion*. A completed course stays completed.

        Raises AttemptNotFound, AttemptNotGradable, QuestionNotFound, ImpossibleScore, ImpossibleCriteria,
        PreconditionFailed, and RegradeReasonMissing if a pass turns into a failure without a reason.
        """
        with self.unit_of_work.atomic():
            progress, before = self.overdue.submit(*self._get_for_update(attempt_id, by))
            if_match.require(before)
            assessment = self.outcomes.assessment_behind(before)
            attempt = before.graded(
                marks,
                assessment,
                at=self.clock.now(),
                by=by.user_id,
                reason=reason,
                proposals=self._proposals_for(before, assessment, by),
            )
            if attempt.has_lost_pass_of(before) and not reason.strip():
                raise RegradeReasonMissing
            reopens_item = self._save(
                before, attempt, progress, keeps_completion=keeps_completion, by=by
            )
            self._record(attempt, progress, reopens_item=reopens_item, by=by)
            self._audit(
                AuditAction.ATTEMPT_GRADED,
                before,
                attempt,
                reopens_item=reopens_item,
                by=by,
                because=reason,
            )
        return attempt

    def void(
        self,
        attempt_id: AttemptId,
        *,
        reason: str,
        keeps_completion: bool = False,
        by: Principal,
    ) -> AssessmentAttempt:
        """Void the attempt. If it was passed, its item is open again, as after a regrade.

        Raises AttemptNotFound, AttemptVoided.
        """
        with self.unit_of_work.atomic():
            progress, before = self._get_for_update(attempt_id, by)
            attempt = before.voided(reason=reason)
            reopens_item = self._save(
                before, attempt, progress, keeps_completion=keeps_completion, by=by
            )
            fact = attempt.voiding(reopens_item=bool(reopens_item))
            self.outcomes.record(fact, progress, Cause(user_id=by.user_id, agent=by.agent))
            self._audit(
                AuditAction.ATTEMPT_VOIDED,
                before,
                attempt,
                reopens_item=reopens_item,
                by=by,
                because=reason,
            )
        return attempt

    def _proposals_for(
        self, attempt: AssessmentAttempt, assessment: Assessment, by: Principal
    ) -> tuple[ProposalReference, ...]:
        if not any(question.rubric for question in assessment.questions):
            return ()
        proposals = self.proposals.of_attempt(attempt.id, scope=by.tenant_scope)
        return tuple(proposal.reference for proposal in proposals)

    def _save(
        self,
        before: AssessmentAttempt,
        attempt: AssessmentAttempt,
        progress: CourseProgress,
        *,
        keeps_completion: bool,
        by: Principal,
    ) -> bool | None:
        """Save the attempt, and return whether its item is open again; None unless it has lost its pass."""
        self.attempts.save(attempt, scope=by.tenant_scope)
        if not attempt.has_lost_pass_of(before):
            return None
        return not keeps_completion and self.outcomes.reopens_item(attempt, progress)

    def _record(
        self,
        attempt: AssessmentAttempt,
        progress: CourseProgress,
        *,
        reopens_item: bool | None,
        by: Principal,
    ) -> None:
        """Record a grade, or a regrade by which the attempt has lost its pass."""
        cause = Cause(user_id=by.user_id, agent=by.agent)
        if reopens_item is None:
            self.outcomes.record_grade(attempt, progress, cause)
        else:
            self.outcomes.record(attempt.regrading(reopens_item=reopens_item), progress, cause)

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
        reopens_item: bool | None,
        by: Principal,
        because: str,
    ) -> None:
        lost_pass = {} if reopens_item is None else {"reopens_item": reopens_item}
        self.audit_log.record(
            action,
            AuditSubject.of(SubjectType.ATTEMPT, after),
            by=by,
            because=because,
            before={"status": before.status.value, "score": before.score},
            after={"status": after.status.value, "score": after.score, **lost_pass},
        )
