"""Verification as a task, and once a week by itself."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from accounts.domain.access import OPERATOR, Principal, Right, Scope
from accounts.domain.audit.services.verifier import (
    CheckResult,
    VerificationTask,
    Verifier,
    members_of,
)
from accounts.domain.tasks.entities import FILE, Task, TaskPlan
from accounts.domain.tasks.services.callers import TaskCallers
from accounts.domain.tasks.services.tasks import TaskService
from authsvc.jobs.entities import LONGEST_SILENCE, JobFile, JobProgress, Queue
from authsvc.jobs.ports import JobKind, Run

VERIFICATION: Final = "verify"
WEEKLY: Final = "verify-weekly"
REPORT: Final = "verification.json"

log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationTasks:
    """Verifies all that the service vouches for, for auditors of the platform.

    The report is the file of the task. It has ids and numbers, and no personal data.
    """

    verifier: Verifier
    tasks: TaskService
    callers: TaskCallers

    @property
    def kinds(self) -> tuple[JobKind, ...]:
        return (
            self.callers.kind(VERIFICATION, self._verify, longest_silence=LONGEST_SILENCE),
            JobKind(
                name=WEEKLY, run=self._report, queue=Queue.LONG, longest_silence=LONGEST_SILENCE
            ),
        )

    def start(self, *, by: Principal) -> Task:
        """Start verifying; while a verification has not ended, return that one. Raises NotPermitted."""
        by.require(Right.READ_AUDIT)
        plan = TaskPlan(
            kind=VERIFICATION,
            scope=Scope.ORGS_READ,
            right=Right.READ_AUDIT,
            unique_key=VERIFICATION,
        )
        return self.tasks.start(plan, by=by)

    def _verify(self, run: Run, _input: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        by.require(Right.READ_AUDIT)
        return self._report(run)

    def _report(self, run: Run) -> dict[str, Any]:
        report = self.verifier.verify(by=OPERATOR, run=self._runner(run))
        findings = sum(len(result.findings) + result.omitted for result in report.results)
        if findings:
            log.error("the data does not verify", findings=findings, job_id=str(run.job.id))
        text = json.dumps(members_of(report), indent=2)
        run.attach(
            JobFile(name=REPORT, media_type="application/json", content=f"{text}\n".encode())
        )
        return {"is_clean": report.is_clean, "findings": findings, FILE: REPORT}

    def _runner(self, run: Run) -> Callable[[Sequence[VerificationTask]], Iterator[CheckResult]]:
        """Runs the parts one after the other, with a report before each: inside of one, a snapshot is open."""

        def results_of(parts: Sequence[VerificationTask]) -> Iterator[CheckResult]:
            for done, part in enumerate(parts):
                run.report(JobProgress(done=done, total=len(parts), message=part.label))
                yield self.verifier.run(part, by=OPERATOR)

        return results_of
