"""Exports of events as tasks."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

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
)
from authsvc.jobs.entities import JobProgress
from authsvc.jobs.ports import JobKind, Run
from progress.domain.entities.events import EventSelection, ProgressEvent
from progress.domain.services.event_log import EXPORTED_AT_ONCE, EventExport, Titles

EXPORT: Final = "export-statements"
STATEMENTS: Final = "statements.jsonl.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTasks:
    """Exports of whole logs as xAPI statements, one a line, compressed. `line_of` writes one of them."""

    export: EventExport
    line_of: Callable[[ProgressEvent, Titles], bytes]
    tasks: TaskService
    callers: TaskCallers

    @property
    def kind(self) -> JobKind:
        return self.callers.kind(EXPORT, self._export)

    def start(
        self,
        *,
        org_id: OrganizationId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        by: Principal,
    ) -> Task:
        """Start to export the events that `EventExport.whole` yields.

        Raises OrganizationNotFound, NotPermitted, PersonNeeded.
        """
        self.export.require_access(org_id, by=by)
        of_platform = by.user_id is None and org_id is None
        right = (
            Right.SEE_PROGRESS if org_id else Right.MANAGE_ORGANIZATIONS if of_platform else None
        )
        parts = {
            "org_id": org_id and str(org_id),
            "since": since and since.isoformat(),
            "until": until and until.isoformat(),
        }
        plan = TaskPlan(
            kind=EXPORT,
            scope=Scope.PROGRESS_READ,
            right=right,
            org_id=org_id,
            input={name: part for name, part in parts.items() if part},
        )
        return self.tasks.start(plan, by=by)

    def _export(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        number = 0
        events = self.export.whole(
            by=by,
            org_id=OrganizationId(UUID(given["org_id"])) if "org_id" in given else None,
            selection=EventSelection(
                since=datetime.fromisoformat(given["since"]) if "since" in given else None,
                until=datetime.fromisoformat(given["until"]) if "until" in given else None,
            ),
        )
        # Without a time in its header, equal exports are equal files.
        with (
            run.attaching(STATEMENTS, "application/gzip") as stored,
            gzip.GzipFile(fileobj=stored, mode="wb", mtime=0) as file,
        ):
            titled = self.export.with_titles(events, by=by)
            for number, (event, titles) in enumerate(titled, start=1):
                file.write(self.line_of(event, titles))
                if number % EXPORTED_AT_ONCE == 0:
                    run.report(JobProgress(done=number))
        return {"statements": number, FILE: STATEMENTS}
