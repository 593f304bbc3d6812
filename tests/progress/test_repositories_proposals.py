"""Repository of proposed scores, and grades that state them, on every store."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus
from progress.domain.entities.grades import Grade, Mark
from progress.domain.entities.proposals import AssistedGrade, assistance_of
from tests.support.attempts import has_attempt, has_place
from tests.support.builders import NOON
from tests.support.proposals import a_proposal
from tests.support.worlds import World

BO: Any = uuid4()
SUBMITTED: Any = {"status": AttemptStatus.SUBMITTED, "submitted_at": NOON}


def graded(attempt: AssessmentAttempt, score: int, *proposals: Any) -> AssessmentAttempt:
    grade = Grade(
        marks=(Mark(question_id=uuid4(), score=score),),  # type: ignore[arg-type]  # any id will do
        graded_at=NOON,
        graded_by=BO,
        proposals=tuple(proposal.reference for proposal in proposals),
    )
    return replace(attempt, status=AttemptStatus.GRADED, grades=(*attempt.grades, grade))


def test_proposals_are_read_in_the_order_of_time_question_and_criterion(world: World) -> None:
    attempt, other = has_attempt(world), has_attempt(world)
    question = uuid4()
    proposals = [
        a_proposal(attempt, question_id=question, criterion="clear"),
        a_proposal(attempt, question_id=question, criterion="friction", score=0),
        a_proposal(attempt, created_at=NOON + timedelta(minutes=1)),
    ]

    number = world.repositories.proposals.add(list(reversed(proposals)), scope=ALL_TENANTS)
    world.repositories.proposals.add([a_proposal(other)], scope=ALL_TENANTS)

    assert number == 3
    assert world.repositories.proposals.of_attempt(attempt.id, scope=ALL_TENANTS) == proposals


def test_a_criterion_has_one_proposal(world: World) -> None:
    first = a_proposal(has_attempt(world))
    second = replace(first, id=a_proposal(has_attempt(world)).id, score=2)

    numbers = [
        world.repositories.proposals.add([proposal], scope=ALL_TENANTS)
        for proposal in (first, second)
    ]

    assert numbers == [1, 0]
    assert world.repositories.proposals.of_attempt(first.attempt_id, scope=ALL_TENANTS) == [first]


def test_proposals_of_another_organization_are_out_of_view(world: World) -> None:
    knots, bends = world.has_organization(), world.has_organization()
    proposal = a_proposal(has_attempt(world, has_place(world, knots)))
    for scope in (TenantScope.into(bends.id), TenantScope()):
        with pytest.raises(OutsideTenantScope):
            world.repositories.proposals.add([proposal], scope=scope)

    world.repositories.proposals.add([proposal], scope=TenantScope.into(knots.id))

    for scope in (TenantScope.into(bends.id), TenantScope()):
        assert world.repositories.proposals.of_attempt(proposal.attempt_id, scope=scope) == []
    inside = TenantScope.into(knots.id)
    assert world.repositories.proposals.of_attempt(proposal.attempt_id, scope=inside) == [proposal]
    assert [row.item for row in world.repositories.proposals.in_order(scope=inside)] == [proposal]
    assert list(world.repositories.proposals.in_order(scope=TenantScope.into(bends.id))) == []


def test_a_grade_is_stored_with_the_proposals_that_there_were(world: World) -> None:
    attempt = has_attempt(world, **SUBMITTED)
    after = graded(graded(attempt, 3), 5, a_proposal(attempt))

    world.repositories.attempts.save(after, scope=ALL_TENANTS)

    stored = world.repositories.attempts.get(attempt.id, scope=ALL_TENANTS)
    assert stored == after
    assert stored.content_hash == after.content_hash
    assert assistance_of(stored) == AssistedGrade(
        attempt_id=attempt.id, graded_by=BO, models=("anthropic/claude-sonnet-4-5",)
    )


def test_assisted_passes_are_those_whose_last_grade_had_proposals(world: World) -> None:
    knots = world.has_organization()
    place, other = has_place(world, knots), has_place(world)
    anna = world.has_user().id
    attempts = [
        has_attempt(world, place, user_id=anna, number=number, **SUBMITTED)
        for number in range(1, 6)
    ]
    elsewhere = has_attempt(world, other, user_id=anna, **SUBMITTED)
    somebody = has_attempt(world, place, **SUBMITTED)
    assisted, failed, alone, regraded, voided = attempts
    states = [
        graded(assisted, 5, a_proposal(assisted)),
        graded(failed, 4, a_proposal(failed)),
        graded(alone, 5),
        graded(graded(regraded, 5, a_proposal(regraded)), 5),
        replace(
            graded(voided, 5, a_proposal(voided)), status=AttemptStatus.VOIDED, void_reason="?"
        ),
        graded(elsewhere, 5, a_proposal(elsewhere)),
        graded(somebody, 5, a_proposal(somebody)),
    ]
    for state in states:
        world.repositories.attempts.save(state, scope=ALL_TENANTS)

    def selected(scope: TenantScope = ALL_TENANTS, **places: Any) -> list[AssessmentAttempt]:
        return world.repositories.attempts.assisted_passes(
            anna, **({"courses": frozenset()} | places), scope=scope
        )

    assert selected(courses={place.course_id}) == [states[0]]
    assert selected(assessments={place.assessment_id}) == [states[0]]
    both = selected(courses={place.course_id}, assessments={other.assessment_id})
    assert both == sorted([states[0], states[5]], key=lambda proposal: proposal.id)
    assert selected() == []
    assert selected(TenantScope(), courses={place.course_id}) == []
