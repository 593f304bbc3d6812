"""Courses, drafts, versions and places of assessments in the database."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from accounts.public import OrganizationId, UserId
from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.text import folded
from authsvc.kernel.verification import Stored
from authsvc.storage.inserts import insert
from authsvc.storage.paging import PreparedPages, page_of_rows
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.rows import first_of, values_of
from authsvc.storage.tenancy import organizations_in, owned_by, owned_within
from authsvc.storage.verification import stored_rows
from courses import models as rows
from courses.domain.entities.assessments import AssessmentId
from courses.domain.entities.courses import (
    AssessmentPlace,
    Course,
    CourseDraft,
    CourseId,
    CourseSelection,
    CourseStatus,
    CourseVersion,
)
from courses.domain.entities.outlines import (
    CourseModule,
    ItemId,
    ItemType,
    ModuleId,
    ModuleItem,
    Outline,
)
from courses.domain.errors import CourseNotFound, CourseVersionNotFound, SlugTaken
from courses.domain.repositories.orm.stored_json import (
    assessment_from_json,
    assessment_to_json,
    outline_from_json,
    outline_to_json,
)
from courses.domain.repositories.protocols.courses import COURSES, VERSIONS

_WITH_SLUG: Final = PreparedQuery(lambda slug: rows.Course.objects.filter(slug=slug))
_WITH_ID: Final = PreparedQuery(lambda course_id: rows.Course.objects.filter(pk=course_id))


class OrmCourseRepository:
    def add(self, course: Course, *, scope: TenantScope) -> None:
        scope.require(course.org_id)
        if not insert(rows.Course, [values_of(rows.Course, course)], unless_taken=("slug",)):
            raise SlugTaken(slug=course.slug)

    def at(self, slug_or_id: str, *, scope: TenantScope) -> Course:
        course_id = parse_uuid(slug_or_id)
        row = _WITH_SLUG.first(slug_or_id) if course_id is None else _WITH_ID.first(course_id)
        # Read first and checked then, so that timing does not tell what is out of scope from what does not exist.
        if row is None or not scope.covers(row.org_id):
            raise CourseNotFound
        return _course(row)

    def those_of(self, course_ids: Collection[CourseId], *, scope: TenantScope) -> list[Course]:
        courses = rows.Course.objects.filter(owned_within(scope), pk__in=course_ids)
        return [_course(row) for row in courses]

    def get_for_update(self, course_id: CourseId, *, scope: TenantScope) -> Course:
        courses = rows.Course.objects.filter(owned_within(scope), pk=course_id)
        return _course(first_of(courses.select_for_update(), missing=CourseNotFound))

    def save(self, course: Course, *, scope: TenantScope) -> None:
        scope.require(course.org_id)
        rows.Course.objects.filter(pk=course.id).update(**values_of(rows.Course, course))

    def count_pathways(
        self, *, joined: Collection[CourseId], left: Collection[CourseId], scope: TenantScope
    ) -> None:
        courses = rows.Course.objects.filter(owned_within(scope), pk__in={*joined, *left})
        # One order, so that two transactions cannot deadlock; without the key, so that learners can enrol.
        locked = courses.order_by("pk").select_for_update(no_key=True)
        in_scope = set(locked.values_list("pk", flat=True))
        for course_ids, change in ((joined, 1), (left, -1)):
            changed = rows.Course.objects.filter(pk__in=in_scope.intersection(course_ids))
            changed.update(pathways=F("pathways") + change)

    def page_of(
        self, selection: CourseSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[Course]:
        listed = (organizations_in(scope), selection.status, selection.org_id)
        if not selection.search:
            return _PAGES.page(request, *listed)
        matches = _listed(*listed).filter(search_text__contains=folded(selection.search))
        return page_of_rows(matches, request, COURSES, _course)


class OrmCourseDraftRepository:
    def get(self, course_id: CourseId, *, scope: TenantScope) -> CourseDraft:
        items = rows.ModuleItem.objects.order_by("position")
        modules = rows.CourseModule.objects.order_by("position")
        drafts = rows.CourseDraft.objects.select_related("course").prefetch_related(
            Prefetch("modules", modules.prefetch_related(Prefetch("items", items)))
        )
        drafts = drafts.filter(owned_within(scope, column="course__org_id"), pk=course_id)
        return _draft(first_of(drafts, missing=CourseNotFound))

    def save(self, draft: CourseDraft, *, scope: TenantScope) -> None:
        scope.require(draft.org_id)
        row = rows.CourseDraft(
            course_id=draft.course_id,
            title=draft.title,
            summary=draft.summary,
            saved_by_id=draft.saved_by,
            saved_at=draft.saved_at,
        )
        row.save()
        rows.CourseModule.objects.filter(draft=row).delete()
        modules = draft.outline.modules
        rows.CourseModule.objects.bulk_create(_module_row(module, draft) for module in modules)
        rows.ModuleItem.objects.bulk_create(
            _item_row(item, module) for module in modules for item in module.items
        )


class OrmAssessmentRepository:
    def keep(self, places: Sequence[AssessmentPlace], *, scope: TenantScope) -> None:
        for place in places:
            scope.require(place.org_id)
            values = values_of(rows.Assessment, place, id=place.assessment_id)
            insert(rows.Assessment, [values], unless_taken=("id",))

    def find(self, assessment_id: AssessmentId, *, scope: TenantScope) -> AssessmentPlace | None:
        row = rows.Assessment.objects.filter(owned_within(scope), pk=assessment_id).first()
        return _place(row) if row else None

    def places_of(
        self, assessment_ids: Collection[AssessmentId], *, scope: TenantScope
    ) -> list[AssessmentPlace]:
        places = rows.Assessment.objects.filter(owned_within(scope), pk__in=assessment_ids)
        return [_place(row) for row in places]


class OrmCourseVersionRepository:
    def add(self, version: CourseVersion, *, scope: TenantScope) -> None:
        scope.require(version.org_id)
        values = values_of(rows.CourseVersion, version, outline=outline_to_json(version.outline))
        insert(rows.CourseVersion, [values])

    def get(self, course_id: CourseId, number: int, *, scope: TenantScope) -> CourseVersion:
        versions = rows.CourseVersion.objects.filter(owned_within(scope), course_id=course_id)
        return _version(first_of(versions.filter(number=number), missing=CourseVersionNotFound))

    def those_of(
        self, keys: Collection[tuple[CourseId, int]], *, scope: TenantScope
    ) -> list[CourseVersion]:
        if not keys:
            return []
        requested = [Q(course_id=course_id, number=number) for course_id, number in keys]
        versions = rows.CourseVersion.objects.filter(owned_within(scope))
        return [_version(row) for row in versions.filter(Q(*requested, _connector=Q.OR))]

    def page_of(
        self, course_id: CourseId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CourseVersion]:
        versions = rows.CourseVersion.objects.filter(owned_within(scope), course_id=course_id)
        return page_of_rows(versions, request, VERSIONS, _version)

    def by_course(self, *, scope: TenantScope) -> Iterator[Stored[CourseVersion]]:
        versions = rows.CourseVersion.objects.filter(owned_within(scope))
        return stored_rows(versions.order_by("course_id", "number"), _version, key=_number)

    def count(self) -> int:
        return rows.CourseVersion.objects.count()


def _listed(
    organizations: tuple[UUID, ...] | None, status: CourseStatus, org_id: OrganizationId | None
) -> QuerySet[rows.Course]:
    courses = rows.Course.objects.filter(owned_by(organizations), status=status)
    return courses if org_id is None else courses.filter(org_id=org_id)


def _course(row: rows.Course) -> Course:
    return Course(
        id=CourseId(row.id),
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        status=CourseStatus(row.status),
        version=row.version,
        created_by=UserId(row.created_by_id) if row.created_by_id else None,
        created_at=row.created_at,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        pathways=row.pathways,
    )


_PAGES: Final = PreparedPages(COURSES, _listed, _course)


def _draft(row: rows.CourseDraft) -> CourseDraft:
    modules = tuple(_module(module) for module in row.modules.all())
    return CourseDraft(
        course_id=CourseId(row.course_id),
        title=row.title,
        summary=row.summary,
        outline=Outline(modules=modules),
        org_id=OrganizationId(row.course.org_id) if row.course.org_id else None,
        saved_by=UserId(row.saved_by_id) if row.saved_by_id else None,
        saved_at=row.saved_at,
    )


def _module(row: rows.CourseModule) -> CourseModule:
    return CourseModule(
        id=ModuleId(row.id),
        position=row.position,
        key=row.key,
        title=row.title,
        items=tuple(_item(item) for item in row.items.all()),
    )


def _item(row: rows.ModuleItem) -> ModuleItem:
    return ModuleItem(
        id=ItemId(row.id),
        position=row.position,
        key=row.key,
        title=row.title,
        type=ItemType(row.type),
        is_required=row.is_required,
        body=row.body,
        url=row.url,
        assessment=assessment_from_json(row.assessment),
    )


def _module_row(module: CourseModule, draft: CourseDraft) -> rows.CourseModule:
    return rows.CourseModule(
        id=module.id,
        draft_id=draft.course_id,
        position=module.position,
        key=module.key,
        title=module.title,
    )


def _item_row(item: ModuleItem, module: CourseModule) -> rows.ModuleItem:
    return rows.ModuleItem(
        id=item.id,
        module_id=module.id,
        position=item.position,
        key=item.key,
        title=item.title,
        type=item.type,
        is_required=item.is_required,
        body=item.body,
        url=item.url,
        assessment=assessment_to_json(item.assessment),
    )


def _version(row: rows.CourseVersion) -> CourseVersion:
    return CourseVersion(
        course_id=CourseId(row.course_id),
        number=row.number,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        outline=outline_from_json(row.outline),
        checksum=row.checksum,
        published_at=row.published_at,
        published_by=UserId(row.published_by_id) if row.published_by_id else None,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )


def _number(row: rows.CourseVersion) -> tuple[CourseId, int]:
    return CourseId(row.course_id), row.number


def _place(row: rows.Assessment) -> AssessmentPlace:
    return AssessmentPlace(
        assessment_id=AssessmentId(row.id),
        course_id=CourseId(row.course_id),
        item_id=ItemId(row.item_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )
