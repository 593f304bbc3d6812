"""Learner grids for instructors and managers: who stands where on a course."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from accounts.public import Principal, Right, SubjectType, TenantAccess
from authsvc.kernel.clock import Clock
from authsvc.kernel.table_files import Table
from authsvc.kernel.tables import Row
from courses.public import CatalogService, Course, Outline
from progress.domain.entities.grids import (
    AWAY_DAYS,
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
        away_since, scope = self._away_since, by.tenant_scope
        total = self.grids.number_of(course.id, selection, away_since=away_since, scope=scope)
        last = max(1, -(-total // PER_PAGE))
        learners = self.grids.learners(
            course.id,
            selection,
            away_since=away_since,
            offset=(min(max(page, 1), last) - 1) * PER_PAGE,
            limit=PER_PAGE,
            scope=scope,
        )
        columns = columns_of(outline)
        return LearnerGrid(
            course=course,
            counts=self.grids.counts(course.id, away_since=away_since, scope=scope),
            columns=columns,
            rows=tuple(row_of(learner, columns) for learner in learners),
            total=total,
        )

    def table_of(
        self, slug_or_id: str, selection: GridSelection, *, by: Principal
    ) -> tuple[Course, Table]:
        """Return the course, and all selected learners as a table with names."""
        course, outline = self._opened(slug_or_id, by)
        scope = by.tenant_scope
        total = self.grids.number_of(course.id, selection, away_since=self._away_since, scope=scope)
        rows = self._rows(course, outline, selection, total, by)
        return course, Table(name=f"learners-{course.slug}", total=total, rows=rows)

    def _rows(
        self, course: Course, outline: Outline, selection: GridSelection, total: int, by: Principal
    ) -> Iterator[Row]:
        columns = columns_of(outline)
        rows = (
            row_of(learner, columns)
            for offset in range(0, total, READ_AT_ONCE)
            for learner in self.grids.learners(
                course.id,
                selection,
                away_since=self._away_since,
                offset=offset,
                limit=READ_AT_ONCE,
                scope=by.tenant_scope,
            )
        )
        return table_of_learners(columns, rows)

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

    @property
    def _away_since(self) -> datetime:
        return self.clock.now() - timedelta(days=AWAY_DAYS)
