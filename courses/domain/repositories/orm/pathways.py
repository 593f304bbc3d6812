"""Learning pathways in the database."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from accounts.public import OrganizationId, UserId
from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.rows import first_of, values_of
from authsvc.storage.tenancy import owned_within
from courses import models as rows
from courses.domain.entities.courses import CourseId
from courses.domain.entities.pathways import (
    LearningPathway,
    PathwayId,
    PathwaySelection,
    PathwayStatus,
)
from courses.domain.errors import PathwayNotFound, PathwaySlugTaken
from courses.domain.repositories.orm.stored_json import stages_from_json, stages_to_json
from courses.domain.repositories.protocols.pathways import PATHWAYS


class OrmPathwayRepository:
    def add(self, pathway: LearningPathway, *, scope: TenantScope) -> None:
        scope.require(pathway.org_id)
        if not insert(rows.LearningPathway, [_values(pathway)], unless_taken=("slug",)):
            raise PathwaySlugTaken(slug=pathway.slug)
        _save_courses(pathway)

    def at(self, slug_or_id: str, *, scope: TenantScope) -> LearningPathway:
        pathway_id = parse_uuid(slug_or_id)
        named = Q(slug=slug_or_id) if pathway_id is None else Q(pk=pathway_id)
        pathways = rows.LearningPathway.objects.filter(owned_within(scope), named)
        return _pathway(first_of(pathways, missing=PathwayNotFound))

    def get_for_update(self, pathway_id: PathwayId, *, scope: TenantScope) -> LearningPathway:
        pathways = rows.LearningPathway.objects.filter(owned_within(scope), pk=pathway_id)
        return _pathway(first_of(pathways.select_for_update(), missing=PathwayNotFound))

    def save(self, pathway: LearningPathway, *, scope: TenantScope) -> None:
        scope.require(pathway.org_id)
        rows.LearningPathway.objects.filter(pk=pathway.id).update(**_values(pathway))
        rows.PathwayCourse.objects.filter(pathway_id=pathway.id).delete()
        _save_courses(pathway)

    def page_of(
        self, selection: PathwaySelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[LearningPathway]:
        pathways = rows.LearningPathway.objects.filter(owned_within(scope), status=selection.status)
        if selection.org_id is not None:
            pathways = pathways.filter(org_id=selection.org_id)
        return page_of_rows(pathways, request, PATHWAYS, _pathway)

    def open_with(self, course_id: CourseId, *, scope: TenantScope) -> list[LearningPathway]:
        pathways = rows.LearningPathway.objects.filter(
            owned_within(scope), courses__course_id=course_id, status=PathwayStatus.PUBLISHED
        )
        return [_pathway(row) for row in pathways.order_by("created_at", "id")]

    def shown_with(
        self, course_ids: Collection[CourseId], *, scope: TenantScope
    ) -> list[LearningPathway]:
        shown = rows.LearningPathway.objects.exclude(status=PathwayStatus.DRAFT)
        pathways = shown.filter(owned_within(scope), courses__course_id__in=course_ids).distinct()
        return [_pathway(row) for row in pathways.order_by("created_at", "id")]

    def those_of(
        self, pathway_ids: Collection[PathwayId], *, scope: TenantScope
    ) -> list[LearningPathway]:
        pathways = rows.LearningPathway.objects.filter(owned_within(scope), pk__in=pathway_ids)
        return [_pathway(row) for row in pathways]


def _save_courses(pathway: LearningPathway) -> None:
    """Index the pathway by its courses."""
    rows.PathwayCourse.objects.bulk_create(
        rows.PathwayCourse(pathway_id=pathway.id, course_id=course_id)
        for course_id in sorted(pathway.course_ids)
    )


def _pathway(row: rows.LearningPathway) -> LearningPathway:
    return LearningPathway(
        id=PathwayId(row.id),
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        status=PathwayStatus(row.status),
        version=row.version,
        created_by=UserId(row.created_by_id) if row.created_by_id else None,
        created_at=row.created_at,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        stages=stages_from_json(row.stages),
    )


def _values(pathway: LearningPathway) -> dict[str, Any]:
    return values_of(rows.LearningPathway, pathway, stages=stages_to_json(pathway.stages))
