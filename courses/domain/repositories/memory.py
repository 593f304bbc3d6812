"""Courses in dicts."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, number_in, page_of
from authsvc.kernel.reach import Reach
from courses.domain.entities import (
    Course,
    CourseDraft,
    CourseId,
    CourseStatus,
    CourseVersion,
)
from courses.domain.errors import CourseNotFound, CourseVersionNotFound, SlugTaken


@dataclass(frozen=True, slots=True)
class InMemoryCourseRepository:
    store: MutableMapping[CourseId, Course] = field(default_factory=dict)

    def add(self, course: Course, *, within: Reach) -> None:
        within.require(course.org_id)
        if any(kept.slug == course.slug for kept in self.store.values()):
            raise SlugTaken(slug=course.slug)
        self.store[course.id] = course

    def at(self, address: str, *, within: Reach) -> Course:
        for course in self.store.values():
            if address in (course.slug, str(course.id)) and within.covers(course.org_id):
                return course
        raise CourseNotFound

    def get_for_update(self, course_id: CourseId, *, within: Reach) -> Course:
        return self.at(str(course_id), within=within)

    def save(self, course: Course, *, within: Reach) -> None:
        within.require(course.org_id)
        self.store[course.id] = course

    def page_of(
        self,
        request: PageRequest,
        *,
        status: CourseStatus,
        search: str,
        org_id: OrganizationId | None = None,
        within: Reach,
    ) -> Page[Course]:
        seen = (course for course in self.store.values() if within.covers(course.org_id))
        wanted = (course for course in seen if org_id is None or course.org_id == org_id)
        found = sorted((each for each in wanted if _matches(each, status, search)), key=_age)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [course for course in found if _age(course) > after]
        return page_of(found, request, key=_age)


@dataclass(frozen=True, slots=True)
class InMemoryCourseDraftRepository:
    store: MutableMapping[CourseId, CourseDraft] = field(default_factory=dict)

    def get(self, course_id: CourseId, *, within: Reach) -> CourseDraft:
        draft = self.store.get(course_id)
        if draft is None or not within.covers(draft.org_id):
            raise CourseNotFound
        return draft

    def save(self, draft: CourseDraft, *, within: Reach) -> None:
        within.require(draft.org_id)
        self.store[draft.course_id] = draft


@dataclass(frozen=True, slots=True)
class InMemoryCourseVersionRepository:
    store: MutableMapping[tuple[CourseId, int], CourseVersion] = field(default_factory=dict)

    def add(self, version: CourseVersion, *, within: Reach) -> None:
        within.require(version.org_id)
        self.store[version.course_id, version.number] = version

    def get(self, course_id: CourseId, number: int, *, within: Reach) -> CourseVersion:
        version = self.store.get((course_id, number))
        if version is None or not within.covers(version.org_id):
            raise CourseVersionNotFound
        return version

    def page_of(
        self, course_id: CourseId, request: PageRequest, *, within: Reach
    ) -> Page[CourseVersion]:
        after = number_in(request.cursor) if request.cursor is not None else 0
        found = sorted(
            (
                version
                for version in self.store.values()
                if version.course_id == course_id
                and version.number > after
                and within.covers(version.org_id)
            ),
            key=_number,
        )
        return page_of(found, request, key=lambda version: (version.number,))


def _matches(course: Course, status: CourseStatus, search: str) -> bool:
    return course.status is status and search.casefold() in course.search_text


def _age(course: Course) -> tuple[datetime, UUID]:
    return course.created_at, course.id


def _number(version: CourseVersion) -> int:
    return version.number
