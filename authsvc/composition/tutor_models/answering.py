"""Answers of providers: bounded in time, with further attempts before the first text and none after it."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final, Protocol

import structlog

from progress.domain.ai.errors import TutorUnavailable
from progress.domain.ai.ports import (
    AnswerFinished,
    AnswerPart,
    AnswerStarted,
    ModelRequest,
    TokenUsage,
)

log: Final = structlog.get_logger(__name__)

MOST_ATTEMPTS: Final = 3
PAUSES: Final = (0.5, 2.0)
"""Seconds before each further attempt, unless the provider names others."""

MALFORMED: Final = (AttributeError, LookupError, TypeError, ValueError)
"""What reading an answer raises that is not as specified: the SDKs do not check what they parse."""


class ProviderFailed(Exception):
    """An attempt failed. `reason` is logged, so it is our words: those of the provider can repeat the conversation."""

    def __init__(
        self, reason: str, *, is_passing: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_passing = is_passing
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLimits:
    """Seconds for each step of an answer, and the bytes of all of it. Further attempts count towards the first text."""

    connect_seconds: float = 5.0
    first_text_seconds: float = 20.0
    silence_seconds: float = 20.0
    total_seconds: float = 120.0
    most_bytes: int = 8 * 1024 * 1024


class AnswerClock:
    """The time that is left of an answer."""

    def __init__(self, limits: ModelLimits) -> None:
        self.limits = limits
        self._began_at = monotonic()
        self._has_text = False

    def text_came(self) -> None:
        self._has_text = True

    @property
    def seconds_left(self) -> float:
        total = self.limits.total_seconds
        allowed = total if self._has_text else min(self.limits.first_text_seconds, total)
        return self._began_at + allowed - monotonic()


class Provider(Protocol):
    """The API of a provider."""

    @property
    def name(self) -> str:
        """Its name by OpenTelemetry's conventions (`gen_ai.provider.name`)."""

    @property
    def model_id(self) -> str:
        """The model that is asked for."""

    def attempt(
        self, request: ModelRequest, clock: AnswerClock
    ) -> Generator[AnswerPart, None, None]:
        """The parts of one answer. Closing the generator closes the connection. Raises ProviderFailed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderModel:
    """A tutor model at a provider."""

    api: Provider
    limits: ModelLimits
    sleep: Callable[[float], None] = sleep

    @property
    def provider(self) -> str:
        return self.api.name

    @property
    def model_id(self) -> str:
        return self.api.model_id

    def answer(self, request: ModelRequest) -> Generator[AnswerPart, None, None]:
        clock = AnswerClock(self.limits)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            has_begun = False
            try:
                for part in self._parts(request, clock):
                    has_begun = True
                    yield part
            except ProviderFailed as failure:
                log.warning(
                    "the model failed",
                    provider=self.provider,
                    reason=failure.reason,
                    attempt=attempt,
                    has_begun=has_begun,
                )
                if has_begun or not self._may_try_again(failure, attempt, clock):
                    raise TutorUnavailable from None
            else:
                return

    def _parts(
        self, request: ModelRequest, clock: AnswerClock
    ) -> Generator[AnswerPart, None, None]:
        """The parts of an attempt, the first of them once there is text. Raises ProviderFailed."""
        started, is_finished = AnswerStarted(model_id=self.model_id, usage=TokenUsage()), False
        is_stated = False
        with closing(self.api.attempt(request, clock)) as parts:
            for part in parts:
                if isinstance(part, AnswerStarted):
                    started = part
                    continue
                if not is_stated:
                    is_stated = True
                    clock.text_came()
                    yield started
                is_finished = isinstance(part, AnswerFinished)
                yield part
        if not is_finished:
            raise ProviderFailed("the answer ended too early", is_passing=True)

    def _may_try_again(self, failure: ProviderFailed, attempt: int, clock: AnswerClock) -> bool:
        """Whether to try again; if so, only after the pause."""
        if not failure.is_passing or attempt == MOST_ATTEMPTS:
            return False
        pause = PAUSES[attempt - 1] if failure.retry_after is None else failure.retry_after
        if pause >= clock.seconds_left:
            return False
        self.sleep(pause)
        return True
