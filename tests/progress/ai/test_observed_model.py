"""Spans of answers, by OpenTelemetry's conventions for generative AI."""

from collections.abc import Iterator

import pytest

from authsvc.composition.opentelemetry_tracing import OpenTelemetryTracing
from authsvc.composition.tutor_models.answering import ModelLimits, ProviderModel
from authsvc.composition.tutor_models.observed_model import ObservedModel
from authsvc.kernel.tracing import NoTracing
from progress.domain.ai.errors import TutorUnavailable
from progress.domain.ai.offline_model import OfflineModel
from progress.domain.ai.ports import TutorModel
from tests.progress.ai.test_offline_model import a_question
from tests.support.collector import CollectedSpan, Collector, running_collector, tracing_to
from tests.support.model_server import (
    Scripted,
    a_message,
    anthropic,
    message_end,
    message_start,
    model_server,
    text_delta,
)


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.fixture(scope="module")
def tracing(collector: Collector) -> OpenTelemetryTracing:
    return tracing_to(collector.url)


def at(url: str, tracing: OpenTelemetryTracing) -> TutorModel:
    return ObservedModel(
        model=ProviderModel(api=anthropic(url), limits=ModelLimits(), sleep=lambda _: None),
        tracing=tracing,
    )


def the_only_answer_within(name: str, collector: Collector) -> tuple[CollectedSpan, CollectedSpan]:
    """The span with that name, and the one of the answer that was asked for in it."""

    def pairs(spans: list[CollectedSpan]) -> list[tuple[CollectedSpan, CollectedSpan]]:
        outer = [span for span in spans if span.name == name]
        return [
            (span, inner) for span in outer for inner in spans if inner.parent_id == span.span_id
        ]

    ((asking, answer),) = pairs(collector.waits_for(lambda spans: bool(pairs(spans))))
    return asking, answer


def test_an_answer_is_a_span_of_the_request_that_asked_for_it(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    with model_server() as server:
        server.answers(a_message("A bight.", cache_read_input_tokens=3))
        with tracing.span("asking for an answer"):
            parts = at(server.url, tracing).answer(a_question("A secret question?"))
        list(parts)

    asking, span = the_only_answer_within("asking for an answer", collector)
    assert (span.name, span.trace_id, span.kind) == ("chat knots-1", asking.trace_id, "client")
    assert span.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "knots-1",
        "gen_ai.request.max_tokens": 100,
        "gen_ai.response.model": "knots-1-20261101",
        "gen_ai.response.finish_reasons": "stop",
        "gen_ai.usage.input_tokens": 15,
        "gen_ai.usage.cache_read.input_tokens": 3,
        "gen_ai.usage.output_tokens": 7,
    }


def test_a_failed_answer_is_a_failed_span(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    with model_server() as server:
        server.answers(Scripted(parts=[message_start(), text_delta("A secret")], is_cut_off=True))
        with tracing.span("failing"), pytest.raises(TutorUnavailable):
            list(at(server.url, tracing).answer(a_question("A secret question?")))

    spans = collector.waits_for(lambda spans: any(s.error for s in spans))
    span = next(span for span in spans if span.error)
    assert span.error == "The tutor cannot answer at present"
    assert span.attributes["error.type"] == "TutorUnavailable"
    assert "secret" not in str(span)


def test_a_span_ends_when_its_reader_leaves(
    tracing: OpenTelemetryTracing, collector: Collector
) -> None:
    with model_server() as server:
        server.answers(Scripted(parts=[message_start(), text_delta("A"), 5.0, message_end()]))
        with tracing.span("leaving"):
            parts = at(server.url, tracing).answer(a_question("A question?"))
        next(parts), next(parts)
        parts.close()

    _, span = the_only_answer_within("leaving", collector)
    assert span.name == "chat knots-1"
    assert "gen_ai.response.finish_reasons" not in span.attributes


def test_without_tracing_an_answer_is_the_same() -> None:
    model, question = OfflineModel(), a_question("Which bend?")
    observed = ObservedModel(model=model, tracing=NoTracing())

    assert list(observed.answer(question)) == list(model.answer(question))
    assert (observed.provider, observed.model_id) == ("offline", "offline-1")
