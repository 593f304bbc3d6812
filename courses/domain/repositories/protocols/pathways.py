"""Repository of learning pathways: the promises that every store makes.

What is out of scope does not exist for the caller; writing it raises OutsideTenantScope.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from courses.domain.entities.courses import CourseId
from courses.domain.entities.pathways import (
    LearningPathway,
    PathwayId,
    PathwaySelection,
)

PATHWAYS: Final = Keyset("pathways", {"created_at": datetime, "id": UUID})


class PathwayRepository(Protocol):
    def add(self, pathway: LearningPathway, *, scope: TenantScope) -> None:
        """Add a pathway. Raise PathwaySlugTaken if another pathway has this slug."""

    def at(self, slug_or_id: str, *, scope: TenantScope) -> LearningPathway:
        """The pathway with this slug or id. Raise PathwayNotFound if there is none in scope."""

    def get_for_update(self, pathway_id: PathwayId, *, scope: TenantScope) -> LearningPathway:
        """The pathway, locked until the unit of work ends. Raise PathwayNotFound if there is none in scope."""

    def save(self, pathway: LearningPathway, *, scope: TenantScope) -> None:
        """Replace the stored pathway."""

    def page_of(
        self, selection: PathwaySelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[LearningPathway]:
        """The selected pathways in scope, oldest first; the id breaks ties."""

    def open_with(self, course_id: CourseId, *, scope: TenantScope) -> list[LearningPathway]:
        """The published pathways in scope with the course, oldest first; the id breaks ties."""

    def shown_with(
        self, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[LearningPathway]:
        """The published and retired pathways in scope with any of the courses.

        Oldest first; the id breaks ties.
        """

    def those_of(
        self, pathway_ids: Collection[PathwayId], *, scope: TenantScope
    ) -> list[LearningPathway]:
        """The pathways with these ids that are in scope, in any order."""
