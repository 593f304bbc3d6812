"""Races for a budget that is nearly spent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Final

import pytest

from progress.domain.ai.entities.budgets import (
    RESERVED_FOR,
    BudgetKey,
    BudgetKind,
    BudgetLimit,
    Reservation,
    Spending,
    keys_of,
    month_of,
)
from progress.domain.ai.entities.sessions import AISession
from progress.domain.ai.errors import AIBudgetExceeded
from progress.domain.ai.ports import TokenUsage
from progress.domain.ai.services.budgets import BudgetPolicy, BudgetService
from tests.support.ai import an_ai_session
from tests.support.databases import connected_to
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

CALLS: Final = 12
CALL: Final = Spending(tokens=100, cost_micro_usd=1000)
Reserve = Callable[[], Reservation]


def budgets_of(town: World, kind: BudgetKind, limit: BudgetLimit) -> BudgetService:
    policy = BudgetPolicy(limits={kind: limit})
    return replace(town.services.ai_budgets, policy=policy)


def allowed(database_url: str, reserves: list[Reserve]) -> list[Reservation]:
    """The reservations of those of the calls, all made at once, that were allowed."""
    barrier = Barrier(len(reserves))

    def result(reserve: Reserve) -> Reservation | None:
        with connected_to(database_url):
            barrier.wait()
            try:
                return reserve()
            except AIBudgetExceeded:
                return None

    with ThreadPoolExecutor(len(reserves)) as pool:
        return [reservation for reservation in pool.map(result, reserves) if reservation]


def spent_by(town: World, session: AISession) -> Spending:
    """What the learner of the session has spent, with what is reserved."""
    (key,) = (k for k in keys_of(session, at=town.clock.at) if k.kind is BudgetKind.LEARNER)
    (state,) = town.repositories.ai_budgets.states([key])
    return state.committed


@pytest.mark.parametrize("left", [1, 100, 101])
def test_of_twelve_calls_at_once_at_most_one_spends_more_than_is_left(
    town: World, database_url: str, left: int
) -> None:
    session = an_ai_session(town.has_user().id)
    budgets = budgets_of(town, BudgetKind.LEARNER, BudgetLimit(tokens=1000))
    earlier = budgets.reserve(session, Spending(tokens=1000 - left))
    budgets.settle(earlier, TokenUsage(input_tokens=1000 - left), 0)

    reservations = allowed(database_url, [lambda: budgets.reserve(session, CALL)] * CALLS)

    assert len(reservations) == (1 if left <= 100 else 2)
    for reservation in reservations:
        budgets.settle(reservation, TokenUsage(input_tokens=60, output_tokens=40), 1000)
    assert spent_by(town, session).tokens <= 1000 + CALL.tokens
    assert town.repositories.ai_budgets.expired(at=town.clock.at + RESERVED_FOR, limit=10) == []


def test_calls_of_different_learners_share_the_budget_of_the_platform_without_deadlocks(
    town: World, database_url: str
) -> None:
    sessions = [an_ai_session(town.has_user().id) for _ in range(5)]
    month = month_of(town.clock.at)
    budgets = budgets_of(town, BudgetKind.PLATFORM, BudgetLimit(cost_micro_usd=8_000))

    reservations = allowed(
        database_url,
        [partial(budgets.reserve, session, CALL) for session in sessions * 4],
    )

    assert len(reservations) == 8
    (platform,) = (key for key in reservations[0].keys if key.kind is BudgetKind.PLATFORM)
    assert platform == BudgetKey.parse(str(platform))
    assert platform.month == month
    (state,) = town.repositories.ai_budgets.states([platform])
    assert state.reserved.cost_micro_usd == 8_000
    for reservation in reservations:
        budgets.release(reservation)


def test_a_reservation_that_is_settled_and_expires_at_once_is_counted_once(
    town: World, database_url: str
) -> None:
    session = an_ai_session(town.has_user().id)
    budgets = budgets_of(town, BudgetKind.LEARNER, BudgetLimit(tokens=10_000))
    reservation = budgets.reserve(session, CALL)
    late = replace(budgets, clock=replace(town.clock, at=reservation.expires_at))
    usage, barrier = TokenUsage(input_tokens=60), Barrier(5)

    def act(ends: Callable[[], object]) -> None:
        with connected_to(database_url):
            barrier.wait()
            ends()

    ends: list[Callable[[], object]] = [
        lambda: budgets.settle(reservation, usage, 0),
        *[late.remove_expired] * 4,
    ]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(act, ends))

    assert spent_by(town, session) == Spending(tokens=60)
