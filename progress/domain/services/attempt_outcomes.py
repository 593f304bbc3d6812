"""Outcomes of attempts: what is recorded about them, and what follows for the learner's progress."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from accounts.public import OPERATOR, Principal, Right
from authsvc.jobs.entities import JobProgress, Queue
from authsvc.jobs.ports import JobKind, Run
from authsvc.kernel.clock import Clock
from authsvc.kernel.metrics import ATTEMPTS_SUBMITTED, Metrics
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import Assessment, AssessmentId, CatalogService, CourseId, Outline
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.events import Cause, EventType, Fact
from progress.domain.entities.progress import CourseProgress
from progress.domain.errors import AttemptNotFound
from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.repositories.protocols.progress import ProgressRepository
from progress.domain.services.event_log import EventRecorder

SUBMISSION: Final = "submit-overdue-attempts"
"""The name of the job."""
SUBMITTED_AT_ONCE: Final = 100
"""Number of attempts that are read at a time, and that one look at the grading queue submits at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOutcomes:
    """Locks attempts, reads their assessments, and records what follows from them."""

    attempts: AttemptRepository
    progress: ProgressRepository
    recorder: EventRecorder
    catalog: CatalogService
    unit_of_work: UnitOfWork
    metrics: Metrics

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
        self.unit_of_work.on_commit(lambda: self.metrics.count(ATTEMPTS_SUBMITTED))
        return self.recorder.record(progress, attempt.submission(), *outcome, cause=cause)

    def record_grade(
        self, attempt: AssessmentAttempt, progress: CourseProgress, cause: Cause
    ) -> CourseProgress:
        """Record that a graded attempt was passed or failed, and the item that a pass completes."""
        return self.recorder.record(progress, *self._outcome_of(attempt, progress), cause=cause)

    def reopens_item(self, attempt: AssessmentAttempt, progress: CourseProgress) -> bool:
        """Whether the item of the attempt was completed by passing, and no attempt that still counts passes it.

        Call it after the attempt that lost its pass was saved.
        """
        if attempt.item_id not in progress.completed_items:
            return False
        scope = TenantScope.into(attempt.org_id)
        passed = self.attempts.passed_assessments(attempt.user_id, attempt.course_id, scope=scope)
        return attempt.assessment_id not in passed and self._is_completed_by_pass(attempt, progress)

    def record(self, fact: Fact, progress: CourseProgress, cause: Cause) -> CourseProgress:
        """Record a fact about an attempt from which nothing follows but what it states."""
        return self.recorder.record(progress, fact, cause=cause)

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

    def _is_completed_by_pass(self, attempt: AssessmentAttempt, progress: CourseProgress) -> bool:
        """Whether a pass came before the completion: in an earlier version the item may have had no assessment."""
        is_passed = is_by_pass = False
        for event in self.recorder.stream(progress):
            fact = event.fact
            if fact.payload.get("assessment_id") == str(attempt.assessment_id):
                is_passed = is_passed or fact.type is EventType.ASSESSMENT_PASSED
            elif (fact.type, fact.entity_id) == (EventType.ITEM_COMPLETED, attempt.item_id):
                is_by_pass = is_passed
        return is_by_pass

    def _outline(self, of: CourseProgress | AssessmentAttempt, number: int) -> Outline:
        return self.catalog.version(of.course_id, number, scope=TenantScope.into(of.org_id)).outline


def _assessment_in(outline: Outline, assessment_id: AssessmentId) -> Assessment:
    assessment = outline.item_of(assessment_id).assessment
    assert assessment is not None  # noqa: S101  # for mypy: the item was found by its assessment
    return assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueAttempts:
    """Submits attempts at the end of their time limit, with the answers saved until then.

    Nothing runs at the deadline itself: an overdue attempt is submitted when it is next read, or by a periodic job.
    Assessments that accept late submissions have no overdue attempts.
    """

    attempts: AttemptRepository
    outcomes: AttemptOutcomes
    unit_of_work: UnitOfWork
    clock: Clock

    def settled(self, attempt: AssessmentAttempt) -> AssessmentAttempt:
        """Return the attempt as it is once it is submitted if it is overdue; costs nothing if it is not."""
        if not self._is_overdue(attempt):
            return attempt
        with self.unit_of_work.atomic():
            locked = self.outcomes.lock(attempt, scope=TenantScope.into(attempt.org_id))
            _, attempt = self.submit(*locked)
        return attempt

    def submit(
        self, progress: CourseProgress, attempt: AssessmentAttempt
    ) -> tuple[CourseProgress, AssessmentAttempt]:
        """Submit the attempt if it is overdue. Both are locked; returns them as they are then."""
        if not self._is_overdue(attempt):
            return progress, attempt
        assessment = self.outcomes.assessment_behind(attempt)
        submitted = attempt.submitted_in_time(assessment, at=self.clock.now())
        self.attempts.save(submitted, scope=TenantScope.into(attempt.org_id))
        head = self.outcomes.record_submission(submitted, progress, Cause(user_id=None))
        return head, submitted

    def submit_some(self, course_id: CourseId | None = None, *, scope: TenantScope) -> None:
        """Submit overdue attempts on the course, or on all in scope, before graders list attempts.

        At most as many as a page has: a list has to be fast, and the job submits the rest.
        """
        overdue = self._overdue(course_id, scope=scope)
        for attempt in islice(overdue, SUBMITTED_AT_ONCE):
            self.settled(attempt)

    def submit_all(
        self, *, by: Principal, report: Callable[[int], None] = lambda _number: None
    ) -> int:
        """Submit all overdue attempts, each in its own unit of work, and return their number.

        *report* is called with their number so far. Raises NotPermitted.
        """
        by.require(Right.MANAGE_ORGANIZATIONS)
        self.unit_of_work.require_outside()
        number = 0
        for attempt in self._overdue(None, scope=by.tenant_scope):
            report(number)
            number += self.settled(attempt).submitted_at is not None
        return number

    @property
    def kind(self) -> JobKind:
        """The periodic job that submits them."""
        return JobKind(name=SUBMISSION, run=self._run, queue=Queue.LONG)

    def _run(self, run: Run) -> dict[str, int]:
        number = self.submit_all(
            by=OPERATOR, report=lambda done: run.report(JobProgress(done=done))
        )
        return {"submitted": number}

    def _overdue(
        self, course_id: CourseId | None, *, scope: TenantScope
    ) -> Iterator[AssessmentAttempt]:
        now, request = self.clock.now(), PageRequest(limit=SUBMITTED_AT_ONCE)
        while True:
            page = self.attempts.page_past_deadline(now, request, course_id=course_id, scope=scope)
            yield from (attempt for attempt in page.items if self._is_overdue(attempt))
            if page.next_cursor is None:
                return
            request = replace(request, cursor=page.next_cursor)

    def _is_overdue(self, attempt: AssessmentAttempt) -> bool:
        now = self.clock.now()
        return attempt.is_past_deadline(at=now) and attempt.has_run_out(
            self.outcomes.assessment_behind(attempt), at=now
        )
