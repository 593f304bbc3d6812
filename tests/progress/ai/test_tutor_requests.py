"""The tutor: what a model is told, and what its answers cost."""

from dataclasses import replace
from decimal import Decimal

import pytest

from progress.domain.ai.entities.budgets import BudgetKind, BudgetLimit, keys_of
from progress.domain.ai.errors import (
    AIBudgetExceeded,
    TutorUnavailable,
)
from progress.domain.ai.ports import Role, TokenUsage
from progress.domain.ai.services.budgets import BudgetPolicy
from progress.domain.ai.services.conversations import MOST_CHARACTERS, MOST_TURNS
from progress.domain.ai.services.sessions import Topic
from progress.domain.ai.usage import Prices
from progress.domain.errors import NotEnrolled
from tests.support.ai import Conversation, a_conversation
from tests.support.learning import a_learner, a_published_course, items_of
from tests.support.tutors import (
    ANSWER,
    ScriptedModel,
    answer_in,
    break_off,
    use_model,
)
from tests.support.worlds import World

PRICES = Prices(input=Decimal(3), cached=Decimal("0.3"), output=Decimal(15))


def test_the_model_is_told_of_the_item_and_where_the_learner_stands(memory: World) -> None:
    learner, model = a_learner(memory), ScriptedModel()
    course = a_published_course(memory.services)
    items = items_of(memory.services, course)
    learner.enrols(course)
    learner.completes(course, items[0])
    conversation = a_conversation(
        memory, learner.principal, Topic(course=course.slug, item_id=items[1])
    )
    use_model(memory.services, model)

    answer_in(conversation)

    version = memory.services.catalog.open_version(course.slug, by=learner.principal)
    first, second, _ = version.outline.items
    system = model.last.system
    assert f"Course: {version.title}" in system
    assert f"Item: {second.title}" in system
    assert second.body in system
    assert "Position: item 2 of 3." in system
    assert f"Completed items:\n- {first.title}" in system
    assert "The learner has not completed this item." in system


def test_who_has_left_the_course_is_not_tutored(memory: World) -> None:
    learner = a_learner(memory)
    course = a_published_course(memory.services)
    learner.enrols(course)
    conversation = a_conversation(memory, learner.principal, Topic(course=course.slug))
    learner.withdraws(course)

    with pytest.raises(NotEnrolled):
        answer_in(conversation)


def test_earlier_turns_are_sent_as_far_as_they_fit(memory: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(memory)
    use_model(memory.services, model)
    conversation.asks("The first.")
    conversation.gets("x" * (MOST_CHARACTERS // 2))
    conversation.asks("The second.")
    conversation.gets("y" * (MOST_CHARACTERS // 2 - len("The second.")))

    answer_in(conversation, "The third.")

    assert [turn.text[:11] for turn in model.last.turns] == ["The second.", "y" * 11, "The third."]


def test_a_long_session_costs_no_more_than_a_short_one(memory: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(memory)
    use_model(memory.services, model)
    for number in range(MOST_TURNS):
        conversation.asks(f"Question {number}.")
        conversation.gets(f"Answer {number}.")

    answer_in(conversation, "The last.")

    assert len(model.last.turns) == MOST_TURNS + 1
    assert model.last.turns[0].text == f"Question {MOST_TURNS // 2}."


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (TokenUsage(), 0),
        (TokenUsage(input_tokens=1_000_000), 3_000_000),
        (TokenUsage(input_tokens=1_000_000, cached_tokens=1_000_000), 300_000),
        (TokenUsage(output_tokens=1), 15),
        (TokenUsage(input_tokens=1, cached_tokens=1), 1),
    ],
)
def test_a_cost_is_in_millionths_of_a_dollar_and_rounded_up(usage: TokenUsage, cost: int) -> None:
    assert PRICES.cost_of(usage) == cost


def limited_to(world: World, tokens: int, model: ScriptedModel) -> None:
    policy = BudgetPolicy(limits={BudgetKind.LEARNER: BudgetLimit(tokens=tokens)})
    use_model(world.services, model, budgets=replace(world.services.ai_budgets, policy=policy))


def spent_by(conversation: Conversation) -> set[tuple[int, int]]:
    """Tokens spent and tokens reserved in each budget of the session."""
    now, world = conversation.world.clock.now(), conversation.world
    states = world.repositories.ai_budgets.states(keys_of(conversation.session, at=now))
    return {(state.spent.tokens, state.reserved.tokens) for state in states}


def test_a_spent_budget_stops_the_call_before_it_is_made(world: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(world)
    limited_to(world, 100, model)
    answer_in(conversation)

    with pytest.raises(AIBudgetExceeded):
        answer_in(conversation)

    assert len(model.requests) == 1
    assert [read.interaction.role for read in conversation.read()] == [Role.USER, Role.ASSISTANT]


def test_an_answer_is_charged_with_what_it_has_spent(memory: World) -> None:
    conversation = a_conversation(memory)
    reserved: list[set[tuple[int, int]]] = []
    look = lambda: reserved.append(spent_by(conversation))  # noqa: E731  # a step of a script
    use_model(memory.services, ScriptedModel([look, *ANSWER]))

    answer_in(conversation)

    ((spent, held),) = reserved[0]
    assert spent == 0
    assert held > 1024
    assert spent_by(conversation) == {(130, 0)}


def test_a_cancelled_answer_is_charged_with_what_was_written(memory: World) -> None:
    conversation = a_conversation(memory)
    tutor, by = use_model(memory.services, ScriptedModel()), conversation.principal
    parts = tutor.answer(tutor.ask(conversation.session.id, "Which bend?", by=by), by=by)
    next(parts)
    parts.close()

    assert spent_by(conversation) == {(105, 0)}


def test_an_answer_that_never_began_is_not_charged(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, ScriptedModel([break_off]))

    with pytest.raises(TutorUnavailable):
        answer_in(conversation)

    assert spent_by(conversation) == {(0, 0)}
