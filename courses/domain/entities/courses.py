"""What a course is, in the hands of authors and before the eyes of learners."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from authsvc.kernel.errors import Complaint
from courses.domain.entities.outlines import Outline
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
        return checksum(content)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course at its address. `version` is the number of the version that learners see, 0 before the first.

    `slug` never changes: it stands in links and in learners' records. Without `org_id` it is the platform's.
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

    @property
    def local_slug(self) -> str:
        """The slug in definitions, which can be taken from one organization to another."""
        return self.slug.rpartition(_OF)[2]

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
    slug = f"{within}{_OF}{local_slug}"
    if len(slug) > LONGEST_SLUG:
        longest = LONGEST_SLUG - len(within) - len(_OF)
        detail = f"A course of this organization has a slug of at most {longest} characters."
        raise InvalidDefinition(Complaint(path="slug", detail=detail))
    return slug
