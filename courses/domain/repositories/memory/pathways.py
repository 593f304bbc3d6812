"""Learning pathways in memory."""

from collections.abc import Collection, MutableMapping
from dataclasses import dataclass, field

from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from courses.domain.entities.courses import CourseId
from courses.domain.entities.pathways import (
    LearningPathway,
    PathwayId,
    PathwaySelection,
)
from courses.domain.errors import PathwayNotFound, PathwaySlugTaken
from courses.domain.repositories.protocols.pathways import PATHWAYS


@dataclass(frozen=True, slots=True)
class InMemoryPathwayRepository:
    store: MutableMapping[PathwayId, LearningPathway] = field(default_factory=dict)

    def add(self, pathway: LearningPathway, *, scope: TenantScope) -> None:
        scope.require(pathway.org_id)
        if any(other.slug == pathway.slug for other in self.store.values()):
            raise PathwaySlugTaken(slug=pathway.slug)
        self.store[pathway.id] = pathway

    def at(self, slug_or_id: str, *, scope: TenantScope) -> LearningPathway:
        pathway_id = parse_uuid(slug_or_id)
        for pathway in self._in(scope):
            if slug_or_id == pathway.slug or pathway_id == pathway.id:
                return pathway
        raise PathwayNotFound

    def get_for_update(self, pathway_id: PathwayId, *, scope: TenantScope) -> LearningPathway:
        return self.at(str(pathway_id), scope=scope)

    def save(self, pathway: LearningPathway, *, scope: TenantScope) -> None:
        scope.require(pathway.org_id)
        self.store[pathway.id] = pathway

    def page_of(
        self, selection: PathwaySelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[LearningPathway]:
        selected = (
            pathway
            for pathway in self._in(scope)
            if pathway.status is selection.status and selection.org_id in (None, pathway.org_id)
        )
        return page_in_memory(selected, request, PATHWAYS)

    def open_with(self, course_id: CourseId, *, scope: TenantScope) -> list[LearningPathway]:
        return [
            pathway
            for pathway in self._in(scope)
            if pathway.is_open and course_id in pathway.course_ids
        ]

    def shown_with(
        self, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[LearningPathway]:
        return [
            pathway
            for pathway in self._in(scope)
            if pathway.is_shown and not pathway.course_ids.isdisjoint(course_ids)
        ]

    def those_of(
        self, pathway_ids: Collection[PathwayId], *, scope: TenantScope
    ) -> list[LearningPathway]:
        return [pathway for pathway in self._in(scope) if pathway.id in pathway_ids]

    def _in(self, scope: TenantScope) -> list[LearningPathway]:
        """The pathways in scope, oldest first."""
        pathways = scope.among(self.store.values())
        return sorted(pathways, key=lambda pathway: (pathway.created_at, pathway.id))
