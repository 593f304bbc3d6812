"""Courses, assessments and pathways, as rules mention them."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from accounts.public import Principal
from authsvc.kernel.reach import Reach
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
from credentials.domain.entities import SubjectName, Trigger, TriggerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReader:
    """However many things a rule mentions, they are looked up together."""

    catalog: CatalogService
    pathways: PathwayCatalogService

    def known(self, subjects: AbstractSet[Trigger], *, within: Reach) -> AbstractSet[Trigger]:
        """Those of them that are there, in view."""
        courses = _ids(TriggerKind.COURSE, subjects)
        found: dict[TriggerKind, AbstractSet[UUID]] = {
            TriggerKind.COURSE: {each.id for each in self._courses(courses, within)},
            TriggerKind.ASSESSMENT: {each.assessment_id for each in self._places(subjects, within)},
            TriggerKind.PATHWAY: {each.id for each in self._pathways(subjects, within)},
        }
        return {each for each in subjects if each.subject_id in found[each.kind]}

    def names_of(
        self, subjects: AbstractSet[Trigger], *, within: Reach, by: Principal
    ) -> Mapping[Trigger, SubjectName]:
        """What those of them are called that are in view and of which the asker may know."""
        places = self._places(subjects, within)
        ids = _ids(TriggerKind.COURSE, subjects) | {place.course_id for place in places}
        courses = {
            course.id: course
            for course in self._courses(ids, within)
            if self.catalog.sees(by, course)
        }
        named = {
            Trigger(TriggerKind.COURSE, course.id): SubjectName(
                slug=course.slug, title=course.title
            )
            for course in courses.values()
        }
        for place in places:
            name = self._name_of(place, courses.get(place.course_id), within)
            if name is not None:
                named[Trigger(TriggerKind.ASSESSMENT, place.assessment_id)] = name
        for pathway in self._pathways(subjects, within):
            if self.pathways.sees(by, pathway):
                name = SubjectName(slug=pathway.slug, title=pathway.title)
                named[Trigger(TriggerKind.PATHWAY, pathway.id)] = name
        return named

    def courses_behind(
        self, subjects: AbstractSet[Trigger], *, within: Reach
    ) -> AbstractSet[CourseId]:
        """The courses among them, and those in which the assessments among them are."""
        places = self._places(subjects, within)
        courses = {CourseId(id_) for id_ in _ids(TriggerKind.COURSE, subjects)}
        return courses | {place.course_id for place in places}

    def _name_of(
        self, place: AssessmentPlace, course: Course | None, within: Reach
    ) -> SubjectName | None:
        """As it is called in the version that is published now, if it is in that one."""
        if course is None or not course.version:
            return None
        outline = self.catalog.version(course.id, course.version, within=within).outline
        try:
            item = outline.item_of(place.assessment_id)
        except AssessmentNotFound:
            return None
        return SubjectName(slug=course.slug, title=item.title)

    def _courses(self, ids: Iterable[UUID], within: Reach) -> list[Course]:
        return self.catalog.courses_of([CourseId(id_) for id_ in ids], within=within)

    def _places(self, subjects: AbstractSet[Trigger], within: Reach) -> list[AssessmentPlace]:
        ids = [AssessmentId(id_) for id_ in _ids(TriggerKind.ASSESSMENT, subjects)]
        return self.catalog.places_of(ids, within=within)

    def _pathways(self, subjects: AbstractSet[Trigger], within: Reach) -> list[LearningPathway]:
        ids = [PathwayId(id_) for id_ in _ids(TriggerKind.PATHWAY, subjects)]
        return self.pathways.pathways_of(ids, within=within)


def _ids(kind: TriggerKind, subjects: AbstractSet[Trigger]) -> set[UUID]:
    return {each.subject_id for each in subjects if each.kind is kind}
