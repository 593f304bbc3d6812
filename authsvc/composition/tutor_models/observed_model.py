"""A tutor model whose answers are traced, by OpenTelemetry's conventions for generative AI."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from authsvc.kernel.tracing import Carrier, OpenSpan, SpanKind, Tracing
from progress.domain.ai.errors import TutorUnavailable
from progress.domain.ai.ports import (
    AnswerFinished,
    AnswerPart,
    AnswerStarted,
    ModelRequest,
    TokenUsage,
    TutorModel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedModel:
    """Asks another model. A span has its name, model and tokens, and nothing of what is said."""

    model: TutorModel
    tracing: Tracing

    @property
    def provider(self) -> str:
        return self.model.provider

    @property
    def model_id(self) -> str:
        return self.model.model_id

    def answer(self, request: ModelRequest) -> Generator[AnswerPart, None, None]:
        # The block around this call has ended by the time at which the generator runs.
        return self._traced(request, within=self.tracing.carrier())

    def _traced(
        self, request: ModelRequest, *, within: Carrier
    ) -> Generator[AnswerPart, None, None]:
        span = self.tracing.begin(f"chat {self.model_id}", SpanKind.CLIENT, within=within)
        span.set("gen_ai.operation.name", "chat")
        span.set("gen_ai.provider.name", self.provider)
        span.set("gen_ai.request.model", self.model_id)
        span.set("gen_ai.request.max_tokens", request.most_output_tokens)
        try:
            with closing(self.model.answer(request)) as parts:
                for part in parts:
                    _describe(part, span)
                    yield part
        except TutorUnavailable as error:
            span.set("error.type", type(error).__name__)
            span.fail(error.title)
            raise
        finally:
            span.end()


def _describe(part: AnswerPart, span: OpenSpan) -> None:
    if isinstance(part, AnswerStarted):
        span.set("gen_ai.response.model", part.model_id)
        _describe_usage(part.usage, span)
    elif isinstance(part, AnswerFinished):
        span.set("gen_ai.response.finish_reasons", part.reason.value)
        _describe_usage(part.usage, span)


def _describe_usage(usage: TokenUsage, span: OpenSpan) -> None:
    span.set("gen_ai.usage.input_tokens", usage.input_tokens)
    span.set("gen_ai.usage.cache_read.input_tokens", usage.cached_tokens)
    span.set("gen_ai.usage.output_tokens", usage.output_tokens)
