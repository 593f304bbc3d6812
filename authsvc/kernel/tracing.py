"""Tracing: spans of requests, operations, statements and jobs, and how they continue elsewhere."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from types import TracebackType
from typing import Final, Protocol

Carrier = Mapping[str, str]
"""Headers of W3C Trace Context (`traceparent`, `tracestate`), in lower case. Empty outside of any trace."""


class SpanKind(StrEnum):
    """The side of a call that a span describes, as in OpenTelemetry."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class Span(Protocol):
    """A piece of work that is being traced."""

    def rename(self, name: str) -> None:
        """Replace the name, which must have few values."""

    def set(self, attribute: str, value: str | int) -> None:
        """State an attribute: never a secret, a name or an answer."""

    def fail(self, reason: str) -> None:
        """Mark the work as failed."""


class OpenSpan(Span, Protocol):
    """A piece of work that is being traced until `end` is called."""

    def end(self) -> None:
        """End the work."""


class Tracing(Protocol):
    @property
    def is_recording(self) -> bool:
        """Whether anything is recorded. If not, the other methods do nothing."""

    def span(
        self, name: str, kind: SpanKind = SpanKind.INTERNAL, *, within: Carrier | None = None
    ) -> AbstractContextManager[Span]:
        """Trace the block, as part of the block around it, or of the work that the carrier comes from.

        An error that leaves the block is recorded by its type. Log lines of the block have its ids.
        """

    def begin(self, name: str, kind: SpanKind = SpanKind.INTERNAL, *, within: Carrier) -> OpenSpan:
        """Trace work that is no block, such as an answer that is written while others are; it must be ended."""

    def carrier(self) -> dict[str, str]:
        """What continues the current block elsewhere: in another server, or in a job that is stored with it.

        A job runs in `span("job", SpanKind.CONSUMER, within=carrier)`.
        """


class _NoSpan:
    def __enter__(self) -> Span:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing to do."""

    def rename(self, name: str) -> None:
        """Nothing to do."""

    def set(self, attribute: str, value: str | int) -> None:
        """Nothing to do."""

    def fail(self, reason: str) -> None:
        """Nothing to do."""

    def end(self) -> None:
        """Nothing to do."""


_NO_SPAN: Final = _NoSpan()


class NoTracing:
    """Traces nothing."""

    is_recording: Final = False

    def span(
        self, name: str, kind: SpanKind = SpanKind.INTERNAL, *, within: Carrier | None = None
    ) -> AbstractContextManager[Span]:
        return _NO_SPAN

    def begin(self, name: str, kind: SpanKind = SpanKind.INTERNAL, *, within: Carrier) -> OpenSpan:
        return _NO_SPAN

    def carrier(self) -> dict[str, str]:
        return {}
