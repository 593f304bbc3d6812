"""Learning pathway catalog."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.public import Principal, Right, SubjectType, TenantAccess
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from courses.domain.entities.courses import CourseId
from courses.domain.entities.pathways import (
    LearningPathway,
    PathwayId,
    PathwaySelection,
    PathwayStatus,
)
from courses.domain.errors import PathwayNotFound
from courses.domain.repositories.protocols.pathways import PathwayRepository
from courses.domain.services.authors import listed_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCatalogService:
    pathways: PathwayRepository
    tenant_access: TenantAccess

    def page_of(
        self, selection: PathwaySelection, request: PageRequest, *, by: Principal
    ) -> Page[LearningPathway]:
        """Selected pathways, oldest first: of the platform and the caller's organizations, or of one organization.

        Drafts and retired pathways are listed for authors only, and without an organization only those of the platform.
        Raises OrganizationNotFound, NotPermitted.
        """
        is_published = selection.status is PathwayStatus.PUBLISHED
        scope = listed_scope(
            selection.org_id, is_published=is_published, tenant_access=self.tenant_access, by=by
        )
        page = self.pathways.page_of(selection, request, scope=scope)
        org_id = selection.org_id
        self.tenant_access.record_access(
            org_id, at=SubjectType.ORGANIZATION, subject_id=org_id, by=by
        )
        return page

    def get(self, slug_or_id: str, *, by: Principal) -> LearningPathway:
        """The pathway with this slug or id. Raises PathwayNotFound, also if the caller cannot see it."""
        pathway = self.visible_to(by, slug_or_id)
        self.tenant_access.record_access(
            pathway.org_id, at=SubjectType.PATHWAY, subject_id=pathway.id, by=by
        )
        return pathway

    def visible_to(self, by: Principal, slug_or_id: str) -> LearningPathway:
        """The same, without noting the access. Raises PathwayNotFound."""
        pathway = self.pathways.at(slug_or_id, scope=by.tenant_scope)
        if not self.sees(by, pathway):
            raise PathwayNotFound
        return pathway

    def open_with(self, course_id: CourseId, *, scope: TenantScope) -> list[LearningPathway]:
        """The published pathways of the course."""
        return self.pathways.open_with(course_id, scope=scope)

    def completed_by(
        self, completed: Collection[CourseId], *, scope: TenantScope
    ) -> frozenset[PathwayId]:
        """The published and retired pathways in scope that these courses complete."""
        if not completed:
            return frozenset()
        pathways = self.pathways.shown_with(completed, scope=scope)
        return frozenset(pathway.id for pathway in pathways if pathway.is_completed_by(completed))

    def pathways_of(
        self, pathway_ids: Collection[PathwayId], *, scope: TenantScope
    ) -> list[LearningPathway]:
        """The pathways with these ids that are in scope, drafts included, in any order."""
        return self.pathways.those_of(pathway_ids, scope=scope) if pathway_ids else []

    def sees(self, by: Principal, pathway: LearningPathway) -> bool:
        """Whether the caller can see a pathway in scope: only authors see drafts."""
        return pathway.is_shown or by.may(Right.AUTHOR_COURSES, of=pathway.org_id)
