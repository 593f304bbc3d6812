"""Services of learner grids."""

from functools import cached_property

from authsvc.composition.learning import LearningServices
from authsvc.jobs.ports import JobKind
from progress.domain.services.grid_exports import GridExports
from progress.domain.services.learner_grids import LearnerGridService


class GridServices(LearningServices):
    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        return (*super().job_kinds, self.grid_exports.kind)

    @cached_property
    def learner_grids(self) -> LearnerGridService:
        return LearnerGridService(
            grids=self.repositories.learner_grids,
            catalog=self.catalog,
            tenant_access=self.tenant_access,
            clock=self.ports.clock,
        )

    @cached_property
    def grid_exports(self) -> GridExports:
        return GridExports(grids=self.learner_grids, tasks=self.tasks, callers=self.task_callers)
