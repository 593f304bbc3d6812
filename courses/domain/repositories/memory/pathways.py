"""Learning pathways in memory."""

from collections.abc import Collection, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.pages import Page, PageRequest, page_in_memory
from authsvc.kernel.reach import Reach
from courses.domain.entities import CourseId, LearningPathway, PathwayId, PathwayStatus
from courses.domain.errors import PathwayNotFound, PathwaySlugTaken
from courses.domain.repositories.protocols.pathways import PATHWAYS


@dataclass(frozen=True, slots=True)
class InMemoryPathwayRepository:
    store: MutableMapping[PathwayId, LearningPathway] = field(default_factory=dict)

    def add(self, pathway: LearningPathway, *, within: Reach) -> None:
        within.require(pathway.org_id)
        if any(other.slug == pathway.slug for other in self.store.values()):
            raise PathwaySlugTaken(slug=pathway.slug)
        self.store[pathway.id] = pathway

    def at(self, address: str, *, within: Reach) -> LearningPathway:
        for pathway in self.store.values():
            if address in (pathway.slug, str(pathway.id)) and within.covers(pathway.org_id):
                return pathway
        raise PathwayNotFound

    def get_for_update(self, pathway_id: PathwayId, *, within: Reach) -> LearningPathway:
        return self.at(str(pathway_id), within=within)

    def save(self, pathway: LearningPathway, *, within: Reach) -> None:
        within.require(pathway.org_id)
        self.store[pathway.id] = pathway

    def page_of(
        self,
        request: PageRequest,
        *,
        status: PathwayStatus,
        org_id: OrganizationId | None = None,
        within: Reach,
    ) -> Page[LearningPathway]:
        pathways = (pathway for pathway in self._in(within) if pathway.status is status)
        listed = (pathway for pathway in pathways if org_id is None or pathway.org_id == org_id)
        return page_in_memory(listed, request, PATHWAYS)

    def open_with(self, course_id: CourseId, *, within: Reach) -> list[LearningPathway]:
        return [
            pathway
            for pathway in self._in(within)
            if pathway.is_open and course_id in pathway.course_ids
        ]

    def shown_with(
        self, course_ids: Collection[CourseId], *, within: Reach
    ) -> list[LearningPathway]:
        return [
            pathway
            for pathway in self._in(within)
            if pathway.is_shown and not pathway.course_ids.isdisjoint(course_ids)
        ]

    def those_of(
        self, pathway_ids: Collection[PathwayId], *, within: Reach
    ) -> list[LearningPathway]:
        return [pathway for pathway in self._in(within) if pathway.id in pathway_ids]

    def _in(self, within: Reach) -> list[LearningPathway]:
        """The pathways in scope, oldest first."""
        pathways = (pathway for pathway in self.store.values() if within.covers(pathway.org_id))
        return sorted(pathways, key=_age)


def _age(pathway: LearningPathway) -> tuple[datetime, UUID]:
    return pathway.created_at, pathway.id
