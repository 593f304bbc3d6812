"""Repositories of budgets, settings, usage, outcomes and flags, on every store."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
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
from progress.domain.ai.entities.feedback import AIFlag, AIFlagId, FlagOutcome
from progress.domain.ai.entities.sessions import AIInteraction
from progress.domain.ai.entities.usage import UsageSelection
from progress.domain.ai.errors import AIFlagNotFound
from tests.support.ai import GENERATED, an_ai_session, an_interaction
from tests.support.attempts import RIGHT, an_examinee
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
    assert ai_settings.with_retention(scope=scope) == [of_org]
    assert of_org not in ai_settings.with_retention(scope=PLATFORM)
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


def test_outcomes_follow_from_attempts_and_completions_after_the_start(world: World) -> None:
    anna = an_examinee(world)
    attempt = anna.answers(anna.begins(), **RIGHT)
    started_at = world.clock.now()
    sessions = [
        an_ai_session(
            anna.principal.person,
            course_id=anna.course.id,
            item_id=item_id,
            started_at=started_at + timedelta(minutes=minutes),
        )
        for minutes, item_id in ((0, attempt.item_id), (1, uuid4()), (2, None), (90, None))
    ]
    for session in sessions:
        world.repositories.ai_sessions.add(session, scope=PLATFORM)
    answer = an_interaction(sessions[0])
    claim = an_interaction(sessions[0].after(answer), is_reported=True)
    for interaction in (answer, claim):
        world.repositories.ai_interactions.append(interaction, scope=PLATFORM)
    world.clock.go_on(minutes=5)
    world.services.attempts.submit(attempt.id, by=anna.principal)
    ai_outcomes = world.repositories.ai_outcomes

    outcomes = ai_outcomes.of_course(anna.course.id, scope=PLATFORM)

    assert [outcome.session_id for outcome in outcomes] == [session.id for session in sessions]
    assert [outcome.was_passed for outcome in outcomes] == [True, False, True, False]
    assert [outcome.cost_micro_usd for outcome in outcomes] == [960, 0, 0, 0]
    assert not any(outcome.was_completed for outcome in outcomes)


def a_flag_on(interaction: AIInteraction, **parts: Any) -> AIFlag:
    flag = AIFlag(
        id=AIFlagId(uuid4()),
        interaction_id=interaction.id,
        session_id=interaction.session_id,
        user_id=interaction.user_id,
        org_id=interaction.org_id,
        comment="Wrong knot.",
        flagged_at=NOON,
    )
    return replace(flag, **parts)


def test_one_flag_of_a_user_on_an_interaction_is_open(world: World) -> None:
    session = an_ai_session(world.has_user().id, org_id=world.has_organization().id)
    scope, ai_flags = TenantScope.into(session.org_id), world.repositories.ai_flags
    world.repositories.ai_sessions.add(session, scope=scope)
    interaction = an_interaction(session)
    world.repositories.ai_interactions.append(interaction, scope=scope)
    flag, again = a_flag_on(interaction), a_flag_on(interaction, comment="Very wrong.")
    other = a_flag_on(interaction, user_id=world.has_user().id)
    for opened in (flag, other, again):
        ai_flags.open(opened, scope=scope)

    stored = ai_flags.get_for_update(flag.id, scope=scope)

    assert stored == replace(flag, comment="Very wrong.")
    with pytest.raises(AIFlagNotFound):
        ai_flags.get_for_update(again.id, scope=scope)
    with pytest.raises(AIFlagNotFound):
        ai_flags.get_for_update(flag.id, scope=PLATFORM)
    decided = stored.decided(FlagOutcome.UPHELD, "Yes.", by=world.has_user().id, at=NOON)
    ai_flags.save(decided, scope=scope)
    ai_flags.open(again, scope=scope)
    assert ai_flags.get_for_update(flag.id, scope=scope) == decided
    assert ai_flags.get_for_update(again.id, scope=scope) == again
    assert ai_flags.remove_comments(session.user_id, scope=scope) == 2
    assert ai_flags.get_for_update(again.id, scope=scope).comment == ""
    assert ai_flags.get_for_update(other.id, scope=scope) == other
    for write in (ai_flags.open, ai_flags.save):
        with pytest.raises(OutsideTenantScope):
            write(flag, scope=PLATFORM)
