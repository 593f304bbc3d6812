"""Grading help: who gets no proposals, and when there are none."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrgRole, PersonNeeded, Right
from accounts.domain.organizations.errors import OrganizationSuspended
from authsvc.kernel.unit_of_work import InsideUnitOfWork
from courses.domain.entities.assessments import Answer
from progress.domain.ai.entities.budgets import BudgetKind, BudgetLimit
from progress.domain.ai.errors import (
    AIBudgetExceeded,
    GradingHelpOff,
    NothingToPropose,
    NoTutor,
    OwnAttempt,
)
from progress.domain.ai.services.budgets import BudgetPolicy
from progress.domain.ai.services.grading_prompt import LONGEST_ANSWER
from progress.domain.errors import AttemptNotFound, AttemptNotGradable
from tests.support.builders import a_principal
from tests.support.organizations import a_member, closed
from tests.support.proposals import (
    WHY,
    GradingModel,
    a_grader,
    an_essayist,
    essay_of,
    graded,
    reviews_of,
    use_grading_model,
)
from tests.support.tutors import FINISHED, STARTED, ScriptedModel
from tests.support.worlds import World


@pytest.mark.parametrize("kind", [BudgetKind.COURSE, BudgetKind.ORGANIZATION])
def test_a_spent_budget_stops_the_call_before_it_is_made(memory: World, kind: BudgetKind) -> None:
    knots = memory.has_organization()
    anna, model = an_essayist(memory, knots), GradingModel()
    attempt = essay_of(anna)
    bo = a_member(knots.id, OrgRole.INSTRUCTOR, memory.has_user())
    policy = BudgetPolicy(limits={kind: BudgetLimit(tokens=1)})
    budgets = replace(memory.services.ai_budgets, policy=policy)
    grading_help = use_grading_model(memory.services, model, budgets=budgets)

    with pytest.raises(AIBudgetExceeded):
        grading_help.propose(attempt.id, by=bo)

    # The first call was allowed, since something was left; the second one was not made.
    assert len(model.requests) == 1
    assert len(grading_help.of_attempt(attempt.id, by=bo)) == 2
    assert len(reviews_of(memory, bo.person)) == 1


def test_it_is_off_unless_the_course_has_turned_it_on(memory: World) -> None:
    anna = an_essayist(memory, is_on=False)
    attempt = essay_of(anna)
    grading_help = use_grading_model(memory.services, GradingModel())

    with pytest.raises(GradingHelpOff):
        grading_help.require_possible(attempt.id, by=a_grader(memory))
    with pytest.raises(GradingHelpOff):
        grading_help.propose(attempt.id, by=a_grader(memory))
    assert memory.services.grading_help.of_attempt(attempt.id, by=a_grader(memory)) == []


def test_without_a_model_there_are_no_proposals(memory: World) -> None:
    attempt = essay_of(an_essayist(memory))

    with pytest.raises(NoTutor):
        use_grading_model(memory.services, None).propose(attempt.id, by=a_grader(memory))


def test_only_graders_who_are_persons_ask_and_never_the_learner(memory: World) -> None:
    anna = an_essayist(memory)
    attempt = essay_of(anna)
    grading_help = use_grading_model(memory.services, GradingModel())
    teaching_anna = replace(anna.principal, rights=frozenset({Right.GRADE_ATTEMPTS}))
    errors: list[tuple[Any, type[Exception]]] = [
        (a_principal(memory.has_user()), NotPermitted),
        (anna.principal, NotPermitted),
        (teaching_anna, OwnAttempt),
        (replace(OPERATOR, user_id=None), PersonNeeded),
    ]

    for by, error in errors:
        for method in (grading_help.propose, grading_help.of_attempt):
            with pytest.raises(error):
                method(attempt.id, by=by)
    assert grading_help.sheet_of(attempt.id, by=teaching_anna)[2] == []


def test_graders_of_another_organization_do_not_know_the_attempt(memory: World) -> None:
    knots, bends = memory.has_organization(), memory.has_organization()
    attempt = essay_of(an_essayist(memory, knots))
    grading_help = use_grading_model(memory.services, GradingModel())
    stranger = a_member(bends.id, OrgRole.INSTRUCTOR, memory.has_user())

    for method in (grading_help.propose, grading_help.of_attempt):
        with pytest.raises(AttemptNotFound):
            method(attempt.id, by=stranger)


def test_a_suspended_organization_gets_no_proposals(memory: World) -> None:
    knots = memory.has_organization()
    attempt = essay_of(an_essayist(memory, knots))
    bo = replace(OPERATOR, user_id=memory.has_user().id)
    closed(memory.services, knots)

    with pytest.raises(OrganizationSuspended):
        use_grading_model(memory.services, GradingModel()).propose(attempt.id, by=bo)


def test_only_submitted_attempts_get_proposals(memory: World) -> None:
    anna, bo, model = an_essayist(memory), a_grader(memory), GradingModel()
    running = anna.begins("essay")
    grading_help = use_grading_model(memory.services, model)

    with pytest.raises(AttemptNotGradable):
        grading_help.propose(running.id, by=bo)
    attempt = graded(anna, anna.hands_in(running), bo, 5, 2)
    with pytest.raises(AttemptNotGradable):
        grading_help.propose(attempt.id, by=bo)
    assert model.requests == []


def test_what_is_graded_meanwhile_gets_no_proposals(memory: World) -> None:
    anna, bo = an_essayist(memory), a_grader(memory)
    attempt = essay_of(anna)
    grade = lambda: graded(anna, attempt, bo, 5, 2)  # noqa: E731  # a step of a script
    model = ScriptedModel([STARTED, grade, WHY, FINISHED])
    grading_help = use_grading_model(memory.services, model)

    with pytest.raises(AttemptNotGradable):
        grading_help.propose(attempt.id, by=bo)

    assert grading_help.of_attempt(attempt.id, by=bo) == []
    after = memory.services.grading.get(attempt.id, by=bo).grade
    assert after is not None
    assert after.proposals == ()


@pytest.mark.parametrize("text", [" ", "x" * (LONGEST_ANSWER + 1)])
def test_nothing_is_proposed_for_an_answer_that_is_empty_or_too_long(
    memory: World, text: str
) -> None:
    answer, bo = Answer(text=text), a_grader(memory)
    attempt = essay_of(an_essayist(memory), why=answer, how=answer)

    with pytest.raises(NothingToPropose):
        use_grading_model(memory.services, GradingModel()).require_possible(attempt.id, by=bo)


def test_nothing_of_the_store_is_held_while_the_model_writes(memory: World) -> None:
    attempt = essay_of(an_essayist(memory))
    grading_help = use_grading_model(memory.services, GradingModel())

    with memory.unit_of_work.atomic(), pytest.raises(InsideUnitOfWork):
        grading_help.propose(attempt.id, by=a_grader(memory))
