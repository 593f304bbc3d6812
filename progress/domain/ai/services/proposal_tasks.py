"""Proposed scores as tasks: models take longer than a request should."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from accounts.public import Principal, Right, Scope, Task, TaskCallers, TaskPlan, TaskService
from authsvc.jobs.entities import JobProgress
from authsvc.jobs.ports import JobKind, Run
from progress.domain.ai.entities.budgets import RESERVED_FOR
from progress.domain.ai.services.grading_help import GradingHelp
from progress.domain.entities.attempts import AttemptId

PROPOSAL: Final = "propose-scores"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalTasks:
    """Of graders who ask for the same attempt at a time, all get the one task that does it."""

    help: GradingHelp
    tasks: TaskService
    callers: TaskCallers

    @property
    def kind(self) -> JobKind:
        # Reports come between calls, and one call can take minutes.
        return self.callers.kind(PROPOSAL, self._propose, longest_silence=RESERVED_FOR)

    def start(self, attempt_id: AttemptId, *, by: Principal) -> Task:
        """Start to propose scores. Raises the errors of `GradingHelp.require_possible`, and TooManyTasks."""
        attempt = self.help.require_possible(attempt_id, by=by)
        plan = TaskPlan(
            kind=PROPOSAL,
            scope=Scope.PROGRESS_READ,
            right=Right.GRADE_ATTEMPTS,
            org_id=attempt.org_id,
            input={"attempt_id": str(attempt.id)},
            unique_key=f"{PROPOSAL}:{attempt.id}",
        )
        return self.tasks.start(plan, by=by)

    def _propose(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        proposals = self.help.propose(
            AttemptId(UUID(given["attempt_id"])),
            report=lambda done: run.report(JobProgress(done=done)),
            by=by,
        )
        return {"proposals": len(proposals)}
