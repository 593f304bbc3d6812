"""Exports of learner grids: the selected learners of a course with their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts.public import (
    FILE,
    Principal,
    Right,
    Scope,
    Task,
    TaskCallers,
    TaskPlan,
    TaskService,
    attach_table,
)
from authsvc.jobs.ports import JobKind, Run
from authsvc.kernel.table_files import TableFormat
from progress.domain.entities.grids import GridSelection
from progress.domain.services.learner_grids import LearnerGridService

EXPORT: Final = "export-learners"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridExports:
    """Raises what `LearnerGridService` does."""

    grids: LearnerGridService
    tasks: TaskService
    callers: TaskCallers

    @property
    def kind(self) -> JobKind:
        return self.callers.kind(EXPORT, self._export)

    def start(
        self, slug_or_id: str, selection: GridSelection, form: TableFormat, *, by: Principal
    ) -> Task:
        """Start to write the table that `LearnerGridService.table_of` returns. Raises TooManyTasks."""
        course, _ = self.grids.table_of(slug_or_id, selection, by=by)
        plan = TaskPlan(
            kind=EXPORT,
            scope=Scope.PROGRESS_READ,
            right=Right.SEE_PROGRESS,
            org_id=course.org_id,
            input={
                "course_id": str(course.id),
                "selection": selection.as_members(),
                "format": form.value,
            },
        )
        return self.tasks.start(plan, by=by)

    def _export(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        selection = GridSelection.of_members(given["selection"])
        _, table = self.grids.table_of(given["course_id"], selection, by=by)
        name = attach_table(table, TableFormat(given["format"]), run=run)
        return {"learners": table.total, FILE: name}
