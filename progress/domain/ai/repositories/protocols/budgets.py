"""Repository protocols of budgets, settings and usage."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from authsvc.kernel.tenancy import TenantScope
from courses.public import CourseId
from progress.domain.ai.entities.budgets import (
    NOTHING,
    AISettings,
    BudgetKey,
    BudgetState,
    Reservation,
    ReservationId,
    Spending,
)
from progress.domain.ai.entities.outcomes import SessionOutcome
from progress.domain.ai.entities.prompts import PromptResult
from progress.domain.ai.entities.usage import UsageRow, UsageSelection


class AIBudgetRepository(Protocol):
    """Counters of budgets, and reservations. Callers have checked that they may charge or see them."""

    def charge(
        self,
        keys: Collection[BudgetKey],
        *,
        spent: Spending = NOTHING,
        reserved: Spending = NOTHING,
    ) -> list[BudgetState]:
        """Add to what was spent and reserved of each budget, and return them as they then are.

        Concurrent calls with common budgets take turns, until the unit of work ends.
        """

    def states(self, keys: Collection[BudgetKey]) -> list[BudgetState]:
        """Return the budgets; those without a charge are left out."""

    def add(self, reservation: Reservation) -> None:
        """Store a new reservation."""

    def remove(self, reservation_id: ReservationId) -> bool:
        """Delete the reservation, and return whether it was there: of concurrent calls, one returns true."""

    def expired(self, *, at: datetime, limit: int) -> list[Reservation]:
        """Return reservations that have expired, first those that expired first."""


class AISettingsRepository(Protocol):
    def those_of(self, subject_ids: Sequence[UUID], *, scope: TenantScope) -> list[AISettings]:
        """Return the settings of the organizations and courses with these ids that are in scope, in any order."""

    def with_retention(self, *, scope: TenantScope) -> list[AISettings]:
        """Return the settings in scope that decide how long texts are stored, in any order."""

    def locked(self, empty: AISettings, *, scope: TenantScope) -> AISettings:
        """Return the settings of the same organization or course, locked until the unit of work ends.

        If there are none, store the empty ones.
        """

    def put(self, settings: AISettings, *, scope: TenantScope) -> None:
        """Store the settings, instead of earlier ones of the same organization or course."""


class AIUsageRepository(Protocol):
    def by_month(
        self, selection: UsageSelection, *, since: datetime, scope: TenantScope
    ) -> list[UsageRow]:
        """Return the usage in scope since then, by month, latest first, then organization, course and model."""


class AIOutcomeRepository(Protocol):
    def of_course(self, course_id: CourseId, *, scope: TenantScope) -> list[SessionOutcome]:
        """Return all sessions on the course in scope with their outcomes, oldest first; the id breaks ties."""

    def by_prompt(self, *, since: datetime, scope: TenantScope) -> list[PromptResult]:
        """Return the results of the answers in scope since then, by name and version of their prompt.

        Versions are in the order of their numbers. What clients have reported does not count.
        """
