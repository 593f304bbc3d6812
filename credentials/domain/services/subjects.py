"""Courses, assessments and pathways that rules require."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from accounts.public import Principal
from authsvc.kernel.tenancy import TenantScope
from courses.public import (
    AssessmentId,
    AssessmentNotFound,
    AssessmentPlace,
    CatalogService,
    Course,
    CourseId,
    LearningPathway,
    PathwayCatalogService,
    PathwayId,
)
from credentials.domain.entities.rules import SubjectName, Trigger, TriggerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReader:
    """Looks up everything that a rule requires, with one query for each kind."""

    catalog: CatalogService
    pathways: PathwayCatalogService

    def known(self, subjects: AbstractSet[Trigger], *, scope: TenantScope) -> AbstractSet[Trigger]:
        """Return those that exist in scope."""
        courses = _ids(TriggerKind.COURSE, subjects)
        existing: dict[TriggerKind, AbstractSet[UUID]] = {
            TriggerKind.COURSE: {course.id for course in self._courses(courses, scope)},
            TriggerKind.ASSESSMENT: {
                place.assessment_id for place in self._places(subjects, scope)
            },
            TriggerKind.PATHWAY: {pathway.id for pathway in self._pathways(subjects, scope)},
        }
        return {subject for subject in subjects if subject.subject_id in existing[subject.kind]}

    def names_of(
        self, subjects: AbstractSet[Trigger], *, scope: TenantScope, by: Principal
    ) -> Mapping[Trigger, SubjectName]:
        """Return the names of those in scope that the caller may see."""
        places = self._places(subjects, scope)
        ids = _ids(TriggerKind.COURSE, subjects) | {place.course_id for place in places}
        courses = {
            course.id: course
            for course in self._courses(ids, scope)
            if self.catalog.sees(by, course)
        }
        names = {
            Trigger(TriggerKind.COURSE, course.id): SubjectName(
                slug=course.slug, title=course.title
            )
            for course in courses.values()
        }
        for place in places:
            name = self._name_of(place, courses.get(place.course_id), scope)
            if name is not None:
                names[Trigger(TriggerKind.ASSESSMENT, place.assessment_id)] = name
        for pathway in self._pathways(subjects, scope):
            if self.pathways.sees(by, pathway):
                name = SubjectName(slug=pathway.slug, title=pathway.title)
                names[Trigger(TriggerKind.PATHWAY, pathway.id)] = name
        return names

    def courses_behind(
        self, subjects: AbstractSet[Trigger], *, scope: TenantScope
    ) -> AbstractSet[CourseId]:
        """Return the courses among them, and those of the assessments among them."""
        places = self._places(subjects, scope)
        courses = {CourseId(id_) for id_ in _ids(TriggerKind.COURSE, subjects)}
        return courses | {place.course_id for place in places}

    def courses_completed(
        self, subjects: AbstractSet[Trigger], *, scope: TenantScope
    ) -> AbstractSet[CourseId]:
        """Return the courses among them, and those on the pathways among them."""
        courses = {CourseId(id_) for id_ in _ids(TriggerKind.COURSE, subjects)}
        if not _ids(TriggerKind.PATHWAY, subjects):
            return courses
        pathways = self._pathways(subjects, scope)
        return courses | {course.course_id for pathway in pathways for course in pathway.courses}

    def _name_of(
        self, place: AssessmentPlace, course: Course | None, scope: TenantScope
    ) -> SubjectName | None:
        """Return the name of the assessment in the published version, if it is still there."""
        if course is None or not course.version:
            return None
        outline = self.catalog.version(course.id, course.version, scope=scope).outline
        try:
            item = outline.item_of(place.assessment_id)
        except AssessmentNotFound:
            return None
        return SubjectName(slug=course.slug, title=item.title)

    def _courses(self, ids: Iterable[UUID], scope: TenantScope) -> list[Course]:
        return self.catalog.courses_of([CourseId(id_) for id_ in ids], scope=scope)

    def _places(self, subjects: AbstractSet[Trigger], scope: TenantScope) -> list[AssessmentPlace]:
        ids = [AssessmentId(id_) for id_ in _ids(TriggerKind.ASSESSMENT, subjects)]
        return self.catalog.places_of(ids, scope=scope)

    def _pathways(
        self, subjects: AbstractSet[Trigger], scope: TenantScope
    ) -> list[LearningPathway]:
        ids = [PathwayId(id_) for id_ in _ids(TriggerKind.PATHWAY, subjects)]
        return self.pathways.pathways_of(ids, scope=scope)


def _ids(kind: TriggerKind, subjects: AbstractSet[Trigger]) -> set[UUID]:
    return {subject.subject_id for subject in subjects if subject.kind is kind}
