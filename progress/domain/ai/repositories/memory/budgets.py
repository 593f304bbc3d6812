"""Budgets, settings and usage in memory."""

from collections import defaultdict
from collections.abc import Collection, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from authsvc.kernel.tenancy import TenantScope
from progress.domain.ai.entities.budgets import (
    NOTHING,
    AISettings,
    BudgetKey,
    BudgetState,
    Reservation,
    ReservationId,
    Spending,
    month_of,
)
from progress.domain.ai.entities.sessions import AIInteraction, AISessionSelection
from progress.domain.ai.entities.usage import UsageRow, UsageSelection
from progress.domain.ai.repositories.memory.sessions import InMemoryAIInteractionRepository


@dataclass(frozen=True, slots=True)
class InMemoryAIBudgetRepository:
    store: MutableMapping[BudgetKey, BudgetState] = field(default_factory=dict)
    reservations: MutableMapping[ReservationId, Reservation] = field(default_factory=dict)

    def charge(
        self,
        keys: Collection[BudgetKey],
        *,
        spent: Spending = NOTHING,
        reserved: Spending = NOTHING,
    ) -> list[BudgetState]:
        for key in keys:
            state = self.store.get(key, BudgetState(key=key))
            self.store[key] = BudgetState(
                key=key, spent=state.spent + spent, reserved=state.reserved + reserved
            )
        return self.states(keys)

    def states(self, keys: Collection[BudgetKey]) -> list[BudgetState]:
        return [self.store[key] for key in keys if key in self.store]

    def add(self, reservation: Reservation) -> None:
        self.reservations[reservation.id] = reservation

    def remove(self, reservation_id: ReservationId) -> bool:
        return self.reservations.pop(reservation_id, None) is not None

    def expired(self, *, at: datetime, limit: int) -> list[Reservation]:
        expired = [row for row in self.reservations.values() if row.expires_at <= at]
        return sorted(expired, key=lambda row: (row.expires_at, row.id))[:limit]


@dataclass(frozen=True, slots=True)
class InMemoryAISettingsRepository:
    store: MutableMapping[UUID, AISettings] = field(default_factory=dict)

    def those_of(self, subject_ids: Sequence[UUID], *, scope: TenantScope) -> list[AISettings]:
        stored = (self.store[id_] for id_ in subject_ids if id_ in self.store)
        return list(scope.among(stored))

    def with_retention(self, *, scope: TenantScope) -> list[AISettings]:
        in_scope = scope.among(self.store.values())
        return [settings for settings in in_scope if settings.retention_days is not None]

    def locked(self, empty: AISettings, *, scope: TenantScope) -> AISettings:
        scope.require(empty.org_id)
        return self.store.setdefault(empty.subject_id, empty)

    def put(self, settings: AISettings, *, scope: TenantScope) -> None:
        scope.require(settings.org_id)
        self.store[settings.subject_id] = settings


@dataclass(frozen=True, slots=True)
class InMemoryAIUsageRepository:
    interactions: InMemoryAIInteractionRepository

    def by_month(
        self, selection: UsageSelection, *, since: datetime, scope: TenantScope
    ) -> list[UsageRow]:
        groups = defaultdict[tuple[str, ...], list[AIInteraction]](list)
        of_sessions = AISessionSelection(
            user_id=selection.user_id, org_id=selection.org_id, course_id=selection.course_id
        )
        for row in scope.among(self.interactions.store.values()):
            session = self.interactions.sessions.store[row.session_id]
            if row.occurred_at >= since and of_sessions.covers(session):
                groups[self._group_of(row)].append(row)
        # By month, latest first; sorting is stable.
        keys = sorted(sorted(groups), key=lambda key: key[0], reverse=True)
        return [self._usage(groups[key]) for key in keys]

    def _group_of(self, row: AIInteraction) -> tuple[str, ...]:
        course_id = self.interactions.sessions.store[row.session_id].course_id
        return (
            month_of(row.occurred_at),
            str(row.org_id or ""),
            str(course_id or ""),
            row.generation.provider,
            row.generation.model_id,
            str(row.is_reported),
        )

    def _usage(self, rows: Sequence[AIInteraction]) -> UsageRow:
        first = rows[0]
        return UsageRow(
            month=month_of(first.occurred_at),
            org_id=first.org_id,
            course_id=self.interactions.sessions.store[first.session_id].course_id,
            provider=first.generation.provider,
            model_id=first.generation.model_id,
            is_reported=first.is_reported,
            interactions=len(rows),
            input_tokens=sum(row.generation.usage.input_tokens for row in rows),
            cached_tokens=sum(row.generation.usage.cached_tokens for row in rows),
            output_tokens=sum(row.generation.usage.output_tokens for row in rows),
            cost_micro_usd=sum(row.generation.cost_micro_usd for row in rows),
        )
