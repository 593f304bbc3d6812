"""Where progress and its log are kept: the promises every store makes.

What is out of view is as if it were not there; what is written must be in view, or OutOfReach is raised.
"""

from collections.abc import Sequence
from typing import Protocol

from accounts.public import OrganizationId, UserId
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from courses.public import CourseId
from progress.domain.entities import CourseProgress, ProgressEvent, StreamId


class ProgressRepository(Protocol):
    def add(self, progress: CourseProgress, *, within: Reach) -> None:
        """Raise AlreadyEnrolled rather than keep a second one of this learner on this course."""

    def find(self, user_id: UserId, address: str, *, within: Reach) -> CourseProgress | None:
        """The learner's progress on the course in view with this slug or id."""

    def find_for_update(
        self, user_id: UserId, address: str, *, within: Reach
    ) -> CourseProgress | None:
        """Like find, and nobody else may change it until the unit of work ends."""

    def save(self, progress: CourseProgress, *, within: Reach) -> None:
        """Replace what is kept of this learner on this course."""

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, within: Reach
    ) -> Page[CourseProgress]:
        """The learner's courses in view, by the moment of enrolment; the course id breaks ties."""

    def page_for_course(
        self, course_id: CourseId, request: PageRequest, *, within: Reach
    ) -> Page[CourseProgress]:
        """Everybody on a course in view, by the moment of enrolment; the learner's id breaks ties."""

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, within: Reach
    ) -> Page[CourseProgress]:
        """Everybody on the courses of an organization in view, by the ids of learner and course."""

    def orphans(self, *, within: Reach) -> list[StreamId]:
        """Whose progress in view is kept without a first event in the log; by user, then by course."""


class EventRepository(Protocol):
    def append(self, events: Sequence[ProgressEvent], *, within: Reach) -> None:
        """Keep events at the end of the log, for ever."""

    def page_of_stream(
        self, stream: StreamId, request: PageRequest, *, within: Reach
    ) -> Page[ProgressEvent]:
        """The events in view of one learner on one course, the first one first."""

    def stream(self, stream: StreamId, *, within: Reach) -> list[ProgressEvent]:
        """All events in view of one learner on one course, the first one first."""

    def page_of_streams(self, request: PageRequest, *, within: Reach) -> Page[StreamId]:
        """Every stream in view of the log, in the order in which they were begun."""
