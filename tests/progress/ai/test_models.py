"""Models at providers: the real SDKs against a local server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from authsvc.composition.tutor_models.answering import AnswerClock, ModelLimits, ProviderModel
from progress.domain.ai.errors import TutorUnavailable
from progress.domain.ai.ports import (
    AnswerFinished,
    AnswerPart,
    AnswerStarted,
    FinishReason,
    ModelRequest,
    Role,
    TokenUsage,
    Turn,
)
from tests.support.log_lines import LogRecords
from tests.support.model_server import (
    KEY,
    ModelServer,
    Scripted,
    a_completion,
    a_message,
    an_error,
    anthropic,
    content_chunk,
    event,
    last_chunks,
    message_end,
    message_start,
    model_server,
    openai,
    text_delta,
)
from tests.support.patience import PATIENCE

PATIENT: Final = ModelLimits()
HASTY: Final = replace(PATIENT, first_text_seconds=0.3)
REQUEST: Final = ModelRequest(
    system="Guide the learner.",
    turns=(
        Turn(role=Role.USER, text="What is a bight?"),
        Turn(role=Role.ASSISTANT, text="What have you tried?"),
        Turn(role=Role.USER, text="I looked at the rope."),
    ),
    most_output_tokens=64,
)


@dataclass
class Api:
    """One of the two APIs, and how a server of it answers."""

    name: str
    server: ModelServer
    answer: Callable[..., Scripted]
    first: Callable[[str], list[bytes]]
    end: Callable[[], bytes]
    pauses: list[float] = field(default_factory=list)

    def model(self, limits: ModelLimits = PATIENT) -> ProviderModel:
        url = self.server.url
        provider = anthropic(url) if self.name == "anthropic" else openai(url, api_key=KEY)
        return ProviderModel(api=provider, limits=limits, sleep=self.pauses.append)

    def parts(self, limits: ModelLimits = PATIENT) -> list[AnswerPart]:
        return list(self.model(limits).answer(REQUEST))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture(params=["anthropic", "openai"])
def api(request: pytest.FixtureRequest, server: ModelServer) -> Api:
    if request.param == "anthropic":
        return Api(
            name="anthropic",
            server=server,
            answer=a_message,
            first=lambda text: [message_start(), text_delta(text)],
            end=message_end,
        )
    return Api(
        name="openai",
        server=server,
        answer=a_completion,
        first=lambda text: [content_chunk(text)],
        end=last_chunks,
    )


def text_of(parts: list[AnswerPart]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


def fails(api: Api, limits: ModelLimits = PATIENT) -> list[AnswerPart]:
    """The parts that come before the answer breaks off."""
    parts: list[AnswerPart] = []
    with pytest.raises(TutorUnavailable):
        parts.extend(api.model(limits).answer(REQUEST))
    return parts


def test_an_answer_is_streamed_with_its_model_and_usage(api: Api) -> None:
    api.server.answers(api.answer("A bight is ", "a loop."))

    started, *texts, finished = api.parts()

    assert isinstance(started, AnswerStarted)
    assert started.model_id == "knots-1-20261101"
    assert texts == ["A bight is ", "a loop."]
    assert finished == AnswerFinished(
        usage=TokenUsage(input_tokens=12, output_tokens=7), reason=FinishReason.STOP
    )
    assert api.pauses == []


def test_a_provider_gets_the_conversation_and_the_key_and_no_tools(api: Api) -> None:
    api.server.answers(api.answer("A loop."))
    api.parts()

    (body,), (headers,) = api.server.requests, api.server.headers
    spoken = [(message["role"], message["content"]) for message in body["messages"]]
    assert spoken[-3:] == [(turn.role, turn.text) for turn in REQUEST.turns]
    assert REQUEST.system in (body.get("system"), spoken[0][1])
    assert body["max_tokens"] == 64
    assert KEY in headers.get("x-api-key", headers.get("authorization", ""))
    assert headers["accept-encoding"] == "identity"
    assert not {"tools", "tool_choice", "functions", "mcp_servers"} & body.keys()


def test_tokens_from_a_cache_are_part_of_the_input(server: ModelServer) -> None:
    server.answers(
        Scripted(
            parts=[
                message_start(cache_read_input_tokens=100, cache_creation_input_tokens=30),
                text_delta("A loop."),
                message_end(),
            ]
        )
    )
    model = ProviderModel(api=anthropic(server.url), limits=PATIENT)
    *_, finished = model.answer(REQUEST)

    assert isinstance(finished, AnswerFinished)
    assert finished.usage == TokenUsage(input_tokens=142, cached_tokens=100, output_tokens=7)


def test_chat_completions_count_tokens_from_a_cache_too(server: ModelServer) -> None:
    server.answers(a_completion("A loop.", cached=5))
    *_, finished = _openai(server).answer(REQUEST)

    assert isinstance(finished, AnswerFinished)
    assert finished.usage == TokenUsage(input_tokens=12, cached_tokens=5, output_tokens=7)


def test_an_answer_that_nobody_counted_is_estimated(server: ModelServer) -> None:
    server.answers(a_completion("A loop.", is_counted=False))
    *_, finished = _openai(server).answer(REQUEST)

    assert isinstance(finished, AnswerFinished)
    assert finished.usage.input_tokens > 10
    assert finished.usage.output_tokens == 3


def _openai(server: ModelServer) -> ProviderModel:
    provider = openai(server.url)
    return ProviderModel(api=provider, limits=PATIENT)


@pytest.mark.parametrize(
    ("of_anthropic", "of_openai", "reason"),
    [
        ("end_turn", "stop", FinishReason.STOP),
        ("max_tokens", "length", FinishReason.LENGTH),
        ("refusal", "content_filter", FinishReason.CONTENT_FILTER),
    ],
)
def test_the_reason_for_the_end_is_stated(
    api: Api, of_anthropic: str, of_openai: str, reason: FinishReason
) -> None:
    stated = of_anthropic if api.name == "anthropic" else of_openai
    api.server.answers(api.answer("A loop.", reason=stated))

    *_, finished = api.parts()

    assert isinstance(finished, AnswerFinished)
    assert finished.reason is reason


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_passing_error_is_tried_again(api: Api, status: int) -> None:
    api.server.answers(an_error(status), an_error(status), api.answer("A loop."))

    assert text_of(api.parts()) == "A loop."
    assert api.pauses == [0.5, 2.0]


def test_an_attempt_waits_as_long_as_the_provider_asks(api: Api) -> None:
    api.server.answers(an_error(429, retry_after="7"), api.answer("A loop."))

    assert text_of(api.parts()) == "A loop."
    assert api.pauses == [7]


@pytest.mark.parametrize("wish", ["21", "999999", "-1", "nan", "Fri, 31 Dec 2027 23:59:59 GMT"])
def test_no_attempt_waits_longer_than_there_is_time(api: Api, wish: str) -> None:
    api.server.answers(an_error(429, retry_after=wish), api.answer("A loop."))

    if wish.isdigit():
        assert fails(api) == []
        assert api.pauses == []
    else:
        assert text_of(api.parts()) == "A loop."
        assert api.pauses == [0.5]


def test_attempts_are_bounded(api: Api) -> None:
    api.server.answers(an_error(529))

    assert fails(api) == []
    assert len(api.server.requests) == 3


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 413])
def test_another_error_is_not_tried_again(api: Api, status: int) -> None:
    api.server.answers(an_error(status, location="http://127.0.0.1:1/"))

    assert fails(api) == []
    assert len(api.server.requests) == 1


def test_texts_of_the_provider_and_the_key_reach_neither_callers_nor_logs(
    api: Api, caplog: LogRecords
) -> None:
    api.server.answers(an_error(401))
    with pytest.raises(TutorUnavailable) as error:
        api.parts()

    assert "PROVIDER SECRET" not in f"{error.value.detail}{error.value.facts}{caplog.text}"
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    assert KEY not in f"{caplog.text}{api.model()!r}"
    assert "status 401" in caplog.text


def test_nobody_listening_is_a_passing_error(api: Api) -> None:
    with model_server() as gone:
        pass
    api.server = gone

    assert fails(api) == []
    assert len(api.pauses) == 2


def test_a_slow_first_byte_is_not_waited_for(api: Api) -> None:
    api.server.answers(Scripted(parts=[5.0, *api.first("A loop."), api.end()]))

    assert fails(api, HASTY) == []


def test_pings_do_not_count_as_text(server: ModelServer) -> None:
    pings: list[bytes | float] = [event("ping"), 0.1] * 30
    server.answers(Scripted(parts=[message_start(), *pings, message_end()]))
    provider = anthropic(server.url)
    model = ProviderModel(api=provider, limits=HASTY, sleep=lambda _: None)

    with pytest.raises(TutorUnavailable):
        list(model.answer(REQUEST))


def test_once_there_is_text_the_rest_may_take_longer() -> None:
    clock = AnswerClock(HASTY)
    assert clock.seconds_left <= HASTY.first_text_seconds

    clock.text_came()

    assert clock.seconds_left > HASTY.first_text_seconds


def test_silence_in_mid_stream_breaks_the_answer_off(api: Api) -> None:
    api.server.answers(Scripted(parts=[*api.first("A "), 5.0, *api.first("loop."), api.end()]))

    assert text_of(fails(api, replace(PATIENT, silence_seconds=2))) == "A "
    assert len(api.server.requests) == 1


def test_an_answer_that_drips_ends_with_its_time(api: Api) -> None:
    drop: list[bytes | float] = [*api.first("."), 0.2]
    api.server.answers(Scripted(parts=[*drop * 60, api.end()]))

    assert len(text_of(fails(api, replace(PATIENT, total_seconds=2)))) < 60


@pytest.mark.parametrize("is_cut_off", [True, False])
def test_an_answer_without_its_end_is_broken_off(api: Api, *, is_cut_off: bool) -> None:
    api.server.answers(Scripted(parts=api.first("A lo"), is_cut_off=is_cut_off))

    assert text_of(fails(api)) == "A lo"
    assert len(api.server.requests) == 1


def test_what_is_cut_off_before_any_text_is_tried_again(api: Api) -> None:
    api.server.answers(Scripted(is_cut_off=True), api.answer("A loop."))

    assert text_of(api.parts()) == "A loop."


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe" * 100,
        b"data: {\n\n",
        b"event: message_start\ndata: 17\n\n",
        b'event: message_start\ndata: {"type": "message_start"}\n\n',
        b'event: message_start\ndata: {"type": "message_start", "message": {}}\n\n',
        b'event: content_block_delta\ndata: {"type": "content_block_delta"}\n\n',
        b'data: {"choices": 5}\n\n',
        b'data: {"choices": [null]}\n\n',
        b'data: {"choices": [{"delta": "text"}]}\n\n',
        b"data: []\n\n",
        b"data: null\n\n",
        b"<html>A captive portal</html>",
    ],
)
def test_garbage_is_an_answer_that_did_not_come(api: Api, garbage: bytes) -> None:
    api.server.answers(Scripted(parts=[garbage]))

    assert text_of(fails(api)) == ""


def test_an_endless_line_is_not_read_to_its_end(api: Api) -> None:
    limits = ModelLimits(most_bytes=100_000)
    api.server.answers(Scripted(parts=[b"data: " + b"x" * 60_000, b"x" * 60_000, 5.0]))

    assert fails(api, limits) == []


def test_an_endless_error_is_not_read_to_its_end(api: Api) -> None:
    limits = ModelLimits(most_bytes=100_000)
    api.server.answers(Scripted(status=400, parts=[b"x" * 60_000, b"x" * 60_000, 5.0]))

    assert fails(api, limits) == []


def test_an_error_in_the_stream_is_tried_again_if_it_passes(server: ModelServer) -> None:
    overloaded = event("error", error={"type": "overloaded_error", "message": "PROVIDER SECRET"})
    server.answers(Scripted(parts=[message_start(), overloaded]), a_message("A loop."))
    provider = anthropic(server.url)
    model = ProviderModel(api=provider, limits=PATIENT, sleep=lambda _: None)

    parts = list(model.answer(REQUEST))

    assert text_of(parts) == "A loop."
    assert [type(part) for part in parts[:2]] == [AnswerStarted, str]


def test_closing_the_generator_closes_the_connection(api: Api) -> None:
    api.server.answers(Scripted(parts=[*api.first("A "), 10.0, *api.first("loop."), api.end()]))
    parts = api.model().answer(REQUEST)
    next(parts), next(parts)

    parts.close()

    assert api.server.client_left.wait(PATIENCE)


def test_the_environment_of_the_process_changes_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as variables:
        for name in ("HTTP_PROXY", "http_proxy", "ANTHROPIC_BASE_URL", "OPENAI_BASE_URL"):
            variables.setenv(name, "http://127.0.0.1:1")
        variables.setenv("ANTHROPIC_AUTH_TOKEN", "another")
        api.server.answers(api.answer("A loop."))

        assert text_of(api.parts()) == "A loop."
    assert "another" not in str(api.server.headers)
