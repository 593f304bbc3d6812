"""Courses in dicts."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, number_in, page_of
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

    def add(self, course: Course) -> None:
        if any(kept.slug == course.slug for kept in self.store.values()):
            raise SlugTaken(slug=course.slug)
        self.store[course.id] = course

    def at(self, address: str) -> Course:
        for course in self.store.values():
            if address in (course.slug, str(course.id)):
                return course
        raise CourseNotFound

    def get_for_update(self, course_id: CourseId) -> Course:
        try:
            return self.store[course_id]
        except KeyError:
            raise CourseNotFound from None

    def save(self, course: Course) -> None:
        self.store[course.id] = course

    def page_of(self, request: PageRequest, *, status: CourseStatus, search: str) -> Page[Course]:
        found = sorted(
            (course for course in self.store.values() if _matches(course, status, search)),
            key=_age,
        )
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [course for course in found if _age(course) > after]
        return page_of(found, request, key=_age)


@dataclass(frozen=True, slots=True)
class InMemoryCourseDraftRepository:
    store: MutableMapping[CourseId, CourseDraft] = field(default_factory=dict)

    def get(self, course_id: CourseId) -> CourseDraft:
        try:
            return self.store[course_id]
        except KeyError:
            raise CourseNotFound from None

    def save(self, draft: CourseDraft) -> None:
        self.store[draft.course_id] = draft


@dataclass(frozen=True, slots=True)
class InMemoryCourseVersionRepository:
    store: MutableMapping[tuple[CourseId, int], CourseVersion] = field(default_factory=dict)

    def add(self, version: CourseVersion) -> None:
        self.store[version.course_id, version.number] = version

    def get(self, course_id: CourseId, number: int) -> CourseVersion:
        try:
            return self.store[course_id, number]
        except KeyError:
            raise CourseVersionNotFound from None

    def page_of(self, course_id: CourseId, request: PageRequest) -> Page[CourseVersion]:
        after = number_in(request.cursor) if request.cursor is not None else 0
        found = sorted(
            (
                version
                for version in self.store.values()
                if version.course_id == course_id and version.number > after
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
