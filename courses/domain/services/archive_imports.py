"""Imports of packed courses of Open edX as tasks: large archives outlive the request that sends them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from accounts.public import (
    OrganizationId,
    Principal,
    Right,
    Scope,
    Task,
    TaskCallers,
    TaskPlan,
    TaskService,
    TenantAccess,
)
from authsvc.jobs.entities import LONG_LEASE_TIME, JobFile
from authsvc.jobs.ports import JobKind, Run
from courses.domain.entities.courses import CourseDefinition
from courses.domain.errors import InvalidDefinition, UnreadableArchive
from courses.domain.services.authoring import AuthoringService

ARCHIVE_IMPORT: Final = "import-archive"
MOST_AT_ONCE: Final = 1_000_000
"""Size in bytes up to which an archive is imported within the request."""
MOST_LOSSES: Final = 1000
"""Number of lines of a report that a result has; more are counted."""
MOST_ERRORS: Final = 3

ReadArchive = Callable[[bytes], tuple[CourseDefinition, Sequence[str]]]
"""Reads a packed course: its definition, and the lines that report what is not mapped. Raises InvalidDefinition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveImport:
    """An archive that was imported: the course with the draft, and the report."""

    course_id: UUID
    slug: str
    losses: Sequence[str]
    losses_found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveImports:
    """The work is idempotent: to import the same archive again changes nothing."""

    read: ReadArchive
    authoring: AuthoringService
    tenant_access: TenantAccess
    tasks: TaskService
    callers: TaskCallers

    @property
    def kind(self) -> JobKind:
        return self.callers.kind(ARCHIVE_IMPORT, self._run, lease_time=LONG_LEASE_TIME)

    def import_archive(
        self, content: bytes, *, org_id: OrganizationId | None = None, by: Principal
    ) -> ArchiveImport | Task:
        """Import the course as a draft, or start to if the archive has more than MOST_AT_ONCE bytes.

        Raises NotPermitted, OrganizationNotFound, OrganizationSuspended, UnreadableArchive.
        """
        if org_id is not None:
            self.tenant_access.organization(org_id, by=by)
        by.require(Right.AUTHOR_COURSES, of=org_id)
        if len(content) <= MOST_AT_ONCE:
            return self._imported(content, org_id, by)
        plan = TaskPlan(
            kind=ARCHIVE_IMPORT,
            scope=Scope.COURSES_READ,
            right=Right.AUTHOR_COURSES,
            org_id=org_id,
            input={"org_id": org_id and str(org_id)},
            file=JobFile(name="course.tar.gz", media_type="application/gzip", content=content),
        )
        return self.tasks.start(plan, by=by)

    def _run(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        org_id = OrganizationId(UUID(given["org_id"])) if given["org_id"] else None
        imported = self._imported(run.input_file().content, org_id, by)
        return {
            "course_id": str(imported.course_id),
            "course": imported.slug,
            "losses": list(imported.losses),
            "losses_found": imported.losses_found,
        }

    def _imported(
        self, content: bytes, org_id: OrganizationId | None, by: Principal
    ) -> ArchiveImport:
        try:
            definition, lines = self.read(content)
            course = self.authoring.import_definition(definition, org_id=org_id, by=by)
        except InvalidDefinition as error:
            errors = [field_error.detail for field_error in error.field_errors[:MOST_ERRORS]]
            reason = " ".join(errors) or error.detail
            raise UnreadableArchive(reason=reason.rstrip(".")) from None
        return ArchiveImport(
            course_id=course.id,
            slug=course.slug,
            losses=lines[:MOST_LOSSES],
            losses_found=len(lines),
        )
