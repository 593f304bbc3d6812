"""Budgets: reserving what a call may spend before it is made, and settling what it has spent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Final, NoReturn
from uuid import uuid4

from authsvc.kernel.canonical import utc_text
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from progress.domain.ai.entities.budgets import (
    RESERVED_FOR,
    UNLIMITED,
    WHOLE_PLATFORM,
    BudgetKey,
    BudgetKind,
    BudgetLimit,
    BudgetState,
    LimitedBudget,
    Reservation,
    ReservationId,
    Spending,
    end_of_month,
    keys_of,
    month_of,
)
from progress.domain.ai.entities.sessions import AISession
from progress.domain.ai.errors import AIBudgetExceeded, AISessionBudgetExceeded
from progress.domain.ai.ports import TokenUsage
from progress.domain.ai.repositories.protocols.budgets import (
    AIBudgetRepository,
    AISettingsRepository,
)

EXPIRED_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPolicy:
    """The limits of the platform, by kind. Those of organizations and courses hold unless they have their own."""

    limits: Mapping[BudgetKind, BudgetLimit] = field(default_factory=dict)

    def limit(self, kind: BudgetKind) -> BudgetLimit:
        return self.limits.get(kind, UNLIMITED)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetService:
    """Charges calls of models to the budgets of session, learner, course, organization and platform.

    A call is allowed as long as something is left of each budget, counting what is reserved for other calls. So
    concurrent calls spend at most one call more than a budget has.
    """

    budgets: AIBudgetRepository
    settings: AISettingsRepository
    policy: BudgetPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def reserve(self, session: AISession, most: Spending) -> Reservation:
        """Reserve the most that a call may spend. Raises AIBudgetExceeded if a budget is spent.

        Settle or release the reservation when the call has ended; otherwise it expires.
        """
        try:
            return self._reserve(session, most)
        except AIBudgetExceeded:
            # The process of an earlier call may have died.
            if not self.remove_expired():
                raise
        return self._reserve(session, most)

    def settle(self, reservation: Reservation, usage: TokenUsage, cost_micro_usd: int) -> None:
        """Replace the reservation by what the call has spent; call it once. It is charged after the expiry, too."""
        with self.unit_of_work.atomic():
            self._end(reservation, Spending.on(usage, cost_micro_usd), is_late_charged=True)

    def release(self, reservation: Reservation) -> None:
        """Drop the reservation of a call that has spent nothing."""
        with self.unit_of_work.atomic():
            self._end(reservation, Spending())

    def remove_expired(self) -> int:
        """Release the reservations that have expired, and return how many."""
        removed = 0
        expired = self.budgets.expired(at=self.clock.now(), limit=EXPIRED_AT_ONCE)
        for reservation in expired:
            # Each by itself, so that the budgets of several are never locked in two orders.
            with self.unit_of_work.atomic():
                removed += self._end(reservation, Spending())
        return removed

    def state_of(self, kind: BudgetKind, subject_id: object, limit: BudgetLimit) -> LimitedBudget:
        """Return the budget of this month, and its limit."""
        key = BudgetKey.parse(f"{kind}:{subject_id}:{month_of(self.clock.now())}")
        (state,) = self.budgets.states([key]) or [BudgetState(key=key)]
        return LimitedBudget(state=state, limit=limit)

    def _reserve(self, session: AISession, most: Spending) -> Reservation:
        now = self.clock.now()
        with self.unit_of_work.atomic():
            limits = self._limits(session, now)
            states = self.budgets.charge(limits, reserved=most)
            is_nearly_spent = False
            for state in states:
                limit, before = limits[state.key], state.committed + -most
                if limit.is_reached(before):
                    self._refuse(state.key, now)
                is_nearly_spent |= limit.is_nearly_reached(before)
            reservation = Reservation(
                id=ReservationId(uuid4()),
                keys=tuple(limits),
                most=most,
                expires_at=now + RESERVED_FOR,
                is_nearly_spent=is_nearly_spent,
            )
            self.budgets.add(reservation)
        return reservation

    def _limits(self, session: AISession, now: datetime) -> dict[BudgetKey, BudgetLimit]:
        """The budgets that a call in the session is charged to, and their limits."""
        limits = {key: self.policy.limit(key.kind) for key in keys_of(session, at=now)}
        owners = [id_ for id_ in (session.org_id, session.course_id) if id_ is not None]
        if owners:
            scope = TenantScope.into(session.org_id)
            own = {row.subject_id: row for row in self.settings.those_of(owners, scope=scope)}
            limits |= {
                key: own[key.subject_id].limit(limit)
                for key, limit in limits.items()
                if key.subject_id in own
            }
        whole = self.policy.limit(BudgetKind.PLATFORM)
        if whole != UNLIMITED:  # otherwise all calls would take turns for nothing
            key = BudgetKey(
                kind=BudgetKind.PLATFORM, subject_id=WHOLE_PLATFORM, month=month_of(now)
            )
            limits[key] = whole
        return limits

    def _end(
        self, reservation: Reservation, spent: Spending, *, is_late_charged: bool = False
    ) -> bool:
        """End the reservation, and return whether it was there: it may have expired."""
        was_there = self.budgets.remove(reservation.id)
        if was_there:
            self.budgets.charge(reservation.keys, spent=spent, reserved=-reservation.most)
        elif is_late_charged:
            self.budgets.charge(reservation.keys, spent=spent)
        return was_there

    @staticmethod
    def _refuse(key: BudgetKey, now: datetime) -> NoReturn:
        """Raises AIBudgetExceeded, AISessionBudgetExceeded."""
        if key.kind is BudgetKind.SESSION:
            raise AISessionBudgetExceeded
        resets_at = end_of_month(now)
        raise AIBudgetExceeded(
            budget=key.kind.value,
            resets_at=utc_text(resets_at),
            retry_after=max(1, ceil((resets_at - now).total_seconds())),
        )
