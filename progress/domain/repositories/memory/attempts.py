"""Assessment attempts in memory."""

from collections.abc import Iterator, Mapping, MutableMapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from accounts.public import UserId
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from courses.public import AssessmentId, CourseId
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus
from progress.domain.entities.proposals import assistance_of
from progress.domain.errors import AttemptNotFound, AttemptRunning
from progress.domain.repositories.protocols.attempts import ATTEMPTS, PAST_DEADLINE, TO_GRADE


@dataclass(frozen=True, slots=True)
class InMemoryAttemptRepository:
    store: MutableMapping[AttemptId, AssessmentAttempt] = field(default_factory=dict)

    def add(self, attempt: AssessmentAttempt, *, scope: TenantScope) -> None:
        scope.require(attempt.org_id)
        for earlier in self.for_user(attempt.user_id, attempt.assessment_id, scope=scope):
            if earlier.status is AttemptStatus.STARTED:
                raise AttemptRunning(attempt_id=earlier.id)
        self.store[attempt.id] = attempt

    def get(self, attempt_id: AttemptId, *, scope: TenantScope) -> AssessmentAttempt:
        attempt = self.store.get(attempt_id)
        if attempt is None or not scope.covers(attempt.org_id):
            raise AttemptNotFound
        return attempt

    def get_for_update(self, attempt_id: AttemptId, *, scope: TenantScope) -> AssessmentAttempt:
        return self.get(attempt_id, scope=scope)

    def save(self, attempt: AssessmentAttempt, *, scope: TenantScope) -> None:
        scope.require(attempt.org_id)
        self.store[attempt.id] = attempt

    def for_user(
        self, user_id: UserId, assessment_id: AssessmentId, *, scope: TenantScope
    ) -> list[AssessmentAttempt]:
        attempts = (a for a in self._of(user_id, scope) if a.assessment_id == assessment_id)
        return sorted(attempts, key=lambda attempt: attempt.number)

    def page_for_user(
        self,
        user_id: UserId,
        assessment_id: AssessmentId,
        request: PageRequest,
        *,
        scope: TenantScope,
    ) -> Page[AssessmentAttempt]:
        attempts = self.for_user(user_id, assessment_id, scope=scope)
        return page_in_memory(attempts, request, ATTEMPTS)

    def page_to_grade(
        self, course_id: CourseId, request: PageRequest, *, scope: TenantScope
    ) -> Page[AssessmentAttempt]:
        attempts = (attempt for attempt in self.store.values() if attempt.course_id == course_id)
        submitted = (
            attempt
            for attempt in attempts
            if attempt.status is AttemptStatus.SUBMITTED and scope.covers(attempt.org_id)
        )
        return page_in_memory(submitted, request, TO_GRADE)

    def page_past_deadline(
        self,
        now: datetime,
        request: PageRequest,
        *,
        course_id: CourseId | None = None,
        scope: TenantScope,
    ) -> Page[AssessmentAttempt]:
        overdue = (
            attempt
            for attempt in self.store.values()
            if attempt.is_past_deadline(at=now)
            and course_id in (None, attempt.course_id)
            and scope.covers(attempt.org_id)
        )
        return page_in_memory(overdue, request, PAST_DEADLINE)

    def best_percents(self, user_id: UserId, *, scope: TenantScope) -> Mapping[AssessmentId, int]:
        best: dict[AssessmentId, int] = {}
        for attempt in self._of(user_id, scope):
            if attempt.score is not None and attempt.status is AttemptStatus.GRADED:
                percent = 100 * attempt.score // attempt.max_score
                best[attempt.assessment_id] = max(percent, best.get(attempt.assessment_id, 0))
        return best

    def passed_assessments(
        self, user_id: UserId, course_id: CourseId, *, scope: TenantScope
    ) -> AbstractSet[AssessmentId]:
        return {
            attempt.assessment_id
            for attempt in self._of(user_id, scope)
            if attempt.course_id == course_id and attempt.counts_as_passed
        }

    def assisted_passes(
        self,
        user_id: UserId,
        *,
        courses: AbstractSet[CourseId],
        assessments: AbstractSet[AssessmentId] = frozenset(),
        scope: TenantScope,
    ) -> list[AssessmentAttempt]:
        passes = (
            attempt
            for attempt in self._of(user_id, scope)
            if (attempt.course_id in courses or attempt.assessment_id in assessments)
            and attempt.counts_as_passed
            and assistance_of(attempt) is not None
        )
        return sorted(passes, key=lambda attempt: attempt.id)

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AssessmentAttempt]]:
        for attempt in sorted(self.store.values(), key=lambda a: (a.user_id, a.course_id, a.id)):
            if scope.covers(attempt.org_id) and users.covers(attempt.user_id):
                yield Stored(key=attempt.stream, id=attempt.id, item=attempt)

    def count(self) -> int:
        return len(self.store)

    def count_grades(self) -> int:
        return sum(len(attempt.grades) for attempt in self.store.values())

    def _of(self, user_id: UserId, scope: TenantScope) -> list[AssessmentAttempt]:
        mine = (attempt for attempt in self.store.values() if attempt.user_id == user_id)
        return [attempt for attempt in mine if scope.covers(attempt.org_id)]
