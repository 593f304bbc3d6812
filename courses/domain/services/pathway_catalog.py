"""Finding learning pathways and reading them."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.public import Gate, OrganizationId, Principal, Right, SubjectType
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from courses.domain.entities import CourseId, LearningPathway, PathwayId, PathwayStatus
from courses.domain.errors import PathwayNotFound
from courses.domain.repositories.protocols import PathwayRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCatalogService:
    pathways: PathwayRepository
    gate: Gate

    def page_of(
        self,
        request: PageRequest,
        *,
        status: PathwayStatus,
        org_id: OrganizationId | None = None,
        by: Principal,
    ) -> Page[LearningPathway]:
        """Pathways of this status, oldest first: the platform's and those of the asker's organizations.

        Those of one organization alone, if it is named. What is not published is listed for its authors, and unless
        an organization is named that is the platform's. Raises OrganizationNotFound, NotPermitted.
        """
        within = by.own_reach
        if org_id is not None:
            within = Reach.into(self.gate.organization(org_id, by=by).id)
        if status is not PathwayStatus.PUBLISHED:
            by.require(Right.AUTHOR_COURSES, of=org_id)
            within = Reach.into(org_id)
        page = self.pathways.page_of(request, status=status, org_id=org_id, within=within)
        self.gate.note_look(org_id, at=SubjectType.ORGANIZATION, subject_id=org_id, by=by)
        return page

    def get(self, address: str, *, by: Principal) -> LearningPathway:
        """The pathway with this slug or id. Raises PathwayNotFound, also to those who may not know of it."""
        pathway = self.visible_to(by, address)
        self.gate.note_look(pathway.org_id, at=SubjectType.PATHWAY, subject_id=pathway.id, by=by)
        return pathway

    def visible_to(self, by: Principal, address: str) -> LearningPathway:
        """The same, for whoever does not look at it but acts. Raises PathwayNotFound."""
        pathway = self.pathways.at(address, within=by.reach)
        if not self.sees(by, pathway):
            raise PathwayNotFound
        return pathway

    def open_with(self, course_id: CourseId, *, within: Reach) -> list[LearningPathway]:
        """The published pathways that the course is on."""
        return self.pathways.open_with(course_id, within=within)

    def completed_by(
        self, completed: Collection[CourseId], *, within: Reach
    ) -> frozenset[PathwayId]:
        """The pathways in view that whoever has completed these courses has gone to the end; retired ones, too."""
        if not completed:
            return frozenset()
        found = self.pathways.shown_with(completed, within=within)
        return frozenset(each.id for each in found if each.is_completed_by(completed))

    def pathways_of(
        self, pathway_ids: Collection[PathwayId], *, within: Reach
    ) -> list[LearningPathway]:
        """Those of the pathways that are in view, be they drafts, in any order."""
        return self.pathways.those_of(pathway_ids, within=within) if pathway_ids else []

    def sees(self, by: Principal, pathway: LearningPathway) -> bool:
        """Whether the asker may know of a pathway in his view: of a draft authors alone may."""
        return pathway.is_shown or by.may(Right.AUTHOR_COURSES, of=pathway.org_id)
