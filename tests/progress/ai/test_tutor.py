"""The tutor: what it asks a model, and that every answer is logged and paid for, however it ends."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from authsvc.kernel.unit_of_work import InsideUnitOfWork
from progress.domain.ai.entities.sessions import AIInteraction, ReadInteraction, SessionType
from progress.domain.ai.errors import (
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
from progress.domain.ai.services.tutor import Answered
from progress.domain.ai.usage import Prices
from tests.support.ai import Conversation, a_conversation
from tests.support.builders import a_principal
from tests.support.tutors import (
    ANSWER,
    FINISHED,
    STARTED,
    ScriptedModel,
    answer_in,
    break_off,
    use_model,
)
from tests.support.worlds import World

PRICES = Prices(input=Decimal(3), cached=Decimal("0.3"), output=Decimal(15))


def last_of(conversation: Conversation) -> ReadInteraction:
    return conversation.read()[-1]


def test_an_answer_is_streamed_and_logged(world: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(world)
    use_model(world.services, model, prices=PRICES)

    *pieces, answered = answer_in(conversation)

    assert pieces == ["What have you ", "tried?"]
    message, answer = conversation.read()
    assert isinstance(answered, Answered)
    assert answered.interaction == answer.interaction
    assert (message.text, answer.text) == ("Which bend?", "What have you tried?")
    generation = answer.interaction.generation
    assert (generation.provider, generation.model_id) == ("scripted", "knots-1-20261101")
    assert generation.usage == FINISHED.usage
    assert generation.finish_reason is FinishReason.STOP
    assert (generation.prompt_template, generation.prompt_version) == (
        TUTORING.id,
        TUTORING.version,
    )
    assert generation.cost_micro_usd == 60 * 3 + 12 + 30 * 15
    assert model.closed == 1


def test_times_are_measured_from_the_call_on(memory: World) -> None:
    conversation = a_conversation(memory)
    wait = lambda: memory.clock.go_on(seconds=1.5)  # noqa: E731  # a step of a script
    use_model(memory.services, ScriptedModel([wait, STARTED, wait, "A ", wait, "bight.", FINISHED]))

    answer_in(conversation)

    generation = last_of(conversation).interaction.generation
    assert (generation.time_to_first_token_ms, generation.latency_ms) == (3000, 4500)


def test_the_message_is_logged_before_the_model_is_asked(memory: World) -> None:
    conversation = a_conversation(memory)
    logged: list[str | None] = []
    look = lambda: logged.extend(read.text for read in conversation.read())  # noqa: E731  # likewise
    use_model(memory.services, ScriptedModel([look, *ANSWER]))

    answer_in(conversation)

    assert logged == ["Which bend?"]


def test_secrets_reach_neither_the_log_nor_the_model(memory: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(memory)
    use_model(memory.services, model)

    answer_in(conversation, "Write to anna@school.example about bends.")

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

    answer_in(conversation)

    assert released == ["released", "asked"]


def test_an_answer_within_a_unit_of_work_is_a_programming_error(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, ScriptedModel())

    with pytest.raises(InsideUnitOfWork), memory.unit_of_work.atomic():
        answer_in(conversation)


def test_a_reader_who_leaves_ends_the_answer_which_is_paid_for(world: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(world)
    tutor = use_model(world.services, model, prices=PRICES)
    exchange = tutor.ask(conversation.session.id, "Which bend?", by=conversation.principal)
    parts = tutor.answer(exchange, by=conversation.principal)
    next(parts)

    parts.close()

    answer = last_of(conversation)
    generation = answer.interaction.generation
    assert answer.text == "What have you "
    assert generation.finish_reason is FinishReason.CANCELLED
    assert generation.usage == TokenUsage(input_tokens=100, cached_tokens=40, output_tokens=5)
    assert generation.cost_micro_usd == 60 * 3 + 12 + 5 * 15
    assert model.closed == 1


def test_a_reader_who_leaves_before_the_first_text_is_logged_too(memory: World) -> None:
    model, conversation = ScriptedModel(), a_conversation(memory)
    tutor = use_model(memory.services, model)
    exchange = tutor.ask(conversation.session.id, "Which bend?", by=conversation.principal)

    tutor.answer(exchange, by=conversation.principal).close()

    generation = last_of(conversation).interaction.generation
    assert generation.finish_reason is FinishReason.CANCELLED
    assert generation.usage == TokenUsage()
    assert model.requests == []


def test_an_answer_that_breaks_off_is_logged_as_an_error(world: World) -> None:
    conversation = a_conversation(world)
    use_model(world.services, ScriptedModel([STARTED, "What ", break_off]))

    with pytest.raises(TutorUnavailable):
        answer_in(conversation)

    answer = last_of(conversation)
    assert answer.text == "What "
    assert answer.interaction.generation.finish_reason is FinishReason.ERROR
    assert answer.interaction.generation.usage.output_tokens == 2


def test_an_answer_that_never_began_cost_nothing(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, ScriptedModel([break_off]), prices=PRICES)

    with pytest.raises(TutorUnavailable):
        answer_in(conversation)

    generation = last_of(conversation).interaction.generation
    assert (generation.finish_reason, generation.cost_micro_usd) == (FinishReason.ERROR, 0)
    assert generation.model_id == "knots-1"


def test_after_an_answer_that_broke_off_the_learner_can_go_on(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, ScriptedModel([break_off]))
    with pytest.raises(TutorUnavailable):
        answer_in(conversation, "First?")
    model = ScriptedModel()
    use_model(memory.services, model)

    answer_in(conversation, "Second?")

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
        answer_in(conversation)
    memory.clock.go_on(seconds=1)

    assert len(answer_in(conversation)) == 3


def test_an_answer_after_the_end_of_its_session_is_logged(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(
        memory.services, ScriptedModel([STARTED, "A ", conversation.ends, "bight.", FINISHED])
    )

    answer_in(conversation)

    assert last_of(conversation).text == "A bight."
    with pytest.raises(AISessionEnded):
        answer_in(conversation)


def test_without_a_tutor_nothing_is_logged(memory: World) -> None:
    conversation = a_conversation(memory)
    use_model(memory.services, None)

    with pytest.raises(NoTutor):
        answer_in(conversation)

    assert conversation.read() == []


def test_the_tutor_answers_in_tutoring_sessions_alone(memory: World) -> None:
    by = a_principal(memory.has_user())
    sessions = memory.services.ai_sessions
    session = sessions.start(SessionType.CONTENT_GENERATION, by=by)
    conversation = Conversation(world=memory, principal=by, session=session)

    with pytest.raises(NotTutoring):
        answer_in(conversation)


def test_sessions_of_others_do_not_exist(memory: World) -> None:
    conversation = a_conversation(memory)
    other = replace(conversation, principal=a_principal(memory.has_user()))

    with pytest.raises(AISessionNotFound):
        answer_in(other)


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
