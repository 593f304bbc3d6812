"""Where progress and its log are kept: the promises every store makes."""

from collections.abc import Sequence
from typing import Protocol

from accounts.public import UserId
from authsvc.kernel.pages import Page, PageRequest
from progress.domain.entities import CourseProgress, ProgressEvent, StreamId


class ProgressRepository(Protocol):
    def add(self, progress: CourseProgress) -> None:
        """Raise AlreadyEnrolled rather than keep a second one of this learner on this course."""

    def find(self, user_id: UserId, address: str) -> CourseProgress | None:
        """The learner's progress on the course with this slug or id."""

    def find_for_update(self, user_id: UserId, address: str) -> CourseProgress | None:
        """Like find, and nobody else may change it until the unit of work ends."""

    def save(self, progress: CourseProgress) -> None:
        """Replace what is kept of this learner on this course."""

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[CourseProgress]:
        """The learner's courses, by the moment of enrolment; the course id breaks ties."""

    def orphans(self) -> list[StreamId]:
        """Whose progress is kept without a first event in the log; by user, then by course."""


class EventRepository(Protocol):
    def append(self, events: Sequence[ProgressEvent]) -> None:
        """Keep events at the end of the log, for ever."""

    def page_of_stream(self, stream: StreamId, request: PageRequest) -> Page[ProgressEvent]:
        """The events of one learner on one course, the first one first."""

    def stream(self, stream: StreamId) -> list[ProgressEvent]:
        """All events of one learner on one course, the first one first."""

    def page_of_streams(self, request: PageRequest) -> Page[StreamId]:
        """Every stream of the log, in the order in which they were begun."""
