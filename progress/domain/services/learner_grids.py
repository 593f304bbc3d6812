"""Learner grids for instructors and managers: who stands where on a course."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from accounts.public import Principal, Right, SubjectType, TenantAccess
from authsvc.kernel.clock import Clock
from authsvc.kernel.table_files import Table
from authsvc.kernel.tenancy import TenantScope
from courses.public import CatalogService, Course, Outline
from progress.domain.entities.grids import (
    GridLearner,
    GridLimits,
    GridSelection,
    LearnerGrid,
    columns_of,
    row_of,
    table_of_learners,
)
from progress.domain.repositories.protocols.grids import LearnerGridRepository

PER_PAGE: Final = 50
READ_AT_ONCE: Final = 500
"""Number of learners that an export reads with one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerGridService:
    """Raises CourseNotFound, and NotPermitted without the right to see progress."""

    grids: LearnerGridRepository
    catalog: CatalogService
    tenant_access: TenantAccess
    clock: Clock

    def of_course(
        self, slug_or_id: str, selection: GridSelection, *, page: int = 1, by: Principal
    ) -> LearnerGrid:
        """Return a page of the selected learners of the course; the last one if there are fewer pages."""
        course, outline = self._opened(slug_or_id, by)
        columns, scope = columns_of(outline), by.tenant_scope
        limits = GridLimits.of(outline, at=self.clock.now())
        total = self.grids.number_of(course.id, selection, limits=limits, scope=scope)
        last = max(1, -(-total // PER_PAGE))
        learners = self.grids.learners(
            course.id,
            selection,
            limits=limits,
            offset=(min(max(page, 1), last) - 1) * PER_PAGE,
            limit=PER_PAGE,
            scope=scope,
        )
        return LearnerGrid(
            course=course,
            counts=self.grids.counts(course.id, limits=limits, scope=scope),
            columns=columns,
            rows=tuple(row_of(learner, columns, limits) for learner in learners),
            total=total,
        )

    def table_of(
        self, slug_or_id: str, selection: GridSelection, *, by: Principal
    ) -> tuple[Course, Table]:
        """Return the course, and all selected learners as a table with names."""
        course, outline = self._opened(slug_or_id, by)
        columns, scope = columns_of(outline), by.tenant_scope
        limits = GridLimits.of(outline, at=self.clock.now())
        total = self.grids.number_of(course.id, selection, limits=limits, scope=scope)
        learners = self._learners(course, selection, limits, total, scope)
        rows = table_of_learners(columns, (row_of(one, columns, limits) for one in learners))
        return course, Table(name=f"learners-{course.slug}", total=total, rows=rows)

    def _learners(
        self,
        course: Course,
        selection: GridSelection,
        limits: GridLimits,
        total: int,
        scope: TenantScope,
    ) -> Iterator[GridLearner]:
        for offset in range(0, total, READ_AT_ONCE):
            yield from self.grids.learners(
                course.id,
                selection,
                limits=limits,
                offset=offset,
                limit=READ_AT_ONCE,
                scope=scope,
            )

    def _opened(self, slug_or_id: str, by: Principal) -> tuple[Course, Outline]:
        """Return the course and the outline of its published version, empty before the first one."""
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.SEE_PROGRESS, of=course.org_id)
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.LEARNERS, subject_id=course.id, by=by
        )
        if not course.version:
            return course, Outline()
        version = self.catalog.version(course.id, course.version, scope=by.tenant_scope)
        return course, version.outline
