"""Ports of AI sessions: the language model that answers, and where texts are stored."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from accounts.public import UserId


class Role(StrEnum):
    """Who speaks, as in OpenTelemetry's conventions for generative AI."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class FinishReason(StrEnum):
    """Why an answer ended; `cancelled` if the reader left, `error` if the provider broke it off."""

    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"
    CANCELLED = "cancelled"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """A conversation that ends with a message of the user, to be answered under the instructions in `system`."""

    system: str
    turns: tuple[Turn, ...]
    most_output_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsage:
    """Tokens that were read and written. `cached_tokens` are those of the input that a cache of the provider had."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStarted:
    """The first part of every answer: the model that writes it, and what its input was counted as."""

    model_id: str
    usage: TokenUsage


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFinished:
    """The last part of an answer that was not broken off: what all of it was counted as."""

    usage: TokenUsage
    reason: FinishReason


AnswerPart = AnswerStarted | str | AnswerFinished


class TutorModel(Protocol):
    """A language model, at a provider or offline."""

    @property
    def provider(self) -> str:
        """Its name by OpenTelemetry's conventions (`gen_ai.provider.name`), or `offline`."""

    @property
    def model_id(self) -> str:
        """The model that is asked for; the provider may answer with a dated version of it."""

    def answer(self, request: ModelRequest) -> Generator[AnswerPart, None, None]:
        """The answer while it is written: `AnswerStarted`, pieces of text, then `AnswerFinished`.

        Before the first piece of text, passing failures of the provider are tried again within bounds. Closing the
        generator closes the connection. Raises TutorUnavailable if there is no answer, or if it breaks off.
        """


class TextStore(Protocol):
    """Texts of persons, by the SHA-256 of their UTF-8 form. Each person's texts are apart from those of others."""

    def put(self, owner: UserId, text: str) -> str:
        """Store the text, and return its hash in hexadecimal. If it is there, it counts as stored now."""

    def get(self, owner: UserId, content_hash: str) -> str | None:
        """The text with that hash; None if it was removed. Raises TextAltered if it has another hash."""

    def remove(self, owner: UserId, content_hash: str, *, stored_before: datetime) -> bool:
        """Remove the text with that hash, unless it was last stored at that time or later; return whether it was."""

    def stored_before(
        self, moment: datetime, *, owner: UserId | None = None
    ) -> Iterator[tuple[UserId, str]]:
        """Yield owner and hash of each text that was last stored before that time; those of one owner together."""
