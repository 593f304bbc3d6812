"""Looking at progress."""

from dataclasses import dataclass

from accounts.public import Gate, OrganizationId, Principal, Right, SubjectType
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
    gate: Gate

    def get(self, address: str, *, by: Principal) -> CourseProgress:
        """The asker's progress. Raises ProgressNotFound, or CourseNotFound if there is not even a course."""
        progress = self.progress.find(by.person, address, within=by.own_reach)
        if progress is None:
            self.catalog.learnable_by(by, address)
            raise ProgressNotFound
        return progress

    def page_for(self, by: Principal, request: PageRequest) -> Page[CourseProgress]:
        """All of the asker's courses, by the moment of enrolment; the course id breaks ties."""
        return self.progress.page_for_user(by.person, request, within=by.own_reach)

    def events_of(
        self, address: str, request: PageRequest, *, by: Principal
    ) -> Page[ProgressEvent]:
        """The asker's log on one course, the first event first. Raises ProgressNotFound, CourseNotFound."""
        stream = self.get(address, by=by).stream
        return self.log.page_of_stream(stream, request, within=by.own_reach)

    def learners_of(
        self, address: str, request: PageRequest, *, by: Principal
    ) -> Page[CourseProgress]:
        """Everybody on the course, by the moment of enrolment. Raises CourseNotFound, NotPermitted."""
        course = self.catalog.visible_to(by, address)
        by.require(Right.SEE_PROGRESS, of=course.org_id)
        page = self.progress.page_for_course(course.id, request, within=by.reach)
        self.gate.note_look(course.org_id, at=SubjectType.LEARNERS, subject_id=course.id, by=by)
        return page

    def page_in(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[CourseProgress]:
        """Everybody on every course of the organization, by learner; for those who manage who is in it.

        Raises OrganizationNotFound, NotPermitted.
        """
        self.gate.organization(org_id, by=by)
        by.require(Right.MANAGE_MEMBERS, of=org_id)
        page = self.progress.page_for_organization(org_id, request, within=by.reach)
        self.gate.note_look(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)
        return page
