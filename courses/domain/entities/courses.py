"""What a course is, in the hands of authors and before the eyes of learners."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from authsvc.kernel.errors import Complaint
from courses.domain.entities.assessments import AssessmentId
from courses.domain.entities.outlines import ItemId, Outline
from courses.domain.errors import (
    CourseNotPublished,
    InvalidDefinition,
    NothingRequired,
    NothingToPublish,
)

CourseId = NewType("CourseId", UUID)

LONGEST_SLUG: Final = 80
_OF: Final = "--"
"""What stands in a slug between that of the organization and that of the definition; neither has it in itself."""


class CourseStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDraft:
    """What authors are working on; learners see none of it before it is published."""

    course_id: CourseId
    title: str
    summary: str
    outline: Outline
    org_id: OrganizationId | None = None

    @property
    def checksum(self) -> str:
        """Equal for drafts, and versions, of equal content, whoever owns them."""
        content = asdict(self)
        del content["org_id"]
        modules = content["outline"]["modules"]
        for item in (item for module in modules for item in module["items"]):
            if item["assessment"] is None:
                del item["assessment"]  # as it was before there were any
        return checksum(content)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPlace:
    """Behind which item of which course an assessment is: the same in every version that has it."""

    assessment_id: AssessmentId
    course_id: CourseId
    item_id: ItemId
    org_id: OrganizationId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersion:
    """What learners are taught: frozen when it is published, so that it can be kept in memory for ever."""

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
    def assessment_places(self) -> list[AssessmentPlace]:
        """Where each of its assessments is."""
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
    """A course at its address. `version` is the number of the version that learners see, 0 before the first.

    `slug` never changes: it stands in links and in learners' records. Without `org_id` it is the platform's.
    `pathways` counts the published pathways that it is on, whosever they are.
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
        """The slug in definitions, which can be taken from one organization to another."""
        return local_slug_in(self.slug)

    @property
    def search_text(self) -> str:
        """What a search looks through, folded so that case does not count."""
        return f"{self.title}\n{self.summary}".casefold()

    @property
    def is_open(self) -> bool:
        """Whether learners may enrol."""
        return self.status is CourseStatus.PUBLISHED

    def publish(
        self, draft: CourseDraft, *, current: CourseVersion | None, by: UserId | None, at: datetime
    ) -> CourseVersion:
        """The version that learners see from now on: a new one, frozen from the draft.

        A retired course whose draft is unchanged opens with its current version again. Raises NothingToPublish,
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
        """A course that was never published goes by its draft's name."""
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
        """No longer offered; those on it may finish. Raises CourseNotPublished."""
        if not self.is_open:
            raise CourseNotPublished(status=self.status.value)
        return replace(self, status=CourseStatus.RETIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """A course as somebody sees it: with the outline of one of its versions, or of its draft."""

    course: Course
    outline: Outline


def slug_of(local_slug: str, *, within: str) -> str:
    """The slug of a course of the organization with the slug *within*. Raises InvalidDefinition."""
    if len(local_slug) > longest_slug(within):
        detail = f"A course of this organization has a slug of at most {longest_slug(within)} characters."
        raise InvalidDefinition(Complaint(path="slug", detail=detail))
    return full_slug(local_slug, within=within)


def full_slug(local_slug: str, *, within: str) -> str:
    """The slug of a thing of the organization with the slug *within*."""
    return f"{within}{_OF}{local_slug}"


def longest_slug(within: str) -> int:
    """How long the local slug of a thing of that organization can be."""
    return LONGEST_SLUG - len(full_slug("", within=within))


def local_slug_in(slug: str) -> str:
    """What of a slug is the thing's own, and not that of its organization."""
    return slug.rpartition(_OF)[2]
