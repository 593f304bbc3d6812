"""Courses in dicts."""

from collections.abc import Collection, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, number_in, page_of
from authsvc.kernel.reach import Reach
from courses.domain.entities import (
    AssessmentId,
    AssessmentPlace,
    Course,
    CourseDraft,
    CourseId,
    CourseStatus,
    CourseVersion,
    LearningPathway,
    PathwayId,
    PathwayStatus,
)
from courses.domain.errors import (
    CourseNotFound,
    CourseVersionNotFound,
    PathwayNotFound,
    PathwaySlugTaken,
    SlugTaken,
)


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

    def those_of(self, course_ids: Collection[CourseId], *, within: Reach) -> list[Course]:
        found = (self.store[id_] for id_ in set(course_ids) & self.store.keys())
        return [course for course in found if within.covers(course.org_id)]

    def get_for_update(self, course_id: CourseId, *, within: Reach) -> Course:
        return self.at(str(course_id), within=within)

    def save(self, course: Course, *, within: Reach) -> None:
        within.require(course.org_id)
        self.store[course.id] = course

    def count_pathways(
        self, *, joined: Collection[CourseId], left: Collection[CourseId], within: Reach
    ) -> None:
        for course_id, by in [*((one, 1) for one in joined), *((one, -1) for one in left)]:
            course = self.store.get(course_id)
            if course is not None and within.covers(course.org_id):
                self.store[course_id] = replace(course, pathways=course.pathways + by)

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


@dataclass(frozen=True, slots=True)
class InMemoryAssessmentRepository:
    store: MutableMapping[AssessmentId, AssessmentPlace] = field(default_factory=dict)

    def keep(self, places: Sequence[AssessmentPlace], *, within: Reach) -> None:
        for place in places:
            within.require(place.org_id)
            self.store[place.assessment_id] = place

    def find(self, assessment_id: AssessmentId, *, within: Reach) -> AssessmentPlace | None:
        place = self.store.get(assessment_id)
        return place if place is not None and within.covers(place.org_id) else None

    def places_of(
        self, assessment_ids: Collection[AssessmentId], *, within: Reach
    ) -> list[AssessmentPlace]:
        found = (self.store[id_] for id_ in set(assessment_ids) & self.store.keys())
        return [place for place in found if within.covers(place.org_id)]


@dataclass(frozen=True, slots=True)
class InMemoryPathwayRepository:
    store: MutableMapping[PathwayId, LearningPathway] = field(default_factory=dict)

    def add(self, pathway: LearningPathway, *, within: Reach) -> None:
        within.require(pathway.org_id)
        if any(kept.slug == pathway.slug for kept in self.store.values()):
            raise PathwaySlugTaken(slug=pathway.slug)
        self.store[pathway.id] = pathway

    def at(self, address: str, *, within: Reach) -> LearningPathway:
        for pathway in self.store.values():
            if address in (pathway.slug, str(pathway.id)) and within.covers(pathway.org_id):
                return pathway
        raise PathwayNotFound

    def get_for_update(self, pathway_id: PathwayId, *, within: Reach) -> LearningPathway:
        return self.at(str(pathway_id), within=within)

    def save(self, pathway: LearningPathway, *, within: Reach) -> None:
        within.require(pathway.org_id)
        self.store[pathway.id] = pathway

    def page_of(
        self,
        request: PageRequest,
        *,
        status: PathwayStatus,
        org_id: OrganizationId | None = None,
        within: Reach,
    ) -> Page[LearningPathway]:
        found = [
            pathway
            for pathway in self._in(within)
            if pathway.status is status and (org_id is None or pathway.org_id == org_id)
        ]
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [pathway for pathway in found if _age(pathway) > after]
        return page_of(found, request, key=_age)

    def open_with(self, course_id: CourseId, *, within: Reach) -> list[LearningPathway]:
        return [
            pathway
            for pathway in self._in(within)
            if pathway.is_open and course_id in pathway.course_ids
        ]

    def shown_with(
        self, course_ids: Collection[CourseId], *, within: Reach
    ) -> list[LearningPathway]:
        return [
            pathway
            for pathway in self._in(within)
            if pathway.is_shown and not pathway.course_ids.isdisjoint(course_ids)
        ]

    def those_of(
        self, pathway_ids: Collection[PathwayId], *, within: Reach
    ) -> list[LearningPathway]:
        return [pathway for pathway in self._in(within) if pathway.id in pathway_ids]

    def _in(self, within: Reach) -> list[LearningPathway]:
        """Those in view, oldest first."""
        seen = (pathway for pathway in self.store.values() if within.covers(pathway.org_id))
        return sorted(seen, key=_age)


def _matches(course: Course, status: CourseStatus, search: str) -> bool:
    return course.status is status and search.casefold() in course.search_text


def _age(kept: Course | LearningPathway) -> tuple[datetime, UUID]:
    return kept.created_at, kept.id


def _number(version: CourseVersion) -> int:
    return version.number
