"""Learner grids in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from accounts.public import UserId
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.text import folded
from courses.public import CourseId
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus
from progress.domain.entities.grids import (
    HALF,
    AttemptResult,
    GridCounts,
    GridLearner,
    GridLimits,
    GridOrder,
    GridSelection,
    LearnerFilter,
    has_failed,
    is_overdue,
)
from progress.domain.entities.progress import CourseProgress, ProgressStatus
from progress.domain.repositories.memory.attempts import InMemoryAttemptRepository
from progress.domain.repositories.memory.progress import InMemoryProgressRepository

Person = tuple[str, str]
"""Name and e-mail address."""


@dataclass(frozen=True, slots=True)
class InMemoryLearnerGridRepository:
    progress: InMemoryProgressRepository
    attempts: InMemoryAttemptRepository
    person: Callable[[UserId], Person]

    def counts(self, course_id: CourseId, *, limits: GridLimits, scope: TenantScope) -> GridCounts:
        def number(show: LearnerFilter) -> int:
            selection = GridSelection(show=show)
            return self.number_of(course_id, selection, limits=limits, scope=scope)

        learners = [learner for learner, _ in self._all(course_id, scope)]
        enrolled = [one for one in learners if one.status is not ProgressStatus.WITHDRAWN]
        return GridCounts(
            learners=len(learners),
            enrolled=len(enrolled),
            started=len(enrolled) - number(LearnerFilter.NOT_STARTED),
            half=sum(one.percent_complete >= HALF for one in enrolled),
            completed=number(LearnerFilter.COMPLETED),
            withdrawn=number(LearnerFilter.WITHDRAWN),
            away=number(LearnerFilter.AWAY),
            failed=number(LearnerFilter.FAILED),
            overdue=number(LearnerFilter.OVERDUE),
            late=number(LearnerFilter.LATE),
            to_grade=sum(
                attempt.status is AttemptStatus.SUBMITTED
                for attempt in list(self.attempts.store.values())
                if attempt.course_id == course_id and scope.covers(attempt.org_id)
            ),
        )

    def number_of(
        self,
        course_id: CourseId,
        selection: GridSelection,
        *,
        limits: GridLimits,
        scope: TenantScope,
    ) -> int:
        return len(self._selected(course_id, selection, limits, scope))

    def learners(
        self,
        course_id: CourseId,
        selection: GridSelection,
        *,
        limits: GridLimits,
        offset: int,
        limit: int,
        scope: TenantScope,
    ) -> list[GridLearner]:
        selected = sorted(
            self._selected(course_id, selection, limits, scope), key=lambda one: one.email
        )
        selected.sort(key=_key_of(selection.order), reverse=selection.is_descending)
        return selected[offset : offset + limit]

    def _selected(
        self,
        course_id: CourseId,
        selection: GridSelection,
        limits: GridLimits,
        scope: TenantScope,
    ) -> list[GridLearner]:
        part = folded(selection.text)
        return [
            learner
            for learner, progress in self._all(course_id, scope)
            if _is_shown(learner, progress, selection.show, limits)
            and (part in folded(learner.name) or part in learner.email)
        ]

    def _all(
        self, course_id: CourseId, scope: TenantScope
    ) -> Iterator[tuple[GridLearner, CourseProgress]]:
        for progress in list(self.progress.store.values()):
            if progress.course_id == course_id and scope.covers(progress.org_id):
                yield self._learner(progress), progress

    def _learner(self, progress: CourseProgress) -> GridLearner:
        name, email = self.person(progress.user_id)
        attempts = sorted(
            (
                attempt
                for attempt in list(self.attempts.store.values())
                if attempt.stream == progress.stream
            ),
            key=lambda attempt: (attempt.assessment_id, attempt.number),
        )
        times = [attempt.submitted_at or attempt.started_at for attempt in attempts]
        return GridLearner(
            user_id=progress.user_id,
            name=name,
            email=email,
            status=progress.status,
            percent_complete=progress.percent_complete,
            enrolled_at=progress.enrolled_at,
            seen_at=max([progress.last_activity_at, *times]),
            completed_items=frozenset(progress.completed_items),
            attempts=tuple(map(_result, attempts)),
        )


def _is_shown(
    learner: GridLearner, progress: CourseProgress, show: LearnerFilter, limits: GridLimits
) -> bool:
    is_on = learner.status is ProgressStatus.IN_PROGRESS
    has_started = bool(progress.completed_items or progress.started_modules or learner.attempts)
    has_late = any(one.is_late and one.is_submission for one in learner.attempts)
    return {
        LearnerFilter.ALL: True,
        LearnerFilter.AWAY: is_on and learner.seen_at < limits.away_since,
        LearnerFilter.FAILED: is_on and has_failed(learner.attempts),
        LearnerFilter.NOT_STARTED: is_on and not has_started,
        LearnerFilter.OVERDUE: is_on and is_overdue(learner.attempts, limits.past_due),
        LearnerFilter.LATE: learner.status is not ProgressStatus.WITHDRAWN and has_late,
        LearnerFilter.COMPLETED: learner.status is ProgressStatus.COMPLETED,
        LearnerFilter.WITHDRAWN: learner.status is ProgressStatus.WITHDRAWN,
    }[show]


def _result(attempt: AssessmentAttempt) -> AttemptResult:
    score = attempt.score
    return AttemptResult(
        id=attempt.id,
        assessment_id=attempt.assessment_id,
        number=attempt.number,
        status=attempt.status,
        percent=None if score is None else 100 * score // attempt.max_score,
        is_passed=attempt.counts_as_passed,
        is_late=attempt.is_late,
    )


def _key_of(order: GridOrder) -> Callable[[GridLearner], Any]:
    keys: dict[GridOrder, Callable[[GridLearner], Any]] = {
        GridOrder.NAME: lambda learner: folded(learner.name),
        GridOrder.PROGRESS: lambda learner: learner.percent_complete,
        GridOrder.LAST_SEEN: lambda learner: learner.seen_at,
    }
    return keys[order]
