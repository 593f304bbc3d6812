"""Learning pathway catalog."""

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
        """Pathways, oldest first: of the platform and the caller's organizations, or of one organization.

        Drafts and retired pathways are listed for authors only, and without an organization only those of the platform.
        Raises OrganizationNotFound, NotPermitted.
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
        """The pathway with this slug or id. Raises PathwayNotFound, also if the caller cannot see it."""
        pathway = self.visible_to(by, address)
        self.gate.note_look(pathway.org_id, at=SubjectType.PATHWAY, subject_id=pathway.id, by=by)
        return pathway

    def visible_to(self, by: Principal, address: str) -> LearningPathway:
        """The same, without noting the access. Raises PathwayNotFound."""
        pathway = self.pathways.at(address, within=by.reach)
        if not self.sees(by, pathway):
            raise PathwayNotFound
        return pathway

    def open_with(self, course_id: CourseId, *, within: Reach) -> list[LearningPathway]:
        """The published pathways of the course."""
        return self.pathways.open_with(course_id, within=within)

    def completed_by(
        self, completed: Collection[CourseId], *, within: Reach
    ) -> frozenset[PathwayId]:
        """The published and retired pathways in scope that these courses complete."""
        if not completed:
            return frozenset()
        pathways = self.pathways.shown_with(completed, within=within)
        return frozenset(pathway.id for pathway in pathways if pathway.is_completed_by(completed))

    def pathways_of(
        self, pathway_ids: Collection[PathwayId], *, within: Reach
    ) -> list[LearningPathway]:
        """The pathways with these ids that are in scope, drafts included, in any order."""
        return self.pathways.those_of(pathway_ids, within=within) if pathway_ids else []

    def sees(self, by: Principal, pathway: LearningPathway) -> bool:
        """Whether the caller can see a pathway in scope: only authors see drafts."""
        return pathway.is_shown or by.may(Right.AUTHOR_COURSES, of=pathway.org_id)
