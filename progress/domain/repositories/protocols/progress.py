"""Where progress and its log are kept."""

from collections.abc import Collection, Sequence
from typing import Protocol

from accounts.public import OrganizationId, UserId
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from courses.public import CourseId
from progress.domain.entities import (
    CourseProgress,
    EventSelection,
    ProgressEvent,
    StreamId,
)


class ProgressRepository(Protocol):
    def add(self, progress: CourseProgress, *, within: Reach) -> None:
        """Raise AlreadyEnrolled rather than keep a second one of this learner on this course."""

    def find(self, user_id: UserId, address: str, *, within: Reach) -> CourseProgress | None:
        """The learner's progress on the course in view with this slug or id."""

    def find_for_update(
        self, user_id: UserId, address: str, *, within: Reach
    ) -> CourseProgress | None:
        """Like find, and nobody else may change it until the unit of work ends."""

    def on_courses(
        self, user_id: UserId, course_ids: Collection[CourseId], *, within: Reach
    ) -> list[CourseProgress]:
        """The learner's progress on those of the courses in view that he has been on, in any order."""

    def on_courses_for_update(
        self, user_id: UserId, course_ids: Collection[CourseId], *, within: Reach
    ) -> list[CourseProgress]:
        """Like on_courses, and whoever asks this of the same learner waits until the unit of work ends.

        So of two who ask the second sees what the first has changed.
        """

    def save(self, progress: CourseProgress, *, within: Reach) -> None:
        """Replace what is kept of this learner on this course."""

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, within: Reach
    ) -> Page[CourseProgress]:
        """The learner's courses in view, by the moment of enrolment; the course id breaks ties."""

    def all_of(self, user_id: UserId, *, within: Reach) -> list[CourseProgress]:
        """The learner's courses in view, all of them, by the moment of enrolment; the course id breaks ties."""

    def all_of_for_update(self, user_id: UserId, *, within: Reach) -> list[CourseProgress]:
        """Like all_of, and whoever asks this of the same learner waits until the unit of work ends.

        So of two who ask the second sees what the first has changed.
        """

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

    def page(
        self, selection: EventSelection, request: PageRequest, *, within: Reach
    ) -> Page[ProgressEvent]:
        """The events in view that are selected, in the order in which they were appended.

        No event ever comes to stand before one that a page has shown. Raises LogBusy rather than break that.
        """

    def page_of_streams(self, request: PageRequest, *, within: Reach) -> Page[StreamId]:
        """Every stream in view of the log, in the order in which they were begun."""
