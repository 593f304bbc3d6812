"""The tutor: what it asks a model, and that every answer is logged and paid for, however it ends."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from authsvc.kernel.unit_of_work import InsideUnitOfWork
from progress.domain.ai.entities.budgets import BudgetKind, BudgetLimit, keys_of
from progress.domain.ai.entities.sessions import AIInteraction, ReadInteraction, SessionType
from progress.domain.ai.errors import (
    AIBudgetExceeded,
    AIInteractionNotFound,
    AISessionEnded,
    AISessionNotFound,
    AnswerPending,
    NotTutoring,
    NoTutor,
    TutorUnavailable,
)
from progress.domain.ai.ports import FinishReason, Role, TokenUsage
from progress.domain.ai.prompts import TUTORING
from progress.domain.ai.services.budgets import BudgetPolicy
from progress.domain.ai.services.conversations import MOST_CHARACTERS, MOST_TURNS
from progress.domain.ai.services.sessions import Topic
from progress.domain.ai.services.tutor import Answered, TutorPart
from progress.domain.ai.usage import Prices
from progress.domain.errors import NotEnrolled
from tests.support.ai import Conversation, a_conversation
from tests.support.builders import a_principal
from tests.support.learning import a_learner, a_published_course, items_of
from tests.support.tutors import ANSWER, FINISHED, STARTED, ScriptedModel, break_off, use_model
from tests.support.worlds import World

PRICES = Prices(input=Decimal(3), cached=Decimal("0.3"), output=Decimal(15))


def asked(conversation: Conversation, text: str = "Which bend?") -> list[TutorPart]:
    tutor, by = conversation.world.services.tutor, conversation.principal
    exchange = tutor.ask(conversation.session.id, text, by=by)
    return list(tutor.answer(exchange, by=by))


def last_of(conversation: Conversation) -> ReadInteraction:
    return conversation.read()[-1]


def test_an_answer_is_streamed_and_logged(world: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(world)
    use_model(world.services, model, prices=PRICES)

    *pieces, answered = asked(conversation)

    assert pieces == ["What have you ", "tried?"]
    message, answer = conversation.read()
    assert isinstance(answered, Answered)
    assert answered.interaction == answer.interaction
    assert (message.text, answer.text) == ("Which bend?", "What have you tried?")
    made = answer.interaction.generation
    assert (made.provider, made.model_id) == ("scripted", "knots-1-20261101")
    assert made.usage == FINISHED.usage
    assert made.finish_reason is FinishReason.STOP
    assert (made.prompt_template, made.prompt_version) == (TUTORING.id, TUTORING.version)
    assert made.cost_micro_usd == 60 * 3 + 12 + 30 * 15
    assert model.closed == 1


def test_times_are_measured_from_the_call_on(memory: World) -> None:
    conversation = a_conversation(memory)
    wait = lambda: memory.clock.go_on(seconds=1.5)  # noqa: E731  # a step of a script
    use_model(memory.services, ScriptedModel([wait, STARTED, wait, "A ", wait, "bight.", FINISHED]))

    asked(conversation)

    made = last_of(conversation).interaction.generation
    assert (made.time_to_first_token_ms, made.latency_ms) == (3000, 4500)


def test_the_message_is_logged_before_the_model_is_asked(memory: World) -> None:
    conversation = a_conversation(memory)
    logged: list[str | None] = []
    look = lambda: logged.extend(read.text for read in conversation.read())  # noqa: E731  # likewise
    use_model(memory.services, ScriptedModel([look, *ANSWER]))

    asked(conversation)

    assert logged == ["Which bend?"]


def test_secrets_reach_neither_the_log_nor_the_model(memory: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(memory)
    use_model(memory.services, model)

    asked(conversation, "Write to anna@school.example about bends.")

    assert "anna@school.example" not in f"{model.last}{conversation.read()}"
    assert "about bends." in model.last.turns[-1].text


def test_nothing_of_the_store_is_held_while_the_model_writes(memory: World) -> None:
    released: list[str] = []

    class Watching:
        def __getattr__(self, name: str) -> Any:
            return getattr(memory.unit_of_work, name)

        def release(self) -> None:
            memory.unit_of_work.release()
            released.append("released")

    conversation = a_conversation(memory)
    check = lambda: released.append("asked")  # noqa: E731  # likewise
    outside = memory.unit_of_work.require_outside
    use_model(memory.services, ScriptedModel([check, outside, *ANSWER]), unit_of_work=Watching())

    asked(conversation)

    assert released == ["released", "asked"]


def test_an_answer_within_a_unit_of_work_is_a_programming_error(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, ScriptedModel())

    with pytest.raises(InsideUnitOfWork), memory.unit_of_work.atomic():
        asked(conversation)


def test_a_reader_who_leaves_ends_the_answer_which_is_paid_for(world: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(world)
    tutor = use_model(world.services, model, prices=PRICES)
    exchange = tutor.ask(conversation.session.id, "Which bend?", by=conversation.principal)
    parts = tutor.answer(exchange, by=conversation.principal)
    next(parts)

    parts.close()

    answer = last_of(conversation)
    made = answer.interaction.generation
    assert answer.text == "What have you "
    assert made.finish_reason is FinishReason.CANCELLED
    assert made.usage == TokenUsage(input_tokens=100, cached_tokens=40, output_tokens=5)
    assert made.cost_micro_usd == 60 * 3 + 12 + 5 * 15
    assert model.closed == 1


def test_a_reader_who_leaves_before_the_first_text_is_logged_too(memory: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(memory)
    tutor = use_model(memory.services, model)
    exchange = tutor.ask(conversation.session.id, "Which bend?", by=conversation.principal)

    tutor.answer(exchange, by=conversation.principal).close()

    made = last_of(conversation).interaction.generation
    assert made.finish_reason is FinishReason.CANCELLED
    assert made.usage == TokenUsage()
    assert model.requests == []


def test_an_answer_that_breaks_off_is_logged_as_an_error(world: World) -> None:
    conversation = a_conversation(world)
    use_model(world.services, ScriptedModel([STARTED, "What ", break_off]))

    with pytest.raises(TutorUnavailable):
        asked(conversation)

    answer = last_of(conversation)
    assert answer.text == "What "
    assert answer.interaction.generation.finish_reason is FinishReason.ERROR
    assert answer.interaction.generation.usage.output_tokens == 2


def test_an_answer_that_never_began_cost_nothing(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, ScriptedModel([break_off]), prices=PRICES)

    with pytest.raises(TutorUnavailable):
        asked(conversation)

    made = last_of(conversation).interaction.generation
    assert (made.finish_reason, made.cost_micro_usd) == (FinishReason.ERROR, 0)
    assert made.model_id == "knots-1"


def test_after_an_answer_that_broke_off_the_learner_can_go_on(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, ScriptedModel([break_off]))
    with pytest.raises(TutorUnavailable):
        asked(conversation, "First?")
    model = ScriptedModel()
    use_model(memory.services, model)

    asked(conversation, "Second?")

    assert [(turn.role, turn.text) for turn in model.last.turns] == [
        (Role.USER, "First?\n\nSecond?")
    ]


def test_a_session_takes_one_message_at_a_time(memory: World) -> None:
    conversation = a_conversation(memory)
    tutor = use_model(memory.services, ScriptedModel())
    tutor.ask(conversation.session.id, "First?", by=conversation.principal)

    with pytest.raises(AnswerPending):
        tutor.ask(conversation.session.id, "Second?", by=conversation.principal)

    assert len(conversation.read()) == 1


def test_what_clients_log_in_between_changes_nothing(memory: World) -> None:
    conversation = a_conversation(memory)
    conversation.asks("Logged by a client.")
    tutor, by = use_model(memory.services, ScriptedModel()), conversation.principal
    exchange = tutor.ask(conversation.session.id, "First?", by=by)
    conversation.asks("Another one of a client.")
    conversation.gets("An answer of its own.", is_reported=True)

    with pytest.raises(AnswerPending):
        tutor.ask(conversation.session.id, "Second?", by=by)
    *_, answered = tutor.answer(exchange, by=by)

    assert list(tutor.replay(conversation.session.id, exchange.message.id, by=by))[-1] == answered


def test_a_message_whose_process_died_does_not_block_its_session(memory: World) -> None:
    conversation = a_conversation(memory)
    tutor = use_model(memory.services, ScriptedModel(), answers_within=timedelta(seconds=60))
    tutor.ask(conversation.session.id, "First?", by=conversation.principal)

    memory.clock.go_on(seconds=89)
    with pytest.raises(AnswerPending):
        asked(conversation)
    memory.clock.go_on(seconds=1)

    assert len(asked(conversation)) == 3


def test_an_answer_after_the_end_of_its_session_is_logged(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(
        memory.services, ScriptedModel([STARTED, "A ", conversation.ends, "bight.", FINISHED])
    )

    asked(conversation)

    assert last_of(conversation).text == "A bight."
    with pytest.raises(AISessionEnded):
        asked(conversation)


def test_without_a_tutor_nothing_is_logged(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, None)

    with pytest.raises(NoTutor):
        asked(conversation)

    assert conversation.read() == []


def test_the_tutor_answers_in_tutoring_sessions_alone(memory: World) -> None:
    by = a_principal(memory.has_user())
    sessions = memory.services.ai_sessions
    session = sessions.start(SessionType.CONTENT_GENERATION, by=by)
    conversation = Conversation(world=memory, principal=by, session=session)

    with pytest.raises(NotTutoring):
        asked(conversation)


def test_sessions_of_others_do_not_exist(memory: World) -> None:
    conversation = a_conversation(memory)
    other = replace(conversation, principal=a_principal(memory.has_user()))

    with pytest.raises(AISessionNotFound):
        asked(other)


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

    asked(conversation)

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
        asked(conversation)


def test_earlier_turns_are_sent_as_far_as_they_fit(memory: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(memory)
    use_model(memory.services, model)
    conversation.asks("The first.")
    conversation.gets("x" * (MOST_CHARACTERS // 2))
    conversation.asks("The second.")
    conversation.gets("y" * (MOST_CHARACTERS // 2 - len("The second.")))

    asked(conversation, "The third.")

    assert [turn.text[:11] for turn in model.last.turns] == ["The second.", "y" * 11, "The third."]


def test_a_long_session_costs_no_more_than_a_short_one(memory: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(memory)
    use_model(memory.services, model)
    for number in range(MOST_TURNS):
        conversation.asks(f"Question {number}.")
        conversation.gets(f"Answer {number}.")

    asked(conversation, "The last.")

    assert len(model.last.turns) == MOST_TURNS + 1
    assert model.last.turns[0].text == f"Question {MOST_TURNS // 2}."


def test_a_replay_has_the_answer_as_it_was_logged(memory: World) -> None:
    conversation = a_conversation(memory)
    tutor, by = use_model(memory.services, ScriptedModel()), conversation.principal
    exchange = tutor.ask(conversation.session.id, "Which bend?", by=by)
    message, session_id = exchange.message, conversation.session.id
    with pytest.raises(AnswerPending):
        tutor.replay(session_id, message.id, by=by)
    *_, answered = tutor.answer(exchange, by=by)

    assert list(tutor.replay(session_id, message.id, by=by)) == ["What have you tried?", answered]
    with pytest.raises(AISessionNotFound):
        tutor.replay(session_id, message.id, by=a_principal(memory.has_user()))


def test_a_replay_of_a_message_whose_process_died_has_no_answer(memory: World) -> None:
    conversation = a_conversation(memory)
    tutor, by = use_model(memory.services, ScriptedModel()), conversation.principal
    exchange = tutor.ask(conversation.session.id, "Which bend?", by=by)
    memory.clock.go_on(hours=1)

    with pytest.raises(TutorUnavailable):
        tutor.replay(conversation.session.id, exchange.message.id, by=by)


def test_a_message_is_replayed_in_its_own_session_alone(memory: World) -> None:
    conversation = a_conversation(memory)
    other = a_conversation(memory, conversation.principal)
    message: AIInteraction = conversation.asks("Which bend?")

    with pytest.raises(AIInteractionNotFound):
        memory.services.tutor.replay(other.session.id, message.id, by=other.principal)


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
    asked(conversation)

    with pytest.raises(AIBudgetExceeded):
        asked(conversation)

    assert len(model.requests) == 1
    assert [read.interaction.role for read in conversation.read()] == [Role.USER, Role.ASSISTANT]


def test_an_answer_is_charged_with_what_it_has_spent(memory: World) -> None:
    conversation = a_conversation(memory)
    reserved: list[set[tuple[int, int]]] = []
    look = lambda: reserved.append(spent_by(conversation))  # noqa: E731  # a step of a script
    use_model(memory.services, ScriptedModel([look, *ANSWER]))

    asked(conversation)

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
        asked(conversation)

    assert spent_by(conversation) == {(0, 0)}
