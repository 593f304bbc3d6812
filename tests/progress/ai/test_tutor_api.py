"""Messages to the tutor over HTTP: events, problems, and one answer for each key."""

from dataclasses import dataclass
from typing import Any

import pytest

from progress.domain.ai.ports import ModelRequest
from progress.domain.ai.services.tutor import LONGEST_MESSAGE
from tests.support.application import Answer, Application, Person
from tests.support.tutors import (
    FINISHED,
    STARTED,
    ScriptedModel,
    break_off,
    events_in,
    text_in,
    use_model,
)

pytestmark = pytest.mark.postgres_too


@dataclass(frozen=True)
class Talk:
    """A tutoring session of Anna over HTTP."""

    application: Application
    anna: Person
    session: str

    def asks(self, text: Any = "Which bend?", **headers: str) -> Answer:
        path = f"/v1/ai/sessions/{self.session}/messages"
        return self.anna.caller.post(path, {"text": text}, **headers)

    def log(self) -> list[Any]:
        path = f"/v1/ai/sessions/{self.session}/interactions"
        items = self.anna.caller.get(path).json["items"]
        return [item["interaction"] for item in items]


@pytest.fixture
def talk(application: Application) -> Talk:
    anna = application.signed_in()
    started = anna.caller.post("/v1/ai/sessions", {"session_type": "tutoring"})
    return Talk(application, anna, started.json["id"])


def test_an_answer_is_a_stream_of_events(talk: Talk) -> None:
    use_model(talk.application.services, ScriptedModel())

    answer = talk.asks()

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "Position" in answer.headers
    (first, start), *texts, (last, done) = events_in(answer.text)
    message, logged = talk.log()
    assert (first, last) == ("start", "done")
    assert start == {
        "session_id": talk.session,
        "message_id": message["id"],
        "is_budget_nearly_spent": False,
    }
    assert texts == [("text", {"text": "What have you "}), ("text", {"text": "tried?"})]
    assert done["interaction_id"] == logged["id"]
    assert done["finish_reason"] == "stop"
    assert done["usage"] == {"input_tokens": 100, "cached_tokens": 40, "output_tokens": 30}


def test_the_offline_tutor_answers_without_a_key(talk: Talk) -> None:
    answer = talk.asks()

    assert "What have you tried" in text_in(answer.text)
    assert events_in(answer.text)[-1][0] == "done"


@pytest.mark.parametrize(
    "text", ["line\nbreak", "event: done\ndata: {}\n\n", "\u2028 \r\n é 🪢", '"']
)
def test_any_text_arrives_as_it_was_written(talk: Talk, text: str) -> None:
    use_model(talk.application.services, ScriptedModel([STARTED, text, FINISHED]))

    assert text_in(talk.asks().text) == text


def test_an_answer_that_breaks_off_ends_with_a_problem(talk: Talk) -> None:
    use_model(talk.application.services, ScriptedModel([STARTED, "What ", break_off]))

    answer = talk.asks()

    *_, (text, _), (name, problem) = events_in(answer.text)
    assert (answer.status, text, name) == (200, "text", "error")
    assert (problem["code"], problem["status"]) == ("tutor-unavailable", 503)
    assert talk.log()[-1]["finish_reason"] == "error"


def test_without_a_tutor_there_is_a_problem(talk: Talk) -> None:
    use_model(talk.application.services, None)

    answer = talk.asks()

    assert (answer.status, answer.code) == (404, "no-tutor")


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST_MESSAGE + 1), None, 5, ["a"], "\0"])
def test_a_message_has_a_text_of_bounded_length(talk: Talk, text: Any) -> None:
    answer = talk.asks(text)

    assert (answer.status, answer.code) == (422, "invalid-request")
    assert talk.log() == []


def test_the_longest_message_is_accepted(talk: Talk) -> None:
    assert talk.asks("x" * LONGEST_MESSAGE).status == 200


def test_sessions_of_others_are_not_found(talk: Talk) -> None:
    bo = talk.application.signed_in(name="Bo")

    answer = bo.caller.post(f"/v1/ai/sessions/{talk.session}/messages", {"text": "Which bend?"})

    assert (answer.status, answer.code) == (404, "ai-session-not-found")


def test_an_ended_session_takes_no_message(talk: Talk) -> None:
    talk.anna.caller.post(f"/v1/ai/sessions/{talk.session}/end")

    answer = talk.asks()

    assert (answer.status, answer.code) == (409, "ai-session-ended")


def test_a_second_message_waits_for_the_answer(talk: Talk) -> None:
    answers: list[Answer] = []
    use_model(
        talk.application.services,
        ScriptedModel(
            [STARTED, lambda: answers.append(talk.asks("Another?")), "A bight.", FINISHED]
        ),
    )

    talk.asks()

    assert [(answer.status, answer.code) for answer in answers] == [(409, "answer-pending")]


def test_a_message_that_is_sent_again_gets_its_first_answer(talk: Talk) -> None:
    model = ScriptedModel()
    use_model(talk.application.services, model)

    first = talk.asks(Idempotency_Key="k1")
    again = talk.asks(Idempotency_Key="k1")

    assert text_in(first.text) == text_in(again.text) == "What have you tried?"
    assert events_in(first.text)[-1] == events_in(again.text)[-1]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Content-Type"] == "text/event-stream"
    assert len(model.requests) == 1
    assert len(talk.log()) == 2


def test_a_key_belongs_to_one_message(talk: Talk) -> None:
    talk.asks(Idempotency_Key="k1")

    answer = talk.asks("Another?", Idempotency_Key="k1")

    assert (answer.status, answer.code) == (409, "idempotency-key-reused")


def test_a_message_that_is_still_being_answered_is_not_answered_twice(talk: Talk) -> None:
    again: list[Answer] = []
    ask_again = lambda: again.append(talk.asks(Idempotency_Key="k1"))  # noqa: E731  # a step of a script
    model = ScriptedModel([STARTED, ask_again, "A bight.", FINISHED])
    use_model(talk.application.services, model)

    talk.asks(Idempotency_Key="k1")

    assert [(answer.status, answer.code) for answer in again] == [(409, "answer-pending")]
    assert len(model.requests) == 1


def test_a_model_is_offered_no_tools() -> None:
    assert set(ModelRequest.__dataclass_fields__) == {"system", "turns", "most_output_tokens"}
