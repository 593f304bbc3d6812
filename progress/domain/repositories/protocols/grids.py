"""Read model of learner grids."""

from typing import Protocol

from authsvc.kernel.tenancy import TenantScope
from courses.public import CourseId
from progress.domain.entities.grids import GridCounts, GridLearner, GridLimits, GridSelection


class LearnerGridRepository(Protocol):
    def counts(self, course_id: CourseId, *, limits: GridLimits, scope: TenantScope) -> GridCounts:
        """Return the number of learners of the course, measured by the limits."""

    def number_of(
        self,
        course_id: CourseId,
        selection: GridSelection,
        *,
        limits: GridLimits,
        scope: TenantScope,
    ) -> int:
        """Return the number of selected learners."""

    def learners(
        self,
        course_id: CourseId,
        selection: GridSelection,
        *,
        limits: GridLimits,
        offset: int,
        limit: int,
        scope: TenantScope,
    ) -> list[GridLearner]:
        """Return selected learners with their attempts on the course, in the selected order, then by e-mail address."""
