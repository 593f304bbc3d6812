"""Where attempts at assessments are kept."""

from collections.abc import Mapping
from typing import Protocol

from accounts.public import UserId
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from courses.public import AssessmentId, CourseId
from progress.domain.entities import AssessmentAttempt, AttemptId


class AttemptRepository(Protocol):
    def add(self, attempt: AssessmentAttempt, *, within: Reach) -> None:
        """Raise AttemptRunning rather than keep a second started one of this learner at this assessment."""

    def get(self, attempt_id: AttemptId, *, within: Reach) -> AssessmentAttempt:
        """Raise AttemptNotFound when there is none in view."""

    def get_for_update(self, attempt_id: AttemptId, *, within: Reach) -> AssessmentAttempt:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, attempt: AssessmentAttempt, *, within: Reach) -> None:
        """Replace the kept attempt; its earlier grades stay as they were."""

    def for_user(
        self, user_id: UserId, assessment_id: AssessmentId, *, within: Reach
    ) -> list[AssessmentAttempt]:
        """All attempts of the learner at the assessment, the first one first."""

    def page_to_grade(
        self, course_id: CourseId, request: PageRequest, *, within: Reach
    ) -> Page[AssessmentAttempt]:
        """What was handed in on the course and waits for a person, that handed in first first; the id breaks ties."""

    def best_percents(self, user_id: UserId, *, within: Reach) -> Mapping[AssessmentId, int]:
        """The learner's best score at each assessment in percent, rounded down; what is void does not count."""
