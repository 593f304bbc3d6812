"""Writing courses and bringing them to learners."""

from dataclasses import dataclass
from uuid import uuid4

from accounts.public import Principal, Right
from authsvc.kernel.clock import Clock
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.domain.entities import Course, CourseDefinition, CourseId, CourseStatus, CourseVersion
from courses.domain.errors import CourseNotFound, SlugFixed
from courses.domain.repositories.protocols import (
    CourseDraftRepository,
    CourseRepository,
    CourseVersionRepository,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoringService:
    """Every act needs the right to author courses, and raises NotPermitted without it."""

    courses: CourseRepository
    drafts: CourseDraftRepository
    versions: CourseVersionRepository
    unit_of_work: UnitOfWork
    clock: Clock

    def create(self, definition: CourseDefinition, *, by: Principal) -> Course:
        """Start a course with the definition as its draft. Raises SlugTaken."""
        by.require(Right.AUTHOR_COURSES)
        course = Course(
            id=CourseId(uuid4()),
            slug=definition.slug,
            title=definition.title,
            summary=definition.summary,
            status=CourseStatus.DRAFT,
            version=0,
            created_by=by.user_id,
            created_at=self.clock.now(),
        )
        with self.unit_of_work.atomic():
            self.courses.add(course)
            self.drafts.save(definition.draft_of(course.id))
        return course

    def revise(self, address: str, definition: CourseDefinition, *, by: Principal) -> Course:
        """Put the definition in place of the draft. Raises CourseNotFound, SlugFixed."""
        by.require(Right.AUTHOR_COURSES)
        with self.unit_of_work.atomic():
            course = self.courses.get_for_update(self.courses.at(address).id)
            if definition.slug != course.slug:
                raise SlugFixed(slug=course.slug)
            draft = definition.draft_of(course.id)
            course = course.redrafted(draft)
            self.courses.save(course)
            self.drafts.save(draft)
        return course

    def import_definition(self, definition: CourseDefinition, *, by: Principal) -> Course:
        """Revise the course that has the definition's slug, or start it."""
        by.require(Right.AUTHOR_COURSES)
        with self.unit_of_work.atomic():
            try:
                return self.revise(definition.slug, definition, by=by)
            except CourseNotFound:
                return self.create(definition, by=by)

    def publish(self, address: str, *, by: Principal) -> Course:
        """Freeze the draft and show it to learners.

        Raises CourseNotFound, NothingToPublish, NothingRequired.
        """
        by.require(Right.AUTHOR_COURSES)
        with self.unit_of_work.atomic():
            course = self.courses.get_for_update(self.courses.at(address).id)
            current = self.versions.get(course.id, course.version) if course.version else None
            version = course.publish(
                self.drafts.get(course.id), current=current, by=by.user_id, at=self.clock.now()
            )
            if version is not current:
                self.versions.add(version)
            course = course.published_as(version)
            self.courses.save(course)
        return course

    def retire(self, address: str, *, by: Principal) -> Course:
        """Offer the course no longer; those on it may finish. Raises CourseNotFound, CourseNotPublished."""
        by.require(Right.AUTHOR_COURSES)
        with self.unit_of_work.atomic():
            course = self.courses.get_for_update(self.courses.at(address).id).retired()
            self.courses.save(course)
        return course

    def export(
        self, address: str, *, version: int | None = None, by: Principal
    ) -> CourseDefinition:
        """The draft, or a version, as a definition. Raises CourseNotFound, CourseVersionNotFound."""
        by.require(Right.AUTHOR_COURSES)
        course = self.courses.at(address)
        if version is None:
            return CourseDefinition.of(self.drafts.get(course.id), slug=course.slug)
        return CourseDefinition.of(self.versions.get(course.id, version), slug=course.slug)

    def versions_of(
        self, address: str, request: PageRequest, *, by: Principal
    ) -> Page[CourseVersion]:
        """What has been published, the first version first. Raises CourseNotFound."""
        by.require(Right.AUTHOR_COURSES)
        return self.versions.page_of(self.courses.at(address).id, request)
