"""Course entities: courses, their drafts and versions, and the definitions that authors write."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from authsvc.kernel.errors import FieldError, Invalid
from authsvc.kernel.text import folded
from courses.domain.entities.assessments import (
    ADDED_MEMBERS,
    AnswerKey,
    Assessment,
    AssessmentId,
    Criterion,
    Question,
)
from courses.domain.entities.outlines import CourseModule, ItemId, Outline
from courses.domain.errors import (
    CourseNotPublished,
    NothingRequired,
    NothingToPublish,
)

CourseId = NewType("CourseId", UUID)

LONGEST_SLUG: Final = 80
_SEPARATOR: Final = "--"
"""Separates the slug of the organization from the slug in the definition; neither of them may contain it."""


class CourseStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDraft:
    """The content that authors work on. Learners see it once it is published.

    Who saved it, and when, does not count for equality. It is unknown for drafts from before it was recorded.
    """

    course_id: CourseId
    title: str
    summary: str
    outline: Outline
    org_id: OrganizationId | None = None
    saved_by: UserId | None = field(default=None, compare=False)
    saved_at: datetime | None = field(default=None, compare=False)

    @property
    def checksum(self) -> str:
        """Equal for drafts and versions with equal content, whatever their organization."""
        return _checksum_of(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPlace:
    """The item and the course of an assessment: the same in every version that has it."""

    assessment_id: AssessmentId
    course_id: CourseId
    item_id: ItemId
    org_id: OrganizationId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersion:
    """The content that learners see: frozen when it is published, so that it can be cached without expiry."""

    course_id: CourseId
    number: int
    slug: str
    title: str
    summary: str
    outline: Outline
    checksum: str
    published_at: datetime
    published_by: UserId | None
    org_id: OrganizationId | None = None

    @property
    def titles(self) -> Mapping[UUID, str]:
        """The titles of the course, its modules and items by their ids; an assessment has that of its item."""
        titles: dict[UUID, str] = {self.course_id: self.title}
        for module in self.outline.modules:
            titles[module.id] = module.title
            for item in module.items:
                titles[item.id] = item.title
                if item.assessment is not None:
                    titles[item.assessment.id] = item.title
        return titles

    @property
    def computed_checksum(self) -> str:
        """The checksum of its content; it differs from `checksum` if the content was changed afterwards."""
        return _checksum_of(self)

    @property
    def content_hash(self) -> str:
        """The SHA-256 of all of it, which binds it into the audit log; `checksum` stands for the content."""
        return checksum(
            {
                "course_id": self.course_id,
                "number": self.number,
                "slug": self.slug,
                "checksum": self.checksum,
                "published_at": self.published_at,
                "published_by": self.published_by,
                "org_id": self.org_id,
            }
        )

    @property
    def binding(self) -> Mapping[str, str | int]:
        """What the audit log states about it."""
        return {"version": self.number, "sha256": self.content_hash}

    @property
    def assessment_places(self) -> list[AssessmentPlace]:
        """The place of each of its assessments."""
        return [
            AssessmentPlace(
                assessment_id=item.assessment.id,
                course_id=self.course_id,
                item_id=item.id,
                org_id=self.org_id,
            )
            for item in self.outline.items
            if item.assessment is not None
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course. `version` is the number of the version that learners see, 0 before the first one.

    `slug` never changes: links and learner records contain it. Without `org_id` the course belongs to the platform.
    `pathways` counts the published pathways of the course, whatever their organization.
    """

    id: CourseId
    slug: str
    title: str
    summary: str
    status: CourseStatus
    version: int
    created_by: UserId | None
    created_at: datetime
    org_id: OrganizationId | None = None
    pathways: int = 0

    @property
    def local_slug(self) -> str:
        """The slug without that of the organization, as in definitions."""
        return local_slug_in(self.slug)

    @property
    def search_text(self) -> str:
        """The text that searches look through, folded."""
        return folded(f"{self.title}\n{self.summary}")

    @property
    def is_open(self) -> bool:
        """Whether learners can enrol."""
        return self.status is CourseStatus.PUBLISHED

    def publish(
        self, draft: CourseDraft, *, current: CourseVersion | None, by: UserId | None, at: datetime
    ) -> CourseVersion:
        """The version that learners see from now on: a new one with the content of the draft.

        A retired course whose draft is unchanged reopens with its current version. Raises NothingToPublish,
        NothingRequired.
        """
        if not draft.outline.required_items:
            raise NothingRequired
        if current is not None and current.checksum == draft.checksum:
            if self.is_open:
                raise NothingToPublish(version=self.version)
            return current
        return CourseVersion(
            course_id=self.id,
            number=self.version + 1,
            slug=self.slug,
            title=draft.title,
            summary=draft.summary,
            outline=draft.outline,
            checksum=draft.checksum,
            published_at=at,
            published_by=by,
            org_id=self.org_id,
        )

    def redrafted(self, draft: CourseDraft) -> "Course":
        """With the title and summary of the draft, unless a version has been published."""
        if self.version:
            return self
        return replace(self, title=draft.title, summary=draft.summary)

    def published_as(self, version: CourseVersion) -> "Course":
        return replace(
            self,
            title=version.title,
            summary=version.summary,
            status=CourseStatus.PUBLISHED,
            version=version.number,
        )

    def retired(self) -> "Course":
        """Closed to new learners; enrolled ones may finish. Raises CourseNotPublished."""
        if not self.is_open:
            raise CourseNotPublished(status=self.status.value)
        return replace(self, status=CourseStatus.RETIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDefinition:
    """A course as its author writes it, without ids. Keys are unique within it."""

    slug: str
    title: str
    summary: str = ""
    modules: tuple[CourseModule, ...]

    @classmethod
    def of(cls, content: CourseDraft | CourseVersion, *, slug: str) -> "CourseDefinition":
        modules = content.outline.modules
        return cls(slug=slug, title=content.title, summary=content.summary, modules=modules)

    def draft_of(self, course_id: CourseId, *, org_id: OrganizationId | None = None) -> CourseDraft:
        return CourseDraft(
            course_id=course_id,
            title=self.title,
            summary=self.summary,
            outline=Outline.of(course_id, self.modules),
            org_id=org_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSelection:
    """Courses with a status whose title or summary contains *search*, without regard to case.

    With an organization, only those that it owns.
    """

    status: CourseStatus
    search: str = ""
    org_id: OrganizationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """A course with the outline of one of its versions, or of its draft."""

    course: Course
    outline: Outline


def _checksum_of(content: CourseDraft | CourseVersion) -> str:
    """The SHA-256 of course, title, summary and outline."""
    outline = asdict(content.outline)
    for item in (item for module in outline["modules"] for item in module["items"]):
        if item["assessment"] is None:
            del item["assessment"]  # so that checksums from before assessments still match
        else:
            _remove_defaults(item["assessment"], Assessment)
            for question in item["assessment"]["questions"]:
                _remove_defaults(question, Question)
                _remove_defaults(question["answer_key"] or {}, AnswerKey)
                for criterion in question["rubric"]:
                    _remove_defaults(criterion, Criterion)
    return checksum(
        {
            "course_id": content.course_id,
            "title": content.title,
            "summary": content.summary,
            "outline": outline,
        }
    )


def _remove_defaults(part: dict[str, Any], class_: type[Any]) -> None:
    """Remove added members that have their default, so that checksums from before these members still match."""
    for member in fields(class_):
        if member.name in ADDED_MEMBERS[class_] and part.get(member.name) == member.default:
            part.pop(member.name, None)


def slug_of(local_slug: str, *, org_slug: str, noun: str, error: type[Invalid]) -> str:
    """The local slug, preceded by the slug of the organization. Raises *error* if it is too long."""
    prefix = f"{org_slug}{_SEPARATOR}"
    longest = LONGEST_SLUG - len(prefix)
    if len(local_slug) > longest:
        detail = f"In this organization, the slug of a {noun} has at most {longest} characters."
        raise error(FieldError(path="slug", detail=detail))
    return f"{prefix}{local_slug}"


def local_slug_in(slug: str) -> str:
    """The slug without that of the organization."""
    return slug.rpartition(_SEPARATOR)[2]
