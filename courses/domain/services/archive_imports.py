"""Imports of packed courses of Open edX: read as a task, since large archives outlive the request, then confirmed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from accounts.public import (
    FILE,
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
from authsvc.jobs.entities import LONGEST_SILENCE, JobFile, JobId
from authsvc.jobs.ports import JobKind, Run
from authsvc.kernel.preconditions import Precondition
from courses.domain.entities.authored import AuthoredCourse
from courses.domain.entities.courses import Course, CourseDefinition, CourseId
from courses.domain.errors import CourseNotFound, InvalidDefinition, UnreadableArchive
from courses.domain.services.authoring import AuthoringService

ARCHIVE_IMPORT: Final = "import-archive"
MOST_LINES: Final = 1000
"""Number of lines of each list that a result has; more are counted."""
MOST_ERRORS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReport:
    """What is not as in the archive: a line for each thing that differs, and for each that is left out and why."""

    changed: Sequence[str]
    unmapped: Sequence[str]


ReadArchive = Callable[[bytes], tuple[CourseDefinition, ArchiveReport]]
"""Reads a packed course: its definition, and what is not as in the archive. Raises InvalidDefinition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCourse:
    """A course that was read from an archive, and the one whose draft it would replace, if any."""

    definition: CourseDefinition
    target: AuthoredCourse | None = None
    org_id: OrganizationId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveImports:
    """An archive is read first and changes nothing. Its result says what would be imported, until that is confirmed."""

    read: ReadArchive
    write_text: Callable[[CourseDefinition], str]
    read_text: Callable[[str], CourseDefinition]
    authoring: AuthoringService
    tenant_access: TenantAccess
    tasks: TaskService
    callers: TaskCallers

    @property
    def kind(self) -> JobKind:
        return self.callers.kind(ARCHIVE_IMPORT, self._run, longest_silence=LONGEST_SILENCE)

    def start(
        self,
        content: bytes,
        *,
        org_id: OrganizationId | None = None,
        course_id: CourseId | None = None,
        by: Principal,
    ) -> Task:
        """Start to read the archive, for a course or as a new one.

        Raises NotPermitted, OrganizationNotFound, TooManyTasks.
        """
        if org_id is not None:
            self.tenant_access.organization(org_id, by=by)
        by.require(Right.AUTHOR_COURSES, of=org_id)
        plan = TaskPlan(
            kind=ARCHIVE_IMPORT,
            scope=Scope.COURSES_READ,
            right=Right.AUTHOR_COURSES,
            org_id=org_id,
            input={"course_id": course_id and str(course_id)},
            file=JobFile(name="course.tar.gz", media_type="application/gzip", content=content),
        )
        return self.tasks.start(plan, by=by)

    def result_of(self, task_id: JobId, *, by: Principal) -> ReadCourse:
        """What was read, and the course whose draft it would replace: the one it is for, or the one with its slug.

        Raises UnknownJob, TaskResultNotFound.
        """
        task = self.tasks.get(task_id, by=by)
        definition = self.read_text(self.tasks.result_of(task_id, by=by).content.decode())
        org_id = None if task.org_id is None else OrganizationId(task.org_id)
        course_id = (task.result or {}).get("course_id")
        slug_or_id = course_id or self.authoring.slug_for(definition, org_id, by=by)
        try:
            target = self.authoring.authored(slug_or_id, by=by)
        except CourseNotFound:
            return ReadCourse(definition=definition, org_id=org_id)
        slug = target.course.local_slug
        return ReadCourse(definition=replace(definition, slug=slug), target=target, org_id=org_id)

    def confirm(self, task_id: JobId, *, if_match: Precondition, by: Principal) -> Course:
        """Make what was read the draft of its course, if that is as the caller has seen it, or of a new one.

        Raises UnknownJob, TaskResultNotFound, PreconditionFailed, SlugTaken, OrganizationSuspended, InvalidDefinition.
        """
        read = self.result_of(task_id, by=by)
        if read.target is None:
            return self.authoring.create(read.definition, org_id=read.org_id, by=by)
        course_id = str(read.target.course.id)
        return self.authoring.revise(course_id, read.definition, if_match=if_match, by=by)

    def _run(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        try:
            definition, report = self.read(run.input_file().content)
        except InvalidDefinition as error:
            errors = [field_error.detail for field_error in error.field_errors[:MOST_ERRORS]]
            reason = " ".join(errors) or error.detail
            raise UnreadableArchive(reason=reason.rstrip(".")) from None
        by.require(
            Right.AUTHOR_COURSES,
            of=None if run.job.org_id is None else OrganizationId(run.job.org_id),
        )
        content = self.write_text(definition).encode()
        run.attach(JobFile(name="course.yaml", media_type="application/yaml", content=content))
        return {FILE: True, "course_id": given.get("course_id"), **_lists(definition, report)}


def _lists(definition: CourseDefinition, report: ArchiveReport) -> Mapping[str, Any]:
    modules = definition.modules
    imported = [f"{module.title}: {item.title}" for module in modules for item in module.items]
    lists = {"imported": imported, "changed": report.changed, "unmapped": report.unmapped}
    return {
        "title": definition.title,
        "slug": definition.slug,
        "modules": len(modules),
        **{name: list(lines[:MOST_LINES]) for name, lines in lists.items()},
        "counts": {name: len(lines) for name, lines in lists.items()},
    }
