"""Learning pathways over HTTP; where an asker stands on one, progress answers."""

from typing import Any

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import (
    NotPermitted,
    OrganizationNotFound,
    OrganizationSuspended,
    Right,
    Scope,
)
from authsvc.actors import principal_of
from authsvc.api.idempotency import idempotent
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.pages import PageQuerySerializer
from authsvc.api.views import (
    ApiView,
    PublicApiView,
    json_of,
    page_request_of,
    page_response,
    query_of,
)
from authsvc.container import services
from courses.api.serializers import OwnerQuerySerializer
from courses.api.views import SchemaRenderer
from courses.definitions import PATHWAY_SCHEMA, pathway_of
from courses.domain.entities import LearningPathway, PathwayStatus
from courses.domain.errors import (
    InvalidPathwayDefinition,
    PathwayNotFound,
    PathwayNotPublished,
    PathwayNotReady,
    PathwayPublished,
    PathwaySlugTaken,
)

DEFINITION = {"application/json": PATHWAY_SCHEMA}
STATUSES = [status.value for status in PathwayStatus]


class PathwayListQuerySerializer(PageQuerySerializer):
    org = serializers.UUIDField(
        default=None, help_text="Only the pathways of the organization with this id."
    )
    status = serializers.ChoiceField(choices=STATUSES, default=PathwayStatus.PUBLISHED.value)


class PathwaySerializer(serializers.Serializer[LearningPathway]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    version = serializers.IntegerField()
    org_id = serializers.UUIDField(allow_null=True)


class PathwayListView(ApiView):
    required_scopes = {"GET": Scope.COURSES_READ, "POST": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="listPathways",
            access=Access(Whose.SEEN),
            summary="Learning pathways, oldest first; those that are not published, for authors alone",
            query=PathwayListQuerySerializer,
            page_of=PathwaySerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request) -> Response:
        query = query_of(request, PathwayListQuerySerializer)
        page = services().pathway_catalog.page_of(
            page_request_of(request),
            status=PathwayStatus(query["status"]),
            org_id=query["org"],
            by=principal_of(request),
        )
        return page_response(page, PathwaySerializer)

    @describes(
        Operation(
            name="createPathway",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="Start a learning pathway, of the platform or of an organization, with a definition",
            query=OwnerQuerySerializer,
            body=DEFINITION,
            status=status.HTTP_201_CREATED,
            answer=PathwaySerializer,
            refusals=(
                NotPermitted,
                InvalidPathwayDefinition,
                PathwaySlugTaken,
                OrganizationNotFound,
                OrganizationSuspended,
            ),
        )
    )
    @idempotent
    def post(self, request: Request) -> Response:
        org_id = query_of(request, OwnerQuerySerializer)["org"]
        pathway = services().pathway_authoring.create(
            pathway_of(request.data), org_id=org_id, by=principal_of(request)
        )
        return Response(json_of(pathway, PathwaySerializer), status=status.HTTP_201_CREATED)


class PublishPathwayView(ApiView):
    required_scopes = {"POST": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="publishPathway",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="Show a learning pathway to learners, and ask for what comes before its courses",
            answer=PathwaySerializer,
            refusals=(
                NotPermitted,
                PathwayNotFound,
                PathwayPublished,
                PathwayNotReady,
                OrganizationSuspended,
            ),
        )
    )
    @idempotent
    def post(self, request: Request, pathway: str) -> Response:
        published = services().pathway_authoring.publish(pathway, by=principal_of(request))
        return Response(json_of(published, PathwaySerializer))


class RetirePathwayView(ApiView):
    required_scopes = {"POST": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="retirePathway",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="Offer a learning pathway no longer, and ask for nothing before its courses",
            answer=PathwaySerializer,
            refusals=(NotPermitted, PathwayNotFound, PathwayNotPublished, OrganizationSuspended),
        )
    )
    @idempotent
    def post(self, request: Request, pathway: str) -> Response:
        retired = services().pathway_authoring.retire(pathway, by=principal_of(request))
        return Response(json_of(retired, PathwaySerializer))


class PathwaySchemaView(PublicApiView):
    renderer_classes = (SchemaRenderer,)

    @describes(
        Operation(
            name="getPathwayDefinitionSchema",
            access=Access(Whose.ANYBODY),
            summary="The JSON Schema of pathway definitions",
            answer={SchemaRenderer.media_type: {"type": "object"}},
        )
    )
    def get(self, request: Request) -> Response:
        headers: dict[str, Any] = {"Cache-Control": "public, max-age=3600"}
        return Response(PATHWAY_SCHEMA, headers=headers)
