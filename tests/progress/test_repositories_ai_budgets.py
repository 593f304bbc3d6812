"""Repositories of budgets, settings and usage, on every store."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from progress.domain.ai.entities.budgets import (
    AISettings,
    BudgetKey,
    BudgetKind,
    BudgetState,
    Reservation,
    ReservationId,
    Spending,
)
from progress.domain.ai.entities.usage import UsageSelection
from tests.support.ai import GENERATED, an_ai_session, an_interaction
from tests.support.builders import NOON
from tests.support.worlds import World

PLATFORM = TenantScope()
SPENT = Spending(tokens=60, cost_micro_usd=7)
RESERVED = Spending(tokens=100, cost_micro_usd=10)


def a_key(kind: BudgetKind = BudgetKind.LEARNER) -> BudgetKey:
    return BudgetKey(kind=kind, subject_id=uuid4(), month="2026-03")


def test_charges_add_up(world: World) -> None:
    keys, ai_budgets = [a_key(), a_key(BudgetKind.COURSE)], world.repositories.ai_budgets
    first = ai_budgets.charge(keys, reserved=RESERVED)

    second = ai_budgets.charge(keys[:1], spent=SPENT, reserved=-RESERVED)

    assert {state.key: state for state in first} == {
        key: BudgetState(key=key, reserved=RESERVED) for key in keys
    }
    assert second == [BudgetState(key=keys[0], spent=SPENT)]
    assert ai_budgets.charge(keys[:1]) == second
    assert {state.key: state.committed for state in ai_budgets.states([*keys, a_key()])} == {
        keys[0]: SPENT,
        keys[1]: RESERVED,
    }


def test_a_reservation_is_removed_once(world: World) -> None:
    ai_budgets = world.repositories.ai_budgets
    reservations = [
        Reservation(
            id=ReservationId(uuid4()),
            keys=(a_key(), a_key(BudgetKind.SESSION)),
            most=RESERVED,
            expires_at=NOON + timedelta(minutes=minute),
        )
        for minute in range(3)
    ]
    for reservation in reversed(reservations):
        ai_budgets.add(reservation)

    expired = ai_budgets.expired(at=NOON + timedelta(minutes=1), limit=10)

    assert expired == reservations[:2]
    assert ai_budgets.expired(at=NOON + timedelta(days=1), limit=1) == reservations[:1]
    assert [ai_budgets.remove(reservations[0].id) for _ in range(2)] == [True, False]
    assert ai_budgets.expired(at=NOON, limit=10) == []


def test_settings_are_stored_for_organizations_and_courses(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)
    scope, ai_settings = TenantScope.into(course.org_id), world.repositories.ai_settings
    assert course.org_id is not None
    of_course = AISettings(subject_id=course.id, org_id=course.org_id, course_id=course.id)
    of_org = AISettings(
        subject_id=course.org_id,
        org_id=course.org_id,
        monthly_tokens=1,
        monthly_cost_micro_usd=2**40,
        retention_days=3,
    )
    ai_settings.put(of_org, scope=scope)

    assert ai_settings.locked(of_course, scope=scope) == of_course
    changed = replace(of_course, monthly_tokens=0)
    ai_settings.put(changed, scope=scope)

    assert ai_settings.locked(of_course, scope=scope) == changed
    stored = ai_settings.those_of([course.id, course.org_id, uuid4()], scope=scope)
    assert {row.subject_id: row for row in stored} == {course.id: changed, course.org_id: of_org}
    assert ai_settings.those_of([course.id], scope=PLATFORM) == []
    with pytest.raises(OutsideTenantScope):
        ai_settings.put(of_org, scope=PLATFORM)
    with pytest.raises(OutsideTenantScope):
        ai_settings.locked(of_org, scope=PLATFORM)


def test_usage_is_summed_by_month_course_and_model(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)
    anna, scope = world.has_user().id, TenantScope.into(course.org_id)
    session = an_ai_session(anna, org_id=course.org_id, course_id=course.id)
    world.repositories.ai_sessions.add(session, scope=scope)
    later = NOON + timedelta(days=31)
    other_model = replace(GENERATED, model_id="claude-opus-4-1")
    for parts in (
        {},
        {"generation": other_model},
        {},
        {"is_reported": True},
        {"occurred_at": later},
    ):
        interaction = an_interaction(session, **parts)
        world.repositories.ai_interactions.append(interaction, scope=scope)
        session = session.after(interaction)
    ai_usage, selection = world.repositories.ai_usage, UsageSelection(user_id=anna)

    rows = ai_usage.by_month(selection, since=NOON, scope=scope)

    assert [(row.month, row.model_id, row.is_reported, row.interactions) for row in rows] == [
        ("2026-04", "claude-sonnet-4-5", False, 1),
        ("2026-03", "claude-opus-4-1", False, 1),
        ("2026-03", "claude-sonnet-4-5", False, 2),
        ("2026-03", "claude-sonnet-4-5", True, 1),
    ]
    summed = rows[2]
    assert (summed.org_id, summed.course_id) == (course.org_id, course.id)
    assert (summed.input_tokens, summed.cached_tokens, summed.output_tokens) == (240, 200, 80)
    assert summed.cost_micro_usd == 1920
    for other in (
        UsageSelection(org_id=course.org_id),
        UsageSelection(course_id=course.id),
        UsageSelection(user_id=anna, course_id=course.id),
    ):
        assert ai_usage.by_month(other, since=NOON, scope=scope) == rows
    assert ai_usage.by_month(selection, since=later, scope=scope) == rows[:1]
    assert ai_usage.by_month(selection, since=NOON, scope=PLATFORM) == []
    nobody = UsageSelection(user_id=world.has_user().id)
    assert ai_usage.by_month(nobody, since=NOON, scope=ALL_TENANTS) == []
