"""Imports and exports of people as tasks: long ones outlive the request that asks for them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import Principal, Right, Scope, UserId
from accounts.domain.identity.services.person_exports import PersonExports
from accounts.domain.identity.services.person_lists import ImportPlan, PersonListService, RowOutcome
from accounts.domain.tasks.entities import FILE, Task, TaskPlan
from accounts.domain.tasks.services.callers import TaskCallers
from accounts.domain.tasks.services.table_exports import attach_table, export_table
from accounts.domain.tasks.services.tasks import TaskService
from authsvc.jobs.entities import LONGEST_SILENCE, JobFile
from authsvc.jobs.ports import JobKind, Run
from authsvc.kernel.sheets import Sheet
from authsvc.kernel.table_files import TableFormat
from authsvc.kernel.tables import csv_of
from authsvc.kernel.unit_of_work import UnitOfWork

IMPORT: Final = "import-people"
EXPORT: Final = "export-people"
MOST_IMPORTED_AT_ONCE: Final = 500
"""Number of rows up to which a list is imported within the request."""
OUTCOMES: Final = "people.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTasks:
    """Imports are atomic, within a request and as tasks: nobody is invited by a list that fails, and nobody twice."""

    lists: PersonListService
    exports: PersonExports
    tasks: TaskService
    callers: TaskCallers
    unit_of_work: UnitOfWork

    @property
    def kinds(self) -> tuple[JobKind, ...]:
        return (
            self.callers.kind(
                IMPORT, self._import, is_atomic=True, longest_silence=LONGEST_SILENCE
            ),
            self.callers.kind(EXPORT, self._export),
        )

    def import_people(
        self, sheet: Sheet, *, digest: str, reason: str, by: Principal
    ) -> ImportPlan | Task:
        """Import the list, or start to if it has more than MOST_IMPORTED_AT_ONCE rows.

        The file of the task has the outcome of each row. Raises the errors of `PersonListService.import_people`; those
        that depend on mail and on what changes until then, within the task.
        """
        if len(sheet.records) <= MOST_IMPORTED_AT_ONCE:
            return self.lists.import_people(sheet, digest=digest, reason=reason, by=by)
        by.require(Right.MANAGE_USERS)
        content = json.dumps(sheet.as_members()).encode()
        plan = TaskPlan(
            kind=IMPORT,
            scope=Scope.ACCOUNTS_READ,
            right=Right.MANAGE_USERS,
            input={"digest": digest, "reason": reason},
            file=JobFile(name="list.json", media_type="application/json", content=content),
        )
        return self.tasks.start(plan, by=by)

    def export(
        self, user_ids: Sequence[UserId], form: TableFormat, *, by: Principal
    ) -> JobFile | Task:
        """The file, or a task that writes it if there are very many people; either is recorded.

        Raises NotPermitted, TooManyTasks.
        """
        ids = "\n".join(map(str, user_ids))
        plan = TaskPlan(
            kind=EXPORT,
            scope=Scope.ACCOUNTS_READ,
            right=Right.MANAGE_USERS,
            input={"format": form.value},
            file=JobFile(name="ids.txt", media_type="text/plain", content=ids.encode()),
        )
        with self.unit_of_work.atomic():
            table = self.exports.table_of(user_ids, by=by)
            result = export_table(table, form, start=lambda: self.tasks.start(plan, by=by))
            self.exports.record(len(user_ids), form, by=by)
        return result

    def _import(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        sheet = Sheet.of_members(json.loads(run.input_file().content))
        plan = self.lists.import_people(
            sheet, digest=given["digest"], reason=given["reason"], by=by
        )
        outcomes = ((row.row.number, row.row.email, row.outcome.value) for row in plan.rows)
        table = csv_of([("row", "email", "outcome"), *outcomes])
        run.attach(JobFile(name=OUTCOMES, media_type="text/csv", content=table.encode()))
        counts = {outcome.value: plan.counts[outcome] for outcome in RowOutcome}
        return {"rows": len(plan.rows), "outcomes": counts, FILE: OUTCOMES}

    def _export(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        user_ids = [UserId(UUID(line)) for line in run.input_file().content.decode().splitlines()]
        table = self.exports.table_of(user_ids, by=by)
        name = attach_table(table, TableFormat(given["format"]), run=run)
        return {"people": len(user_ids), FILE: name}
