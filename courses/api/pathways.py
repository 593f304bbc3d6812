"""Learning pathways: the list, and authoring. The progress API answers with the caller's progress on one."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from accounts.public import (
    NotPermitted,
    OrganizationNotFound,
    OrganizationSuspended,
    Principal,
    Right,
    Scope,
)
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.renderers import JSON_SCHEMA, SchemaRenderer
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from courses.api.serializers import (
    OwnerQuerySerializer,
    PathwayListQuerySerializer,
    PathwaySerializer,
)
from courses.definitions.pathways import PATHWAY_SCHEMA, pathway_of
from courses.domain.entities.pathways import LearningPathway, PathwaySelection, PathwayStatus
from courses.domain.errors import (
    InvalidPathwayDefinition,
    PathwayNotFound,
    PathwayNotPublished,
    PathwayNotReady,
    PathwayPublished,
    PathwaySlugTaken,
)

AUTHORS = Access(Whose.HELD, Right.AUTHOR_COURSES)


class PathwayListView(ApiView):
    @operation(
        name="listPathways",
        summary="List learning pathways, oldest first; only authors see unpublished ones",
        access=Access(Whose.SEEN),
        scope=Scope.COURSES_READ,
        query=PathwayListQuerySerializer,
        page_of=PathwaySerializer,
        errors=(NotPermitted, OrganizationNotFound),
    )
    def get(self, *, query: Members, page: PageRequest, by: Principal) -> Page[LearningPathway]:
        selection = PathwaySelection(status=PathwayStatus(query["status"]), org_id=query["org"])
        return services().pathway_catalog.page_of(selection, page, by=by)

    @operation(
        name="createPathway",
        summary="Create a learning pathway of the platform or of an organization from a definition",
        access=AUTHORS,
        is_expensive=True,
        scope=Scope.COURSES_WRITE,
        query=OwnerQuerySerializer,
        body={"application/json": PATHWAY_SCHEMA},
        status=HTTPStatus.CREATED,
        answer=PathwaySerializer,
        errors=(
            InvalidPathwayDefinition,
            PathwaySlugTaken,
            OrganizationNotFound,
            OrganizationSuspended,
        ),
        is_idempotent=True,
    )
    def post(self, *, query: Members, body: Any, by: Principal) -> LearningPathway:
        return services().pathway_authoring.create(pathway_of(body), org_id=query["org"], by=by)


class PublishPathwayView(ApiView):
    @operation(
        name="publishPathway",
        summary="Publish a learning pathway and enforce the prerequisites of its courses",
        access=AUTHORS,
        scope=Scope.COURSES_WRITE,
        answer=PathwaySerializer,
        errors=(PathwayNotFound, PathwayPublished, PathwayNotReady, OrganizationSuspended),
        is_idempotent=True,
    )
    def post(self, pathway: str, *, by: Principal) -> LearningPathway:
        return services().pathway_authoring.publish(pathway, by=by)


class RetirePathwayView(ApiView):
    @operation(
        name="retirePathway",
        summary="Retire a learning pathway and stop enforcing the prerequisites of its courses",
        access=AUTHORS,
        scope=Scope.COURSES_WRITE,
        answer=PathwaySerializer,
        errors=(PathwayNotFound, PathwayNotPublished, OrganizationSuspended),
        is_idempotent=True,
    )
    def post(self, pathway: str, *, by: Principal) -> LearningPathway:
        return services().pathway_authoring.retire(pathway, by=by)


class PathwaySchemaView(ApiView):
    renderer_classes = (SchemaRenderer,)

    @operation(
        name="getPathwayDefinitionSchema",
        summary="Get the JSON Schema of pathway definitions",
        access=Access(Whose.ANYBODY),
        answer={JSON_SCHEMA: {"type": "object"}},
        cache_control="public, max-age=3600",
    )
    def get(self) -> Mapping[str, Any]:
        return PATHWAY_SCHEMA
