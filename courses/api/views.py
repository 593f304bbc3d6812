"""Courses over HTTP."""

from uuid import UUID

from rest_framework import status
from rest_framework.renderers import JSONRenderer
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
from authsvc.api.views import (
    ApiView,
    PublicApiView,
    json_of,
    page_request_of,
    page_response,
    query_of,
)
from authsvc.container import services
from courses.api.serializers import (
    CatalogEntrySerializer,
    CourseListQuerySerializer,
    CourseSerializer,
    CourseVersionSerializer,
    ItemTextSerializer,
    OwnerQuerySerializer,
    VersionQuerySerializer,
)
from courses.definitions import SCHEMA, definition_of
from courses.domain.entities import CourseStatus, ItemId
from courses.domain.errors import (
    CourseNotFound,
    CourseNotPublished,
    CourseVersionNotFound,
    InvalidDefinition,
    ItemNotFound,
    NothingRequired,
    NothingToPublish,
    SlugFixed,
    SlugTaken,
)

DEFINITION = {"application/json": SCHEMA}


class CourseListView(ApiView):
    required_scopes = {"GET": Scope.COURSES_READ, "POST": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="listCourses",
            access=Access(Whose.SEEN),
            summary="Courses, oldest first; those that are not published, for authors alone",
            query=CourseListQuerySerializer,
            page_of=CourseSerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request) -> Response:
        query = query_of(request, CourseListQuerySerializer)
        page = services().catalog.page_of(
            page_request_of(request),
            status=CourseStatus(query["status"]),
            search=query["q"],
            org_id=query["org"],
            by=principal_of(request),
        )
        return page_response(page, CourseSerializer)

    @describes(
        Operation(
            name="createCourse",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="Start a course, of the platform or of an organization, with a definition as its draft",
            query=OwnerQuerySerializer,
            body=DEFINITION,
            status=status.HTTP_201_CREATED,
            answer=CourseSerializer,
            refusals=(
                NotPermitted,
                InvalidDefinition,
                SlugTaken,
                OrganizationNotFound,
                OrganizationSuspended,
            ),
        )
    )
    @idempotent
    def post(self, request: Request) -> Response:
        org_id = query_of(request, OwnerQuerySerializer)["org"]
        definition = definition_of(request.data)
        course = services().authoring.create(definition, org_id=org_id, by=principal_of(request))
        return Response(json_of(course, CourseSerializer), status=status.HTTP_201_CREATED)


class CourseView(ApiView):
    required_scopes = {"GET": Scope.COURSES_READ}

    @describes(
        Operation(
            name="getCourse",
            access=Access(Whose.SEEN),
            summary="A course and what it is made of",
            query=VersionQuerySerializer,
            answer=CatalogEntrySerializer,
            refusals=(CourseNotFound, CourseVersionNotFound),
        )
    )
    def get(self, request: Request, course: str) -> Response:
        query = query_of(request, VersionQuerySerializer)
        entry = services().catalog.entry(course, version=query["version"], by=principal_of(request))
        return Response(json_of(entry, CatalogEntrySerializer))


class ItemView(ApiView):
    required_scopes = {"GET": Scope.COURSES_READ}

    @describes(
        Operation(
            name="getItem",
            access=Access(Whose.SEEN),
            summary="An item of a course with its text",
            query=VersionQuerySerializer,
            answer=ItemTextSerializer,
            refusals=(CourseNotFound, CourseVersionNotFound, ItemNotFound),
        )
    )
    def get(self, request: Request, course: str, item_id: UUID) -> Response:
        query = query_of(request, VersionQuerySerializer)
        item = services().catalog.item(
            course, ItemId(item_id), version=query["version"], by=principal_of(request)
        )
        return Response(json_of(item, ItemTextSerializer))


class DraftView(ApiView):
    required_scopes = {"PUT": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="reviseCourse",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="Put a definition in place of the draft",
            body=DEFINITION,
            answer=CourseSerializer,
            refusals=(
                NotPermitted,
                InvalidDefinition,
                CourseNotFound,
                SlugFixed,
                OrganizationSuspended,
            ),
        )
    )
    def put(self, request: Request, course: str) -> Response:
        definition = definition_of(request.data)
        revised = services().authoring.revise(course, definition, by=principal_of(request))
        return Response(json_of(revised, CourseSerializer))


class PublishView(ApiView):
    required_scopes = {"POST": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="publishCourse",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="Freeze the draft as the next version and show it to learners",
            answer=CourseSerializer,
            refusals=(
                NotPermitted,
                CourseNotFound,
                NothingToPublish,
                NothingRequired,
                OrganizationSuspended,
            ),
        )
    )
    @idempotent
    def post(self, request: Request, course: str) -> Response:
        published = services().authoring.publish(course, by=principal_of(request))
        return Response(json_of(published, CourseSerializer))


class RetireView(ApiView):
    required_scopes = {"POST": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="retireCourse",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="Offer a course no longer; those on it may finish",
            answer=CourseSerializer,
            refusals=(NotPermitted, CourseNotFound, CourseNotPublished, OrganizationSuspended),
        )
    )
    @idempotent
    def post(self, request: Request, course: str) -> Response:
        retired = services().authoring.retire(course, by=principal_of(request))
        return Response(json_of(retired, CourseSerializer))


class CourseVersionListView(ApiView):
    required_scopes = {"GET": Scope.COURSES_READ}

    @describes(
        Operation(
            name="listCourseVersions",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="What has been published of a course, the first version first",
            page_of=CourseVersionSerializer,
            refusals=(NotPermitted, CourseNotFound),
        )
    )
    def get(self, request: Request, course: str) -> Response:
        page = services().authoring.versions_of(
            course, page_request_of(request), by=principal_of(request)
        )
        return page_response(page, CourseVersionSerializer)


class SchemaRenderer(JSONRenderer):
    media_type = "application/schema+json"


class DefinitionSchemaView(PublicApiView):
    renderer_classes = (SchemaRenderer,)

    @describes(
        Operation(
            name="getCourseDefinitionSchema",
            access=Access(Whose.ANYBODY),
            summary="The JSON Schema of course definitions",
            answer={SchemaRenderer.media_type: {"type": "object"}},
        )
    )
    def get(self, request: Request) -> Response:
        return Response(SCHEMA, headers={"Cache-Control": "public, max-age=3600"})
