"""Trying an assessment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from accounts.public import Principal
from authsvc.kernel.clock import Clock
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import (
    Answer,
    Assessment,
    AssessmentId,
    CatalogService,
    QuestionId,
)
from progress.domain.entities import (
    AssessmentAttempt,
    AttemptId,
    AttemptStatus,
    Cause,
    CourseProgress,
)
from progress.domain.errors import AttemptNotFound, NoAttemptsLeft, NotEnrolled
from progress.domain.repositories.protocols import AttemptRepository, ProgressRepository
from progress.domain.services.outcomes import Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptService:
    """What a learner does with his own attempts; to everybody else they are not there.

    Acts of one learner on one course take turns.
    """

    attempts: AttemptRepository
    progress: ProgressRepository
    catalog: CatalogService
    outcomes: Outcomes
    unit_of_work: UnitOfWork
    clock: Clock

    def start(self, assessment_id: AssessmentId, *, by: Principal) -> AssessmentAttempt:
        """Begin, on the version of the course that the asker is on.

        Raises AssessmentNotFound, NotEnrolled, AttemptRunning, NoAttemptsLeft.
        """
        with self.unit_of_work.atomic():
            place = self.catalog.place_of(assessment_id, within=by.own_reach)
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
            self.attempts.add(attempt, within=Reach.into(attempt.org_id))
        return attempt

    def save(
        self, attempt_id: AttemptId, answers: Mapping[QuestionId, Answer], *, by: Principal
    ) -> AssessmentAttempt:
        """Keep answers, in place of earlier ones to the same questions.

        Raises AttemptNotFound, AttemptClosed, TooLate, QuestionNotFound, UnsuitableAnswer.
        """
        with self.unit_of_work.atomic():
            _, attempt, assessment = self._found_for_update(attempt_id, by)
            attempt = attempt.answered(answers, assessment, at=self.clock.now())
            self.attempts.save(attempt, within=by.own_reach)
        return attempt

    def submit(
        self, attempt_id: AttemptId, *, by: Principal, idempotency_key: str = ""
    ) -> AssessmentAttempt:
        """Hand in; what no person has to score is scored at once, and a pass completes the item.

        Raises AttemptNotFound, AttemptClosed, TooLate.
        """
        cause = Cause(user_id=by.person, idempotency_key=idempotency_key)
        with self.unit_of_work.atomic():
            progress, attempt, assessment = self._found_for_update(attempt_id, by)
            now = self.clock.now()
            attempt = attempt.submitted(assessment, at=now).scored(assessment, at=now)
            self.attempts.save(attempt, within=by.own_reach)
            progress = self.outcomes.record(attempt.submission(), progress, cause)
            self.outcomes.follow(attempt, progress, cause)
        return attempt

    def get(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        """Raises AttemptNotFound."""
        attempt = self.attempts.get(attempt_id, within=by.own_reach)
        if attempt.user_id != by.user_id:
            raise AttemptNotFound
        return attempt

    def attempts_at(self, assessment_id: AssessmentId, *, by: Principal) -> list[AssessmentAttempt]:
        """All that the asker has tried, the first one first. Raises AssessmentNotFound."""
        self.catalog.place_of(assessment_id, within=by.own_reach)
        return self.attempts.for_user(by.person, assessment_id, within=by.own_reach)

    def _next_number(self, by: Principal, assessment: Assessment, now: datetime) -> int:
        """Raises NoAttemptsLeft; what is void does not count."""
        found = self.attempts.for_user(by.person, assessment.id, within=by.own_reach)
        tried = [self._closed_in_time(each, now) for each in found]
        counted = [each for each in tried if each.status is not AttemptStatus.VOIDED]
        limit = assessment.attempt_limit
        is_running = any(each.status is AttemptStatus.STARTED for each in tried)
        if limit is not None and len(counted) >= limit and not is_running:
            raise NoAttemptsLeft(attempt_limit=limit)
        return len(tried) + 1

    def _closed_in_time(self, attempt: AssessmentAttempt, now: datetime) -> AssessmentAttempt:
        """Expired, if nobody can hand it in any more; or it would stand in the way of the next one."""
        if attempt.status is not AttemptStatus.STARTED:
            return attempt
        if not attempt.has_run_out(self.outcomes.assessment_behind(attempt), at=now):
            return attempt
        own = Reach.into(attempt.org_id)
        expired = self.attempts.get_for_update(attempt.id, within=own).expired()
        self.attempts.save(expired, within=own)
        return expired

    def _progress(self, by: Principal, address: str) -> CourseProgress:
        progress = self.progress.find_for_update(by.person, address, within=by.own_reach)
        if progress is None or not progress.is_on_it:
            raise NotEnrolled
        return progress

    def _found_for_update(
        self, attempt_id: AttemptId, by: Principal
    ) -> tuple[CourseProgress, AssessmentAttempt, Assessment]:
        """The stream is locked before the attempt, here and wherever both are."""
        found = self.get(attempt_id, by=by)
        progress = self.progress.find_for_update(
            found.user_id, str(found.course_id), within=by.own_reach
        )
        if progress is None:
            raise AttemptNotFound
        attempt = self.attempts.get_for_update(attempt_id, within=by.own_reach)
        return progress, attempt, self.outcomes.assessment_behind(attempt)
