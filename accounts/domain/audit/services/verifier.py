"""Verification of everything that the service vouches for, in one report."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.domain.access import Principal, Right
from accounts.domain.audit.entities import Anchor
from accounts.domain.audit.services.anchor_check import AnchorCheck
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.kernel.verification import Check, Finding, Tally

MOST_FINDINGS: Final = 1000
"""Number of findings of one check that a report names; more are counted."""

Progress = Callable[[str, int], None]
"""Called with the name of a check and the number of rows it has verified."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Runs all checks on one state of the store.

    Needs the right to manage all organizations; raises NotPermitted without it, and InsideUnitOfWork when the caller
    has a unit of work open.
    """

    checks: tuple[Check, ...]
    anchor_check: AnchorCheck
    unit_of_work: UnitOfWork
    clock: Clock

    @property
    def names(self) -> list[str]:
        """Names of the checks, in their order."""
        return [check.name for check in self._all(())]

    def verify(
        self,
        *,
        by: Principal,
        only: Collection[str] = (),
        exported: Iterable[Anchor] = (),
        progress: Progress = lambda _name, _rows: None,
    ) -> VerificationReport:
        """Run the checks, or *only* those with these names; compare the logs with *exported* anchors, too."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        self.unit_of_work.require_outside()
        started_at = self.clock.now()
        with self.unit_of_work.snapshot():
            results = tuple(
                _result_of(check, scope=by.tenant_scope, progress=progress)
                for check in self._all(exported)
                if not only or check.name in only
            )
        return VerificationReport(
            started_at=started_at, finished_at=self.clock.now(), results=results
        )

    def _all(self, exported: Iterable[Anchor]) -> list[Check]:
        return [*self.checks, self.anchor_check.comparing_with(exported)]


def _result_of(check: Check, *, scope: TenantScope, progress: Progress) -> CheckResult:
    tally = Tally(report=lambda tally: progress(check.name, sum(tally.rows.values())))
    findings, omitted = list[Finding](), 0
    for finding in check.findings(tally, scope=scope):
        if len(findings) < MOST_FINDINGS:
            findings.append(finding)
        else:
            omitted += 1
    progress(check.name, sum(tally.rows.values()))
    return CheckResult(
        name=check.name, rows=dict(tally.rows), findings=tuple(findings), omitted=omitted
    )
