"""Comparison of published versions with their checksums, and with what the audit log recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from accounts.public import AuditBindings, AuditSubject, Principal, Right, SubjectType, compared
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.kernel.verification import UNREADABLE, Finding, FindingKind, Stored, Tally, missing
from courses.domain.entities.courses import CourseVersion
from courses.domain.repositories.protocols.courses import CourseVersionRepository

VERSIONS: Final = "courses_courseversion"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersionCheck:
    """Verifies that every published version has the content of its checksum, and is what the audit log recorded."""

    name: ClassVar[str] = "course-versions"

    versions: CourseVersionRepository
    bindings: AuditBindings

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        recorded = dict(self.bindings.recorded(SubjectType.COURSE, scope=scope))
        unseen = {version for version in recorded if version[1]}
        for row in self.versions.by_course(scope=scope):
            tally.count(VERSIONS)
            course_id, number = row.key
            name = (str(course_id), number)
            unseen.discard(name)
            if row.item is None or not _has_its_checksum(row.item):
                yield _finding_of_content(name, row)
            else:
                yield from compared(name, row.item.content_hash, recorded, table=VERSIONS)
        for course, number in sorted(unseen):
            yield missing(VERSIONS, f"{course} version {number}", log="audit log")


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersionBinder:
    """Binds versions that were published before the audit log contained hashes."""

    versions: CourseVersionRepository
    bindings: AuditBindings
    unit_of_work: UnitOfWork

    def bind_all(self, *, by: Principal) -> int:
        """Record an entry with the hash of each unbound version, and return their number. Raises NotPermitted."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        with self.unit_of_work.atomic():
            recorded = self.bindings.recorded(SubjectType.COURSE, scope=by.tenant_scope)
            unbound = [
                version
                for version in self._intact(by.tenant_scope)
                if recorded.get((str(version.course_id), version.number), "") is None
            ]
            for version in unbound:
                subject = AuditSubject(SubjectType.COURSE, str(version.course_id), version.org_id)
                self.bindings.bind(subject, version.binding, by=by)
        return len(unbound)

    def _intact(self, scope: TenantScope) -> Iterator[CourseVersion]:
        for row in self.versions.by_course(scope=scope):
            if row.item is not None and _has_its_checksum(row.item):
                yield row.item


def _has_its_checksum(version: CourseVersion) -> bool:
    try:
        return version.checksum == version.computed_checksum
    except UNREADABLE:
        return False


def _finding_of_content(name: tuple[str, int], row: Stored[CourseVersion]) -> Finding:
    is_readable = row.item is not None
    return Finding(
        kind=FindingKind.CHANGED if is_readable else FindingKind.UNREADABLE,
        table=VERSIONS,
        id=f"{name[0]} version {name[1]}",
        detail="its content does not have its checksum" if is_readable else row.fault,
    )
