"""Anthropic's Messages API, through its official SDK. Imported only where it is used: the SDK is an extra."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from anthropic import Anthropic, AnthropicError, APIConnectionError, APIStatusError

from authsvc.composition.tutor_models.answering import MALFORMED, AnswerClock, ProviderFailed
from authsvc.composition.tutor_models.http_client import failure_of, http_client
from progress.domain.ai.ports import (
    AnswerFinished,
    AnswerPart,
    AnswerStarted,
    FinishReason,
    ModelRequest,
    TokenUsage,
)

BASE_URL: Final = "https://api.anthropic.com"
PASSING_TYPES: Final = frozenset({"api_error", "overloaded_error", "rate_limit_error"})
"""Errors that a stream can report after its status 200, and that pass."""
REASONS: Final = {
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "refusal": FinishReason.CONTENT_FILTER,
}
"""Reasons to stop, other than that the answer is complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnthropicProvider:
    model_id: str
    api_key: str = field(repr=False)
    base_url: str = BASE_URL
    name: str = "anthropic"

    def attempt(
        self, request: ModelRequest, clock: AnswerClock
    ) -> Generator[AnswerPart, None, None]:
        try:
            with http_client(clock) as client:
                yield from self._parts(request, client)
        except APIStatusError as error:
            raise _failure_of(error) from None
        except (APIConnectionError, httpx2.HTTPError) as error:
            cause = type(error.__cause__ or error).__name__
            raise ProviderFailed(cause, is_passing=True) from None
        except (AnthropicError, *MALFORMED) as error:
            raise ProviderFailed(f"malformed: {type(error).__name__}") from None

    def _parts(
        self, request: ModelRequest, client: httpx2.Client
    ) -> Generator[AnswerPart, None, None]:
        """Raises what the SDK raises."""
        sdk = Anthropic(
            api_key=self.api_key,
            base_url=self.base_url,
            http_client=client,
            max_retries=0,
            # Its spans could have the conversation in them. Ours have not.
            open_telemetry=False,
        )
        usage, reason = TokenUsage(), None
        with sdk.messages.create(
            model=self.model_id,
            max_tokens=request.most_output_tokens,
            system=request.system,
            messages=[{"role": _role(turn.role), "content": turn.text} for turn in request.turns],
            stream=True,
        ) as events:
            for event in events:
                if event.type == "message_start":
                    usage = _usage_in(event.message.usage, TokenUsage())
                    yield AnswerStarted(model_id=str(event.message.model), usage=usage)
                elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                    yield str(event.delta.text)
                elif event.type == "message_delta":
                    usage = _usage_in(event.usage, usage)
                    reason = event.delta.stop_reason
                elif event.type == "message_stop":
                    finished = REASONS.get(str(reason), FinishReason.STOP)
                    yield AnswerFinished(usage=usage, reason=finished)


def _role(role: str) -> Any:
    return str(role)


def _usage_in(stated: Any, before: TokenUsage) -> TokenUsage:
    """The usage so far. Anthropic counts cached input apart from other input; we count it as input, too."""
    if stated.input_tokens is None:
        input_tokens, cached_tokens = before.input_tokens, before.cached_tokens
    else:
        cached_tokens = int(stated.cache_read_input_tokens or 0)
        written = int(stated.cache_creation_input_tokens or 0)
        input_tokens = int(stated.input_tokens) + written + cached_tokens
    return TokenUsage(
        input_tokens=input_tokens,
        cached_tokens=cached_tokens,
        output_tokens=int(stated.output_tokens or 0),
    )


def _failure_of(error: APIStatusError) -> ProviderFailed:
    if error.status_code == httpx2.codes.OK:  # reported in the stream
        return ProviderFailed(f"error {error.type}", is_passing=error.type in PASSING_TYPES)
    return failure_of(error.status_code, error.response.headers)
