"""Course catalog: lists, outlines and versions."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.public import Principal, Right, SubjectType, TenantAccess
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from courses.domain.entities.assessments import AssessmentId
from courses.domain.entities.courses import (
    AssessmentPlace,
    CatalogEntry,
    Course,
    CourseId,
    CourseSelection,
    CourseStatus,
    CourseVersion,
)
from courses.domain.entities.outlines import ItemId, ModuleItem
from courses.domain.errors import AssessmentNotFound, CourseNotFound, CourseNotOpen
from courses.domain.repositories.protocols.courses import (
    AssessmentRepository,
    CourseDraftRepository,
    CourseRepository,
    CourseVersionRepository,
)
from courses.domain.services.authors import listed_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogService:
    courses: CourseRepository
    drafts: CourseDraftRepository
    versions: CourseVersionRepository
    assessments: AssessmentRepository
    tenant_access: TenantAccess

    def page_of(
        self, selection: CourseSelection, request: PageRequest, *, by: Principal
    ) -> Page[Course]:
        """Selected courses, oldest first: of the platform and the caller's organizations, or of one organization.

        Drafts and retired courses are listed for authors only, and without an organization only those of the platform.
        Raises OrganizationNotFound, NotPermitted.
        """
        is_published = selection.status is CourseStatus.PUBLISHED
        scope = listed_scope(
            selection.org_id, is_published=is_published, tenant_access=self.tenant_access, by=by
        )
        page = self.courses.page_of(selection, request, scope=scope)
        org_id = selection.org_id
        self.tenant_access.record_access(
            org_id, at=SubjectType.ORGANIZATION, subject_id=org_id, by=by
        )
        return page

    def entry(self, slug_or_id: str, *, version: int | None = None, by: Principal) -> CatalogEntry:
        """The course with the outline of a version, by default the published one.

        For a course that has never been published, authors get the outline of the draft. Raises CourseNotFound,
        CourseVersionNotFound.
        """
        course = self.visible_to(by, slug_or_id)
        if version is None and course.status is CourseStatus.DRAFT:
            outline = self.drafts.get(course.id, scope=by.tenant_scope).outline
        else:
            number = version or course.version
            outline = self.version(course.id, number, scope=by.tenant_scope).outline
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.COURSE, subject_id=course.id, by=by
        )
        return CatalogEntry(course=course, outline=outline)

    def item(
        self, slug_or_id: str, item_id: ItemId, *, version: int | None = None, by: Principal
    ) -> ModuleItem:
        """One item with its text. Raises CourseNotFound, CourseVersionNotFound, ItemNotFound."""
        return self.entry(slug_or_id, version=version, by=by).outline.item(item_id)

    def open_version(self, slug_or_id: str, *, by: Principal) -> CourseVersion:
        """The version for learners who enrol now. Raises CourseNotFound, CourseNotOpen."""
        course = self.open_course(slug_or_id, by=by)
        return self.version(course.id, course.version, scope=by.member_scope)

    def open_course(self, slug_or_id: str, *, by: Principal) -> Course:
        """The course, if the caller can enrol in it now. Raises CourseNotFound, CourseNotOpen."""
        course = self.learnable_by(by, slug_or_id)
        if not course.is_open:
            raise CourseNotOpen(status=course.status.value)
        return course

    def version(self, course_id: CourseId, number: int, *, scope: TenantScope) -> CourseVersion:
        """Raises CourseVersionNotFound."""
        return self.versions.get(course_id, number, scope=scope)

    def versions_of(
        self, keys: Collection[tuple[CourseId, int]], *, scope: TenantScope
    ) -> list[CourseVersion]:
        """The versions with these courses and numbers that are in scope, in any order."""
        return self.versions.those_of(keys, scope=scope)

    def course(self, course_id: CourseId, *, scope: TenantScope) -> Course:
        """The course with this id, drafts included. Raises CourseNotFound."""
        return self.courses.at(str(course_id), scope=scope)

    def courses_of(self, course_ids: Collection[CourseId], *, scope: TenantScope) -> list[Course]:
        """The courses with these ids that are in scope, drafts included, in any order."""
        return self.courses.those_of(course_ids, scope=scope) if course_ids else []

    def places_of(
        self, assessment_ids: Collection[AssessmentId], *, scope: TenantScope
    ) -> list[AssessmentPlace]:
        """The places of the assessments that are in scope, in any order."""
        return self.assessments.places_of(assessment_ids, scope=scope) if assessment_ids else []

    def place_of(self, assessment_id: AssessmentId, *, scope: TenantScope) -> AssessmentPlace:
        """The course and item of the assessment. Raises AssessmentNotFound."""
        place = self.assessments.find(assessment_id, scope=scope)
        if place is None:
            raise AssessmentNotFound
        return place

    def sees(self, by: Principal, course: Course) -> bool:
        """Whether the caller can see a course in scope: only authors see drafts."""
        is_author = by.may(Right.AUTHOR_COURSES, of=course.org_id)
        return is_author or course.status is not CourseStatus.DRAFT

    def visible_to(self, by: Principal, slug_or_id: str) -> Course:
        """The course with this slug or id. Raises CourseNotFound, also if the caller cannot see it."""
        return self._visible_to(by, slug_or_id, scope=by.tenant_scope)

    def learnable_by(self, by: Principal, slug_or_id: str) -> Course:
        """The same, but only of the platform and the organizations that the caller is a member of."""
        return self._visible_to(by, slug_or_id, scope=by.member_scope)

    def _visible_to(self, by: Principal, slug_or_id: str, *, scope: TenantScope) -> Course:
        course = self.courses.at(slug_or_id, scope=scope)
        if not self.sees(by, course):
            raise CourseNotFound
        return course
