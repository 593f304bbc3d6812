"""Courses: the catalog, and authoring."""

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
from authsvc.http.preconditions import etag_of
from authsvc.http.reading import Members
from authsvc.http.renderers import JSON_SCHEMA, SchemaRenderer
from authsvc.http.rendering import Stated, json_of
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import Precondition, PreconditionRequired
from courses.api.serializers import (
    CatalogEntrySerializer,
    CourseListQuerySerializer,
    CourseSerializer,
    CourseVersionSerializer,
    ItemTextSerializer,
    OwnerQuerySerializer,
    VersionQuerySerializer,
)
from courses.definitions.courses import SCHEMA, definition_of, document_of
from courses.domain.entities.courses import (
    CatalogEntry,
    Course,
    CourseDefinition,
    CourseSelection,
    CourseStatus,
    CourseVersion,
)
from courses.domain.entities.outlines import ItemId, ModuleItem
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

AUTHORS = Access(Whose.HELD, Right.AUTHOR_COURSES)
DEFINITION = {"application/json": SCHEMA}


class CourseListView(ApiView):
    @operation(
        name="listCourses",
        summary="List courses, oldest first; only authors see unpublished ones",
        access=Access(Whose.SEEN),
        scope=Scope.COURSES_READ,
        query=CourseListQuerySerializer,
        page_of=CourseSerializer,
        errors=(NotPermitted, OrganizationNotFound),
    )
    def get(self, *, query: Members, page: PageRequest, by: Principal) -> Page[Course]:
        selection = CourseSelection(
            status=CourseStatus(query["status"]), search=query["q"], org_id=query["org"]
        )
        return services().catalog.page_of(selection, page, by=by)

    @operation(
        name="createCourse",
        summary="Create a course of the platform or of an organization, with a definition as its draft",
        access=AUTHORS,
        is_expensive=True,
        scope=Scope.COURSES_WRITE,
        query=OwnerQuerySerializer,
        body=DEFINITION,
        status=HTTPStatus.CREATED,
        answer=CourseSerializer,
        errors=(InvalidDefinition, SlugTaken, OrganizationNotFound, OrganizationSuspended),
        is_idempotent=True,
    )
    def post(self, *, query: Members, body: Any, by: Principal) -> Course:
        return services().authoring.create(definition_of(body), org_id=query["org"], by=by)


class CourseView(ApiView):
    @operation(
        name="getCourse",
        summary="Get a course with its modules and items",
        access=Access(Whose.SEEN),
        scope=Scope.COURSES_READ,
        query=VersionQuerySerializer,
        answer=CatalogEntrySerializer,
        errors=(CourseNotFound, CourseVersionNotFound),
    )
    def get(self, course: str, *, query: Members, by: Principal) -> CatalogEntry:
        return services().catalog.entry(course, version=query["version"], by=by)


class ItemView(ApiView):
    @operation(
        name="getItem",
        summary="Get an item of a course with its text",
        access=Access(Whose.SEEN),
        scope=Scope.COURSES_READ,
        query=VersionQuerySerializer,
        answer=ItemTextSerializer,
        errors=(CourseNotFound, CourseVersionNotFound, ItemNotFound),
    )
    def get(self, course: str, item_id: ItemId, *, query: Members, by: Principal) -> ModuleItem:
        return services().catalog.item(course, item_id, version=query["version"], by=by)


def _tag_of(definition: CourseDefinition) -> str:
    """The ETag of a draft: that of its definition as `getDraft` answers with it."""
    return etag_of(json_of(document_of(definition), SCHEMA))


class DraftView(ApiView):
    @operation(
        name="getDraft",
        summary="Get the draft of a course as a definition",
        access=AUTHORS,
        scope=Scope.COURSES_READ,
        answer=DEFINITION,
        errors=(CourseNotFound,),
        has_etag=True,
    )
    def get(self, course: str, *, by: Principal) -> Mapping[str, Any]:
        return document_of(services().authoring.export(course, by=by))

    @operation(
        name="reviseCourse",
        summary="Replace the draft of a course with a definition; unpublished changes only with If-Match",
        access=AUTHORS,
        is_expensive=True,
        scope=Scope.COURSES_WRITE,
        body=DEFINITION,
        answer=CourseSerializer,
        errors=(
            InvalidDefinition,
            CourseNotFound,
            SlugFixed,
            OrganizationSuspended,
            PreconditionRequired,
        ),
        is_idempotent=True,
        has_etag=True,
        tag_of=_tag_of,
    )
    def put(self, course: str, *, body: Any, if_match: Precondition, by: Principal) -> Stated:
        definition = definition_of(body)
        revised = services().authoring.revise(course, definition, if_match=if_match, by=by)
        return Stated(revised, definition)


class PublishView(ApiView):
    @operation(
        name="publishCourse",
        summary="Publish the draft of a course as its next version",
        access=AUTHORS,
        scope=Scope.COURSES_WRITE,
        answer=CourseSerializer,
        errors=(CourseNotFound, NothingToPublish, NothingRequired, OrganizationSuspended),
        is_idempotent=True,
    )
    def post(self, course: str, *, by: Principal) -> Course:
        return services().authoring.publish(course, by=by)


class RetireView(ApiView):
    @operation(
        name="retireCourse",
        summary="Retire a course: enrolled learners can finish, nobody else can enrol",
        access=AUTHORS,
        scope=Scope.COURSES_WRITE,
        answer=CourseSerializer,
        errors=(CourseNotFound, CourseNotPublished, OrganizationSuspended),
        is_idempotent=True,
    )
    def post(self, course: str, *, by: Principal) -> Course:
        return services().authoring.retire(course, by=by)


class CourseVersionListView(ApiView):
    @operation(
        name="listCourseVersions",
        summary="List the published versions of a course, oldest first",
        access=AUTHORS,
        scope=Scope.COURSES_READ,
        page_of=CourseVersionSerializer,
        errors=(CourseNotFound,),
    )
    def get(self, course: str, *, page: PageRequest, by: Principal) -> Page[CourseVersion]:
        return services().authoring.versions_of(course, page, by=by)


class DefinitionSchemaView(ApiView):
    renderer_classes = (SchemaRenderer,)

    @operation(
        name="getCourseDefinitionSchema",
        summary="Get the JSON Schema of course definitions",
        access=Access(Whose.ANYBODY),
        answer={JSON_SCHEMA: {"type": "object"}},
        cache_control="public, max-age=3600",
    )
    def get(self) -> Mapping[str, Any]:
        return SCHEMA
