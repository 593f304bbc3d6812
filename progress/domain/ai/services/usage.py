"""Usage reports: what learners, courses and organizations use of AI, and how much of their budgets is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.public import OrganizationId, Principal, Right, SubjectType, TenantAccess
from authsvc.kernel.clock import Clock
from courses.public import CatalogService
from progress.domain.ai.entities.budgets import (
    AISettings,
    BudgetKind,
    LimitedBudget,
)
from progress.domain.ai.entities.usage import MONTHS_SHOWN, UsageRow, UsageSelection
from progress.domain.ai.repositories.protocols.budgets import (
    AISettingsRepository,
    AIUsageRepository,
)
from progress.domain.ai.services.budgets import BudgetService


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """The usage of the last twelve months, and the budget of the current one."""

    budget: LimitedBudget
    rows: tuple[UsageRow, ...]

    @property
    def spent(self) -> dict[str, int]:
        committed = self.budget.state.committed
        return {"tokens": committed.tokens, "cost_micro_usd": committed.cost_micro_usd}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageService:
    usage: AIUsageRepository
    settings: AISettingsRepository
    budgets: BudgetService
    catalog: CatalogService
    tenant_access: TenantAccess
    clock: Clock

    def of_caller(self, *, by: Principal) -> UsageReport:
        """Return what the caller has used."""
        selection = UsageSelection(user_id=by.person)
        rows = self.usage.by_month(selection, since=self._since(), scope=by.member_scope)
        return UsageReport(budget=self.budget_of_caller(by=by), rows=tuple(rows))

    def budget_of_caller(self, *, by: Principal) -> LimitedBudget:
        """Return the caller's own budget of this month."""
        limit = self.budgets.policy.limit(BudgetKind.LEARNER)
        return self.budgets.state_of(BudgetKind.LEARNER, by.person, limit)

    def of_course(self, slug_or_id: str, *, by: Principal) -> UsageReport:
        """Return what was used on the course, without names. Raises CourseNotFound, NotPermitted."""
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.SEE_PROGRESS, of=course.org_id)
        own = self.settings.those_of([course.id], scope=by.tenant_scope)
        selection = UsageSelection(course_id=course.id)
        report = self._report(BudgetKind.COURSE, course.id, selection, own, by)
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.LEARNERS, subject_id=course.id, by=by
        )
        return report

    def of_organization(self, org_id: OrganizationId, *, by: Principal) -> UsageReport:
        """Return what was used in the organization, without names, to those who manage members.

        Raises OrganizationNotFound, NotPermitted.
        """
        self.tenant_access.require_to_list(
            org_id, Right.MANAGE_MEMBERS, of=SubjectType.AI_SESSION, by=by
        )
        own = self.settings.those_of([org_id], scope=by.tenant_scope)
        selection = UsageSelection(org_id=org_id)
        return self._report(BudgetKind.ORGANIZATION, org_id, selection, own, by)

    def _report(
        self,
        kind: BudgetKind,
        subject_id: object,
        selection: UsageSelection,
        own: Iterable[AISettings],
        by: Principal,
    ) -> UsageReport:
        limit = self.budgets.policy.limit(kind)
        for settings in own:
            limit = settings.limit(limit)
        rows = self.usage.by_month(selection, since=self._since(), scope=by.tenant_scope)
        budget = self.budgets.state_of(kind, subject_id, limit)
        return UsageReport(budget=budget, rows=tuple(rows))

    def _since(self) -> datetime:
        """The beginning of the first month that is shown."""
        month = self.clock.now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0)
        month = month.replace(microsecond=0)
        for _ in range(MONTHS_SHOWN - 1):
            month = (month - timedelta(days=1)).replace(day=1)
        return month
