"""Usage of AI in a period: the same sums on every store."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from authsvc.overview.entities import AIUsage, Period, Subject, UsagePart, UsageSum
from courses.domain.entities.courses import Course
from progress.domain.ai.ports import Role
from tests.support.ai import GENERATED, an_ai_session, an_interaction
from tests.support.builders import NOON
from tests.support.worlds import World

TODAY = NOON.date()
PERIOD = Period(since=TODAY - timedelta(days=6), until=TODAY)
YESTERDAY = NOON - timedelta(days=1)
OPUS = replace(GENERATED, model_id="claude-opus-4-1", cost_micro_usd=5000)


def used(world: World) -> Course:
    """A course of an organization with four answers, and one that belongs to nothing; return the course."""
    course = world.has_course(org_id=world.has_organization(name="Harbour").id, title="Knots")
    anna, scope = world.has_user().id, TenantScope.into(course.org_id)
    session = an_ai_session(anna, org_id=course.org_id, course_id=course.id)
    world.repositories.ai_sessions.add(session, scope=scope)
    for parts in (
        {"role": Role.USER},
        {},
        {"occurred_at": YESTERDAY},
        {"generation": OPUS},
        {"is_reported": True},
        {"occurred_at": NOON + timedelta(days=1)},
    ):
        interaction = an_interaction(session, **parts)
        world.repositories.ai_interactions.append(interaction, scope=scope)
        session = session.after(interaction)
    alone = an_ai_session(anna)
    world.repositories.ai_sessions.add(alone, scope=TenantScope())
    world.repositories.ai_interactions.append(an_interaction(alone), scope=TenantScope())
    return course


def usage(
    world: World, subject: Subject | None = None, scope: TenantScope = ALL_TENANTS
) -> AIUsage:
    return world.services.overview.ai_usage(PERIOD, subject or Subject(), scope=scope)


def a_sum(name: str, answers: int, cost: int, *, id_: UUID | None = None) -> UsageSum:
    return UsageSum(id=id_, name=name, answers=answers, tokens=160 * answers, cost_micro_usd=cost)


def test_what_answers_cost_is_summed_by_day_and_part(world: World) -> None:
    course = used(world)

    summed = usage(world)

    assert summed.answers == {TODAY: 3, YESTERDAY.date(): 1}
    assert summed.cost_micro_usd == {TODAY: 6920, YESTERDAY.date(): 960}
    assert summed.sums == {
        UsagePart.COURSES: (a_sum("Knots", 3, 6920, id_=course.id), a_sum("", 1, 960)),
        UsagePart.ORGANIZATIONS: (a_sum("Harbour", 3, 6920, id_=course.org_id), a_sum("", 1, 960)),
        UsagePart.MODELS: (a_sum("claude-opus-4-1", 1, 5000), a_sum("claude-sonnet-4-5", 3, 2880)),
    }


def test_usage_is_that_of_a_course_or_organization_in_scope(world: World) -> None:
    course = used(world)

    for subject in (Subject(course_id=course.id), Subject(org_id=course.org_id)):
        assert sum(usage(world, subject).answers.values()) == 3
        assert usage(world, subject, TenantScope()).answers == {}
    assert usage(world, scope=TenantScope()).answers == {TODAY: 1}
