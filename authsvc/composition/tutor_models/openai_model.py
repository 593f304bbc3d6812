"""Chat Completions of OpenAI and of compatible servers, through the official SDK. Imported only where it is used."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from openai import APIConnectionError, APIStatusError, OpenAI, OpenAIError

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
from progress.domain.ai.usage import estimated_input, estimated_tokens

BASE_URL: Final = "https://api.openai.com/v1"
NO_KEY: Final = "none"
"""Sent to servers that need no key; the SDK insists on one."""
REASONS: Final = {
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIProvider:
    model_id: str
    api_key: str = field(default=NO_KEY, repr=False)
    base_url: str = BASE_URL
    name: str = "openai"

    def attempt(
        self, request: ModelRequest, clock: AnswerClock
    ) -> Generator[AnswerPart, None, None]:
        try:
            with http_client(clock) as client:
                yield from self._parts(request, client)
        except APIStatusError as error:
            raise failure_of(error.status_code, error.response.headers) from None
        except (APIConnectionError, httpx2.HTTPError) as error:
            cause = type(error.__cause__ or error).__name__
            raise ProviderFailed(cause, is_passing=True) from None
        except OpenAIError as error:  # an error that the stream reports
            raise ProviderFailed(type(error).__name__, is_passing=True) from None
        except MALFORMED as error:
            raise ProviderFailed(f"malformed: {type(error).__name__}") from None

    def _parts(
        self, request: ModelRequest, client: httpx2.Client
    ) -> Generator[AnswerPart, None, None]:
        """Raises what the SDK raises."""
        sdk = OpenAI(
            api_key=self.api_key, base_url=self.base_url, http_client=client, max_retries=0
        )
        counted, reason, length = None, None, 0
        is_started = False
        with sdk.chat.completions.create(**self._body_of(request)) as chunks:
            for chunk in chunks:
                if not is_started:
                    is_started = True
                    estimate = TokenUsage(input_tokens=estimated_input(request))
                    yield AnswerStarted(model_id=str(chunk.model), usage=estimate)
                if chunk.usage is not None:
                    counted = _usage_in(chunk.usage)
                for choice in chunk.choices[:1]:
                    reason = choice.finish_reason or reason
                    if choice.delta.content:
                        length += len(choice.delta.content)
                        yield str(choice.delta.content)
        if reason is not None:
            estimate = TokenUsage(
                input_tokens=estimated_input(request),
                output_tokens=estimated_tokens("x" * length),
            )
            finished = REASONS.get(reason, FinishReason.STOP)
            yield AnswerFinished(usage=counted or estimate, reason=finished)

    def _body_of(self, request: ModelRequest) -> Any:
        messages = [
            {"role": "system", "content": request.system},
            *({"role": str(turn.role), "content": turn.text} for turn in request.turns),
        ]
        # OpenAI has renamed the limit. Compatible servers know the old name.
        limit = "max_completion_tokens" if self.base_url == BASE_URL else "max_tokens"
        return {
            "model": self.model_id,
            "messages": messages,
            limit: request.most_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }


def _usage_in(stated: Any) -> TokenUsage:
    details = stated.prompt_tokens_details
    cached = getattr(details, "cached_tokens", None)
    return TokenUsage(
        input_tokens=int(stated.prompt_tokens),
        cached_tokens=int(cached or 0),
        output_tokens=int(stated.completion_tokens),
    )
