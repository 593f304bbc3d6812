"""BudgetService, UsageService and AISettingsService."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrgRole
from accounts.domain.audit.entities import AuditAction
from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.ai.entities.budgets import (
    NOTHING,
    UNLIMITED,
    AISettings,
    BudgetKey,
    BudgetKind,
    BudgetLimit,
    Spending,
    end_of_month,
    keys_of,
    month_of,
)
from progress.domain.ai.entities.sessions import AISession, SessionType
from progress.domain.ai.entities.usage import table_of_usage
from progress.domain.ai.errors import (
    AIBudgetExceeded,
    AIBudgetTooHigh,
    AISessionBudgetExceeded,
)
from progress.domain.ai.ports import TokenUsage
from progress.domain.ai.services.budgets import BudgetPolicy, BudgetService
from progress.domain.ai.services.sessions import Topic
from progress.domain.ai.services.settings import AIDecisions, AISettingsService
from tests.support.ai import a_conversation, an_ai_session
from tests.support.builders import NOON, a_principal
from tests.support.learning import a_learner, a_learner_in, a_published_course
from tests.support.organizations import a_member
from tests.support.worlds import World

CALL: Final = Spending(tokens=100, cost_micro_usd=10)
USED: Final = TokenUsage(input_tokens=40, cached_tokens=30, output_tokens=20)


def budgets_of(world: World, **limits: BudgetLimit) -> BudgetService:
    policy = BudgetPolicy(limits={BudgetKind(name): limit for name, limit in limits.items()})
    return replace(world.services.ai_budgets, policy=policy)


def a_session(world: World, **parts: object) -> AISession:
    return an_ai_session(world.has_user().id, **parts)


def committed(world: World, session: AISession) -> set[Spending]:
    states = world.repositories.ai_budgets.states(keys_of(session, at=world.clock.now()))
    return {state.committed for state in states}


def test_a_call_is_charged_to_every_budget_of_its_session(memory: World) -> None:
    course = memory.has_course(org_id=memory.has_organization().id)
    session = a_session(memory, org_id=course.org_id, course_id=course.id)
    budgets = budgets_of(memory, platform=BudgetLimit(tokens=1_000_000))

    reservation = budgets.reserve(session, CALL)

    assert [key.kind for key in reservation.keys] == list(BudgetKind)
    assert committed(memory, session) == {CALL}
    budgets.settle(reservation, USED, 7)
    assert committed(memory, session) == {Spending(tokens=60, cost_micro_usd=7)}
    states = memory.repositories.ai_budgets.states(reservation.keys)
    assert {state.reserved for state in states} == {NOTHING}


def test_a_released_call_costs_nothing(memory: World) -> None:
    session, budgets = a_session(memory), budgets_of(memory)

    budgets.release(budgets.reserve(session, CALL))

    assert committed(memory, session) == {NOTHING}


@pytest.mark.parametrize("limit", [BudgetLimit(tokens=150), BudgetLimit(cost_micro_usd=15)])
@pytest.mark.parametrize("kind", ["learner", "course", "organization", "platform"])
def test_a_spent_budget_stops_the_next_call_until_the_month_ends(
    memory: World, kind: str, limit: BudgetLimit
) -> None:
    course = memory.has_course(org_id=memory.has_organization().id)
    session = a_session(memory, org_id=course.org_id, course_id=course.id)
    budgets = budgets_of(memory, **{kind: limit})
    for _ in range(2):
        budgets.reserve(session, CALL)

    with pytest.raises(AIBudgetExceeded) as raised:
        budgets.reserve(session, CALL)

    assert raised.value.facts["budget"] == kind
    assert raised.value.facts["resets_at"] == "2026-04-01T00:00:00Z"
    assert raised.value.facts["retry_after"] == int((end_of_month(NOON) - NOON).total_seconds())
    memory.clock.at = end_of_month(NOON)
    assert budgets.reserve(session, CALL).most == CALL


def test_a_rejected_call_reserves_nothing(memory: World) -> None:
    session, budgets = a_session(memory), budgets_of(memory, learner=BudgetLimit(tokens=100))
    budgets.reserve(session, CALL)

    for _ in range(3):
        with pytest.raises(AIBudgetExceeded):
            budgets.reserve(session, CALL)

    assert committed(memory, session) == {CALL}


def test_a_spent_session_is_over_but_another_can_begin(memory: World) -> None:
    session, budgets = a_session(memory), budgets_of(memory, session=BudgetLimit(tokens=100))
    budgets.reserve(session, CALL)

    with pytest.raises(AISessionBudgetExceeded):
        budgets.reserve(session, CALL)

    assert budgets.reserve(an_ai_session(session.user_id), CALL).most == CALL


def test_there_is_a_warning_at_eighty_per_cent(memory: World) -> None:
    session, budgets = a_session(memory), budgets_of(memory, learner=BudgetLimit(tokens=250))

    reservations = [budgets.reserve(session, CALL) for _ in range(3)]

    assert [reservation.is_nearly_spent for reservation in reservations] == [False, False, True]


def test_a_reservation_of_a_process_that_died_expires(memory: World) -> None:
    session, budgets = a_session(memory), budgets_of(memory, learner=BudgetLimit(tokens=100))
    lost = budgets.reserve(session, CALL)
    memory.clock.go_on(minutes=14)
    with pytest.raises(AIBudgetExceeded):
        budgets.reserve(session, CALL)
    memory.clock.go_on(minutes=1)

    reservation = budgets.reserve(session, CALL)

    budgets.settle(reservation, USED, 7)
    budgets.settle(lost, USED, 7)
    assert committed(memory, session) == {Spending(tokens=120, cost_micro_usd=14)}
    assert budgets.remove_expired() == 0


def test_expired_reservations_are_removed_by_the_upkeep(memory: World) -> None:
    session, budgets = a_session(memory), memory.services.ai_budgets
    budgets.reserve(session, CALL)
    memory.clock.go_on(hours=1)

    assert memory.services.expiring["AI reservation"].remove_expired() == 1
    assert committed(memory, session) == {NOTHING}


def test_an_organization_and_a_course_have_limits_of_their_own(memory: World) -> None:
    course = memory.has_course(org_id=memory.has_organization().id)
    session = a_session(memory, org_id=course.org_id, course_id=course.id)
    budgets = budgets_of(memory, course=BudgetLimit(tokens=10_000, cost_micro_usd=15))
    own = AISettings(
        subject_id=course.id, org_id=course.org_id, course_id=course.id, monthly_tokens=150
    )
    memory.repositories.ai_settings.put(own, scope=ALL_TENANTS)
    for _ in range(2):
        budgets.reserve(session, CALL)

    with pytest.raises(AIBudgetExceeded) as raised:
        budgets.reserve(session, CALL)

    assert raised.value.facts["budget"] == "course"
    assert own.limit(BudgetLimit(tokens=9, cost_micro_usd=15)) == BudgetLimit(
        tokens=150, cost_micro_usd=15
    )


@pytest.mark.parametrize(
    ("limit", "spending", "percent"),
    [
        (UNLIMITED, CALL, 0),
        (BudgetLimit(tokens=1000), CALL, 10),
        (BudgetLimit(tokens=1000, cost_micro_usd=11), CALL, 90),
        (BudgetLimit(tokens=50), CALL, 200),
    ],
)
def test_the_share_of_a_limit_is_the_greater_one(
    limit: BudgetLimit, spending: Spending, percent: int
) -> None:
    assert limit.percent(spending) == percent
    assert limit.is_nearly_reached(spending) is (percent >= 80)


def test_a_month_ends_at_midnight_in_utc() -> None:
    december = NOON.replace(month=12, day=31, hour=23)

    assert month_of(december) == "2026-12"
    assert month_of(end_of_month(december)) == "2027-01"
    assert end_of_month(NOON) - timedelta(microseconds=1) < end_of_month(NOON)


def test_a_budget_key_is_read_from_its_text(memory: World) -> None:
    for key in keys_of(a_session(memory), at=NOON):
        assert BudgetKey.parse(str(key)) == key


def test_usage_is_reported_by_month_course_and_model(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    talk = a_conversation(memory, anna.principal, Topic(course=course.slug))
    talk.asks("How?")
    talk.gets("Like this.")
    memory.clock.at = end_of_month(NOON)
    talk.gets("Or like this.")
    a_conversation(memory).gets("Nobody sees this.")
    usage = memory.services.ai_usage

    report = usage.of_caller(by=anna.principal)

    assert [(row.month, row.model_id, row.interactions) for row in report.rows] == [
        ("2026-04", "claude-sonnet-4-5", 1),
        ("2026-03", "", 1),
        ("2026-03", "claude-sonnet-4-5", 1),
    ]
    assert {row.course_id for row in report.rows} == {course.id}
    assert sum(row.cost_micro_usd for row in report.rows) == 2 * 960
    assert usage.of_course(course.slug, by=OPERATOR).rows == report.rows
    with pytest.raises(NotPermitted):
        usage.of_course(course.slug, by=anna.principal)
    table = list(table_of_usage(report.rows))
    assert table[0][0] == "month"
    assert table[1][3:6] == ("anthropic", "claude-sonnet-4-5", "false")
    memory.clock.go_on(days=364)
    assert usage.of_caller(by=anna.principal).rows == report.rows[:1]


def test_usage_of_an_organization_is_for_those_who_manage_members(memory: World) -> None:
    organization = memory.has_organization()
    anna = a_learner_in(memory, organization).principal
    a_conversation(memory, anna, Topic(org_id=organization.id)).gets("Like this.")
    head = a_member(organization.id, role=OrgRole.ADMIN, user=memory.has_user())
    settings = AISettings(subject_id=organization.id, org_id=organization.id, monthly_tokens=1000)
    memory.repositories.ai_settings.put(settings, scope=ALL_TENANTS)

    report = memory.services.ai_usage.of_organization(organization.id, by=head)

    assert [row.org_id for row in report.rows] == [organization.id]
    assert report.budget.limit.tokens == 1000
    with pytest.raises(NotPermitted):
        memory.services.ai_usage.of_organization(organization.id, by=anna)


def settings_of(world: World, limit: BudgetLimit) -> AISettingsService:
    kinds = (BudgetKind.ORGANIZATION, BudgetKind.COURSE)
    policy = BudgetPolicy(limits=dict.fromkeys(kinds, limit))
    return replace(world.services.ai_settings, policy=policy)


def test_an_admin_decides_within_the_limits_of_the_platform(memory: World) -> None:
    organization = memory.has_organization()
    head = a_member(organization.id, role=OrgRole.ADMIN, user=memory.has_user())
    service = settings_of(memory, BudgetLimit(tokens=1000))
    decide = service.decide_for_organization

    decided = decide(organization.id, AIDecisions(monthly_tokens=1000, retention_days=30), by=head)

    assert service.of_organization(organization.id, by=head) == decided
    assert (decided.monthly_tokens, decided.retention_days) == (1000, 30)
    for tokens in (0, 1001):
        with pytest.raises(AIBudgetTooHigh):
            decide(organization.id, AIDecisions(monthly_tokens=tokens), by=head)
    assert decide(organization.id, AIDecisions(monthly_tokens=5000), by=OPERATOR)
    assert decide(organization.id, AIDecisions(), by=head).monthly_tokens is None
    entries = memory.repositories.audit_log.following(
        organization.id, after=0, limit=100, scope=ALL_TENANTS
    )
    changes = [e.act for e in entries if e.act.action is AuditAction.AI_SETTINGS_CHANGED]
    assert [change.after.get("monthly_tokens") for change in changes] == [1000, 5000, None]
    bo = a_member(organization.id, role=OrgRole.INSTRUCTOR, user=memory.has_user())
    with pytest.raises(NotPermitted):
        decide(organization.id, AIDecisions(), by=bo)
    with pytest.raises(NotPermitted):
        service.of_organization(organization.id, by=bo)


def test_the_budget_of_a_course_is_decided_by_its_owner(memory: World) -> None:
    course = a_published_course(memory.services)
    service = settings_of(memory, UNLIMITED)

    decided = service.decide_for_course(
        course.slug, AIDecisions(monthly_tokens=5, retention_days=3), by=OPERATOR
    )

    assert (decided.monthly_tokens, decided.retention_days) == (5, None)
    assert service.of_course(course.slug, by=OPERATOR) == decided
    with pytest.raises(NotPermitted):
        service.of_course(course.slug, by=a_principal(memory.has_user()))


def test_proposed_scores_are_off_until_the_owner_of_the_course_turns_them_on(
    memory: World,
) -> None:
    organization = memory.has_organization()
    course = memory.has_course(org_id=organization.id)
    head = a_member(organization.id, role=OrgRole.OWNER, user=memory.has_user())
    bo = a_member(organization.id, role=OrgRole.INSTRUCTOR, user=memory.has_user())
    service, on = settings_of(memory, UNLIMITED), AIDecisions(proposes_grades=True)

    before = service.of_course(str(course.id), by=head)
    decided = service.decide_for_course(str(course.id), on, by=head)

    assert (before.proposes_grades, decided.proposes_grades) == (False, True)
    entries = memory.repositories.audit_log.following(
        organization.id, after=0, limit=100, scope=ALL_TENANTS
    )
    (change,) = [e.act for e in entries if e.act.action is AuditAction.AI_SETTINGS_CHANGED]
    assert (change.before["proposes_grades"], change.after["proposes_grades"]) == (False, True)
    with pytest.raises(NotPermitted):
        service.decide_for_course(str(course.id), on, by=bo)
    assert not service.decide_for_organization(organization.id, on, by=head).proposes_grades


def test_a_conversation_of_any_type_is_counted(memory: World) -> None:
    anna = a_principal(memory.has_user())
    for session_type in SessionType:
        session = memory.services.ai_sessions.start(session_type, by=anna)
        memory.services.ai_budgets.reserve(session, CALL)

    learner = BudgetKey(
        kind=BudgetKind.LEARNER, subject_id=anna.person, month=month_of(memory.clock.now())
    )
    (state,) = memory.repositories.ai_budgets.states([learner])
    assert state.committed.tokens == 300
