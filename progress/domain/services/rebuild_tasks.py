"""Rebuilds of progress as tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from accounts.public import (
    OrganizationId,
    Principal,
    Right,
    Scope,
    Task,
    TaskCallers,
    TaskPlan,
    TaskService,
    TenantAccess,
    UserId,
)
from authsvc.jobs.entities import LONGEST_SILENCE, JobProgress
from authsvc.jobs.ports import JobKind, Run
from progress.domain.services.verification import EventLogVerifier, RebuildSelection

REBUILD: Final = "rebuild-progress"
MOST_NAMED: Final = 100
"""Number of streams that a result names; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildTasks:
    """Rebuilds of the progress of all learners, of one, or on the courses of an organization, by platform admins.

    A rebuild that is repeated, because its worker was killed, finds what it has repaired in order.
    """

    verifier: EventLogVerifier
    tenant_access: TenantAccess
    tasks: TaskService
    callers: TaskCallers

    @property
    def kind(self) -> JobKind:
        return self.callers.kind(REBUILD, self._rebuild, longest_silence=LONGEST_SILENCE)

    def start(self, selection: RebuildSelection, *, by: Principal) -> Task:
        """Start to rebuild; while the same rebuild has not ended, return that one.

        Raises NotPermitted, OrganizationNotFound.
        """
        by.require(Right.MANAGE_ORGANIZATIONS)
        if selection.org_id is not None:
            self.tenant_access.organization(selection.org_id, by=by)
        parts = {"user_id": selection.user_id, "org_id": selection.org_id}
        named = {name: str(part) for name, part in parts.items() if part is not None}
        plan = TaskPlan(
            kind=REBUILD,
            scope=Scope.PROGRESS_WRITE,
            right=Right.MANAGE_ORGANIZATIONS,
            input=named,
            unique_key=":".join([REBUILD, *named.values()]),
        )
        return self.tasks.start(plan, by=by)

    def _rebuild(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        selection = RebuildSelection(
            user_id=UserId(UUID(given["user_id"])) if "user_id" in given else None,
            org_id=OrganizationId(UUID(given["org_id"])) if "org_id" in given else None,
        )

        def report(done: int, phase: str) -> None:
            run.report(JobProgress(done=done, message=phase))

        outcome = self.verifier.rebuild(selection, report=report, by=by)
        return {
            "streams": outcome.streams,
            "repaired": len(outcome.differing),
            "flaws": [
                {"stream": str(flaw.stream), "reason": flaw.reason}
                for flaw in outcome.flaws[:MOST_NAMED]
            ],
            "flaws_found": len(outcome.flaws),
            "checksum": outcome.checksum,
        }
