"""Courses as their authors see them: with the draft, and with the version that learners see."""

from dataclasses import dataclass

from courses.domain.entities.courses import Course, CourseDefinition, CourseDraft, CourseVersion
from courses.domain.entities.differences import CourseDifference, difference


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoredCourse:
    """A course with its draft and its current version; None before the first publication."""

    course: Course
    draft: CourseDraft
    current: CourseVersion | None

    @property
    def definition(self) -> CourseDefinition:
        """The draft as a definition."""
        return CourseDefinition.of(self.draft, slug=self.course.local_slug)

    @property
    def published(self) -> CourseDefinition | None:
        """The current version as a definition."""
        if self.current is None:
            return None
        return CourseDefinition.of(self.current, slug=self.course.local_slug)

    @property
    def has_changes(self) -> bool:
        """Whether the draft differs from the current version."""
        return self.current is None or self.current.checksum != self.draft.checksum

    @property
    def can_be_published(self) -> bool:
        """Whether publication would change what learners see: a retired course reopens."""
        return self.has_changes or not self.course.is_open

    @property
    def next_number(self) -> int:
        """The number of the version that learners see after the next publication."""
        return self.course.version + 1 if self.has_changes else self.course.version

    @property
    def difference(self) -> CourseDifference:
        """What the next version changes; before the first one, everything is new."""
        before = self.published or CourseDefinition(
            slug=self.course.local_slug, title=self.draft.title, modules=()
        )
        return difference(before, self.definition)
