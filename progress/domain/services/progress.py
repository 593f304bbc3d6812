"""Looking at progress."""

from dataclasses import dataclass

from accounts.public import Principal
from authsvc.kernel.pages import Page, PageRequest
from courses.public import CatalogService
from progress.domain.entities import CourseProgress, ProgressEvent
from progress.domain.errors import ProgressNotFound
from progress.domain.repositories.protocols import EventRepository, ProgressRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressService:
    progress: ProgressRepository
    log: EventRepository
    catalog: CatalogService

    def get(self, address: str, *, by: Principal) -> CourseProgress:
        """The asker's progress. Raises ProgressNotFound, or CourseNotFound if there is not even a course."""
        progress = self.progress.find(by.person, address)
        if progress is None:
            self.catalog.visible_to(by, address)
            raise ProgressNotFound
        return progress

    def page_for(self, by: Principal, request: PageRequest) -> Page[CourseProgress]:
        """All of the asker's courses, by the moment of enrolment; the course id breaks ties."""
        return self.progress.page_for_user(by.person, request)

    def events_of(
        self, address: str, request: PageRequest, *, by: Principal
    ) -> Page[ProgressEvent]:
        """The asker's log on one course, the first event first. Raises ProgressNotFound, CourseNotFound."""
        return self.log.page_of_stream(self.get(address, by=by).stream, request)
