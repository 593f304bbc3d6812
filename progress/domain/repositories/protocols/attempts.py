"""Repository of assessment attempts."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.public import UserId
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from courses.public import AssessmentId, CourseId
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId

ATTEMPTS: Final = Keyset("attempts", {"number": int})
TO_GRADE: Final = Keyset("attempts-to-grade", {"submitted_at": datetime, "id": UUID})
PAST_DEADLINE: Final = Keyset("attempts-past-deadline", {"expires_at": datetime, "id": UUID})


class AttemptRepository(Protocol):
    def add(self, attempt: AssessmentAttempt, *, scope: TenantScope) -> None:
        """Raise AttemptRunning if the learner has a started attempt at the assessment."""

    def get(self, attempt_id: AttemptId, *, scope: TenantScope) -> AssessmentAttempt:
        """Raise AttemptNotFound if there is none in scope."""

    def get_for_update(self, attempt_id: AttemptId, *, scope: TenantScope) -> AssessmentAttempt:
        """Like get, with the attempt locked until the unit of work ends."""

    def save(self, attempt: AssessmentAttempt, *, scope: TenantScope) -> None:
        """Replace the stored attempt; stored grades never change."""

    def for_user(
        self, user_id: UserId, assessment_id: AssessmentId, *, scope: TenantScope
    ) -> list[AssessmentAttempt]:
        """Return the learner's attempts at the assessment in scope, by number."""

    def page_for_user(
        self,
        user_id: UserId,
        assessment_id: AssessmentId,
        request: PageRequest,
        *,
        scope: TenantScope,
    ) -> Page[AssessmentAttempt]:
        """Return the learner's attempts at the assessment in scope, by number."""

    def page_to_grade(
        self, course_id: CourseId, request: PageRequest, *, scope: TenantScope
    ) -> Page[AssessmentAttempt]:
        """Return submissions awaiting grading on the course, by time of submission, then id."""

    def page_past_deadline(
        self,
        now: datetime,
        request: PageRequest,
        *,
        course_id: CourseId | None = None,
        scope: TenantScope,
    ) -> Page[AssessmentAttempt]:
        """Return attempts that were not submitted within their time limit, by deadline, then id.

        With a course id those on the course.
        """

    def best_percents(self, user_id: UserId, *, scope: TenantScope) -> Mapping[AssessmentId, int]:
        """Return the best percent by assessment, rounded down; voided attempts do not count."""

    def passed_assessments(
        self, user_id: UserId, course_id: CourseId, *, scope: TenantScope
    ) -> AbstractSet[AssessmentId]:
        """Return the assessments that the learner has passed on the course; voided attempts do not count."""

    def assisted_passes(
        self,
        user_id: UserId,
        *,
        courses: AbstractSet[CourseId],
        assessments: AbstractSet[AssessmentId] = frozenset(),
        scope: TenantScope,
    ) -> list[AssessmentAttempt]:
        """Return the learner's attempts in scope that count as passed and whose grade that counts had proposals, by id.

        Those on the courses, and those at the assessments.
        """

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AssessmentAttempt]]:
        """Yield all attempts of users in scope, by user, course and id. The key of a row is its StreamId."""

    def count(self) -> int:
        """Return the number of attempts of all tenants."""

    def count_grades(self) -> int:
        """Return the number of grades of all tenants."""
