"""Verification of everything that the service vouches for, in one report."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import Principal, Right
from accounts.domain.audit.entities import Anchor
from accounts.domain.audit.services.anchor_check import AnchorCheck
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.kernel.verification import (
    ALL_USERS,
    Check,
    DivisibleCheck,
    Finding,
    Tally,
    UserRange,
    ranges_between,
)

MOST_FINDINGS: Final = 1000
"""Number of findings of one check that a report names; more are counted."""

STREAMS_AT_ONCE: Final = 2500
"""Number of streams of events that are verified as one part, in a snapshot of its own."""

Progress = Callable[[str, int], None]
"""Called with the name of a task and the number of rows it has verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationTask:
    """One check, or the part of it about some users."""

    check: str
    users: UserRange = ALL_USERS
    label: str
    exported: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """Result of one check: verified rows by table, and what is wrong. `omitted` findings are not named."""

    name: str
    rows: Mapping[str, int]
    findings: tuple[Finding, ...]
    omitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    started_at: datetime
    finished_at: datetime
    results: tuple[CheckResult, ...]

    @property
    def is_clean(self) -> bool:
        return not any(result.findings for result in self.results)


Runner = Callable[[Sequence[VerificationTask]], Iterable[CheckResult]]
"""Runs tasks, in any order and anywhere, each by the verifier of its process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Runs all checks, each part of them on one state of the store.

    Needs the right to manage all organizations; raises NotPermitted without it, and InsideUnitOfWork when the caller
    has a unit of work open.
    """

    divisible_checks: tuple[DivisibleCheck, ...]
    checks: tuple[Check, ...]
    anchor_check: AnchorCheck
    user_boundaries: Callable[[int, TenantScope], Sequence[UUID]]
    unit_of_work: UnitOfWork
    clock: Clock
    streams_at_once: int = STREAMS_AT_ONCE

    @property
    def names(self) -> list[str]:
        """Names of the checks, in their order."""
        return [check.name for check in (*self.divisible_checks, *self.checks, self.anchor_check)]

    def verify(
        self,
        *,
        by: Principal,
        only: Collection[str] = (),
        exported: Iterable[Anchor] = (),
        run: Runner | None = None,
    ) -> VerificationReport:
        """Run the checks, or *only* those with these names; compare the logs with *exported* anchors, too.

        *run* may run the tasks in other processes; without it, they run here, one after the other.
        """
        by.require(Right.MANAGE_ORGANIZATIONS)
        self.unit_of_work.require_outside()
        started_at = self.clock.now()
        tasks = self._tasks(only, tuple(exported), by.tenant_scope)
        results = run(tasks) if run else (self.run(task, by=by) for task in tasks)
        joined = _joined(results, self.names)
        return VerificationReport(
            started_at=started_at, finished_at=self.clock.now(), results=joined
        )

    def run(
        self,
        task: VerificationTask,
        *,
        by: Principal,
        progress: Progress = lambda _label, _rows: None,
    ) -> CheckResult:
        """Run one task, which `verify` made."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        tally = Tally(report=lambda tally: progress(task.label, sum(tally.rows.values())))
        findings, omitted = list[Finding](), 0
        with self.unit_of_work.snapshot():
            for finding in self._check_of(task).findings(tally, scope=by.tenant_scope):
                if len(findings) < MOST_FINDINGS:
                    findings.append(finding)
                else:
                    omitted += 1
        progress(task.label, sum(tally.rows.values()))
        return CheckResult(
            name=task.check, rows=dict(tally.rows), findings=tuple(findings), omitted=omitted
        )

    def _tasks(
        self, only: Collection[str], exported: tuple[Anchor, ...], scope: TenantScope
    ) -> list[VerificationTask]:
        divided = [c.name for c in self.divisible_checks if not only or c.name in only]
        ranges = ranges_between(
            self.user_boundaries(self.streams_at_once, scope) if divided else ()
        )
        # What cannot be divided comes first: begun last, it would leave other processes without work.
        tasks = [
            *(VerificationTask(check=check.name, label=check.name) for check in self.checks),
            VerificationTask(
                check=self.anchor_check.name, label=self.anchor_check.name, exported=exported
            ),
            *(_part(name, number, ranges) for name in divided for number in range(len(ranges))),
        ]
        return [task for task in tasks if not only or task.check in only]

    def _check_of(self, task: VerificationTask) -> Check:
        divisible = {check.name: check.of(task.users) for check in self.divisible_checks}
        others = [*self.checks, self.anchor_check.comparing_with(task.exported)]
        return (divisible | {check.name: check for check in others})[task.check]


def members_of(report: VerificationReport) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "started_at": report.started_at.isoformat(),
        "finished_at": report.finished_at.isoformat(),
        "is_clean": report.is_clean,
        "checks": [
            {"name": result.name, "rows": result.rows, "omitted": result.omitted}
            for result in report.results
        ],
        "findings": [
            {"check": result.name, **asdict(finding)}
            for result in report.results
            for finding in result.findings
        ],
    }


def _part(name: str, number: int, ranges: Sequence[UserRange]) -> VerificationTask:
    label = name if len(ranges) == 1 else f"{name}, part {number + 1} of {len(ranges)}"
    return VerificationTask(check=name, users=ranges[number], label=label)


def _joined(results: Iterable[CheckResult], names: Iterable[str]) -> tuple[CheckResult, ...]:
    """Join the results of parts of one check; those of different checks follow in the order of *names*."""
    parts = dict[str, list[CheckResult]]()
    for result in results:
        parts.setdefault(result.name, []).append(result)
    return tuple(_whole(name, parts[name]) for name in names if name in parts)


def _whole(name: str, parts: Sequence[CheckResult]) -> CheckResult:
    rows = Counter[str]()
    for part in parts:
        rows.update(part.rows)
    findings = tuple(finding for part in parts for finding in part.findings)
    omitted = sum(part.omitted for part in parts) + len(findings[MOST_FINDINGS:])
    return CheckResult(name=name, rows=rows, findings=findings[:MOST_FINDINGS], omitted=omitted)
