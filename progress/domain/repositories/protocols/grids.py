"""Read model of learner grids."""

from datetime import datetime
from typing import Protocol

from authsvc.kernel.tenancy import TenantScope
from courses.public import CourseId
from progress.domain.entities.grids import GridCounts, GridLearner, GridSelection


class LearnerGridRepository(Protocol):
    def counts(
        self, course_id: CourseId, *, away_since: datetime, scope: TenantScope
    ) -> GridCounts:
        """Return the number of learners of the course; those not seen since *away_since* are away."""

    def number_of(
        self,
        course_id: CourseId,
        selection: GridSelection,
        *,
        away_since: datetime,
        scope: TenantScope,
    ) -> int:
        """Return the number of selected learners."""

    def learners(
        self,
        course_id: CourseId,
        selection: GridSelection,
        *,
        away_since: datetime,
        offset: int,
        limit: int,
        scope: TenantScope,
    ) -> list[GridLearner]:
        """Return selected learners with their attempts on the course, in the selected order, then by e-mail address."""
