"""Member lists as tasks: long ones outlive the request that sends them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import OrganizationId, Principal, Right, Scope
from accounts.domain.organizations.services.member_lists import ListResult, MemberListService
from accounts.domain.tasks.entities import FILE, Task, TaskPlan
from accounts.domain.tasks.services.callers import TaskCallers
from accounts.domain.tasks.services.tasks import TaskService
from authsvc.jobs.entities import LONGEST_SILENCE, JobFile
from authsvc.jobs.ports import JobKind, Run
from authsvc.kernel.tables import csv_of

MEMBER_LIST: Final = "import-members"
MOST_AT_ONCE: Final = 200
"""Number of rows up to which a list is imported within the request."""
OUTCOMES: Final = "members.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberListTasks:
    """Imports of member lists.

    The work is atomic, like the import within a request: nobody is invited by a list that fails or whose worker is
    killed, and nobody twice.
    """

    lists: MemberListService
    tasks: TaskService
    callers: TaskCallers

    @property
    def kind(self) -> JobKind:
        return self.callers.kind(
            MEMBER_LIST, self._import, is_atomic=True, longest_silence=LONGEST_SILENCE
        )

    def import_list(
        self, org_id: OrganizationId, text: str, *, by: Principal
    ) -> list[ListResult] | Task:
        """Import the list, or start to if it has more than MOST_AT_ONCE rows; its rows are checked in any case.

        The file of the task has the outcome of each row. Raises the same errors as `MemberListService.import_list`;
        those that depend on mail, within the task.
        """
        results = self.lists.import_short_list(org_id, text, at_most=MOST_AT_ONCE, by=by)
        if results is not None:
            return results
        plan = TaskPlan(
            kind=MEMBER_LIST,
            scope=Scope.ORGS_READ,
            right=Right.MANAGE_MEMBERS,
            org_id=org_id,
            input={"org_id": str(org_id)},
            file=JobFile(name="list.csv", media_type="text/csv", content=text.encode()),
        )
        return self.tasks.start(plan, by=by)

    def _import(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        text = run.input_file().content.decode()
        results = self.lists.import_list(OrganizationId(UUID(given["org_id"])), text, by=by)
        table = csv_of(
            [
                ("row", "email", "role", "outcome"),
                *((one.row.number, one.row.email, one.row.role, one.outcome) for one in results),
            ]
        )
        run.attach(JobFile(name=OUTCOMES, media_type="text/csv", content=table.encode()))
        counts = Counter(one.outcome.value for one in results)
        return {"rows": len(results), "outcomes": dict(counts), FILE: OUTCOMES}
