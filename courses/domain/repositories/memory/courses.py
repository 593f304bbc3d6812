"""Courses, drafts, versions and places of assessments in memory."""

from collections.abc import Collection, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field, replace

from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.text import folded
from authsvc.kernel.verification import Stored
from courses.domain.entities.assessments import AssessmentId
from courses.domain.entities.courses import (
    AssessmentPlace,
    Course,
    CourseDraft,
    CourseId,
    CourseSelection,
    CourseVersion,
)
from courses.domain.errors import CourseNotFound, CourseVersionNotFound, SlugTaken
from courses.domain.repositories.protocols.courses import COURSES, VERSIONS


@dataclass(frozen=True, slots=True)
class InMemoryCourseRepository:
    store: MutableMapping[CourseId, Course] = field(default_factory=dict)

    def add(self, course: Course, *, scope: TenantScope) -> None:
        scope.require(course.org_id)
        if any(other.slug == course.slug for other in self.store.values()):
            raise SlugTaken(slug=course.slug)
        self.store[course.id] = course

    def at(self, slug_or_id: str, *, scope: TenantScope) -> Course:
        course_id = parse_uuid(slug_or_id)
        for course in scope.among(self.store.values()):
            if slug_or_id == course.slug or course_id == course.id:
                return course
        raise CourseNotFound

    def those_of(self, course_ids: Collection[CourseId], *, scope: TenantScope) -> list[Course]:
        return list(scope.among(self.store[id_] for id_ in set(course_ids) & self.store.keys()))

    def get_for_update(self, course_id: CourseId, *, scope: TenantScope) -> Course:
        return self.at(str(course_id), scope=scope)

    def save(self, course: Course, *, scope: TenantScope) -> None:
        scope.require(course.org_id)
        self.store[course.id] = course

    def count_pathways(
        self, *, joined: Collection[CourseId], left: Collection[CourseId], scope: TenantScope
    ) -> None:
        changes = [
            *((course_id, 1) for course_id in joined),
            *((course_id, -1) for course_id in left),
        ]
        for course_id, change in changes:
            course = self.store.get(course_id)
            if course is not None and scope.covers(course.org_id):
                self.store[course_id] = replace(course, pathways=course.pathways + change)

    def page_of(
        self, selection: CourseSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[Course]:
        courses = scope.among(self.store.values())
        selected = (course for course in courses if _matches(course, selection))
        return page_in_memory(selected, request, COURSES)


@dataclass(frozen=True, slots=True)
class InMemoryCourseDraftRepository:
    store: MutableMapping[CourseId, CourseDraft] = field(default_factory=dict)

    def get(self, course_id: CourseId, *, scope: TenantScope) -> CourseDraft:
        draft = self.store.get(course_id)
        if draft is None or not scope.covers(draft.org_id):
            raise CourseNotFound
        return draft

    def save(self, draft: CourseDraft, *, scope: TenantScope) -> None:
        scope.require(draft.org_id)
        self.store[draft.course_id] = draft


@dataclass(frozen=True, slots=True)
class InMemoryCourseVersionRepository:
    store: MutableMapping[tuple[CourseId, int], CourseVersion] = field(default_factory=dict)

    def add(self, version: CourseVersion, *, scope: TenantScope) -> None:
        scope.require(version.org_id)
        self.store[version.course_id, version.number] = version

    def get(self, course_id: CourseId, number: int, *, scope: TenantScope) -> CourseVersion:
        version = self.store.get((course_id, number))
        if version is None or not scope.covers(version.org_id):
            raise CourseVersionNotFound
        return version

    def those_of(
        self, keys: Collection[tuple[CourseId, int]], *, scope: TenantScope
    ) -> list[CourseVersion]:
        stored = set(keys) & self.store.keys()
        return list(scope.among(self.store[key] for key in stored))

    def page_of(
        self, course_id: CourseId, request: PageRequest, *, scope: TenantScope
    ) -> Page[CourseVersion]:
        versions = scope.among(self.store.values())
        of_course = (version for version in versions if version.course_id == course_id)
        return page_in_memory(of_course, request, VERSIONS)

    def by_course(self, *, scope: TenantScope) -> Iterator[Stored[CourseVersion]]:
        for key, version in sorted(self.store.items(), key=lambda item: item[0]):
            if scope.covers(version.org_id):
                yield Stored(key=key, id=f"{version.course_id} {version.number}", item=version)

    def count(self) -> int:
        return len(self.store)


@dataclass(frozen=True, slots=True)
class InMemoryAssessmentRepository:
    store: MutableMapping[AssessmentId, AssessmentPlace] = field(default_factory=dict)

    def keep(self, places: Sequence[AssessmentPlace], *, scope: TenantScope) -> None:
        for place in places:
            scope.require(place.org_id)
            self.store[place.assessment_id] = place

    def find(self, assessment_id: AssessmentId, *, scope: TenantScope) -> AssessmentPlace | None:
        place = self.store.get(assessment_id)
        return place if place is not None and scope.covers(place.org_id) else None

    def places_of(
        self, assessment_ids: Collection[AssessmentId], *, scope: TenantScope
    ) -> list[AssessmentPlace]:
        ids = set(assessment_ids) & self.store.keys()
        return list(scope.among(self.store[id_] for id_ in ids))


def _matches(course: Course, selection: CourseSelection) -> bool:
    return (
        course.status is selection.status
        and selection.org_id in (None, course.org_id)
        and folded(selection.search) in course.search_text
    )
