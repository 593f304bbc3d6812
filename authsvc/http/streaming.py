"""Server-sent events: answers that are written while they are sent."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse

from authsvc.http.problems import members_of_http, problem_of
from authsvc.http.rendering import json_of
from authsvc.kernel.errors import DomainError

log: Final = structlog.get_logger(__name__)

EVENT_STREAM: Final = "text/event-stream"

Event = tuple[str, Mapping[str, Any]]
"""A name, and JSON data."""
Events = Generator[Event, None, None]
Replay = Callable[[Mapping[str, Any]], Events]


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer of events, which begin once the unit of work of the request has been committed.

    The receipt is what is stored under an Idempotency-Key: enough to find the answer again.
    """

    receipt: Mapping[str, Any]
    begin: Callable[[], Events]


def event_stream(events: Events) -> StreamingHttpResponse:
    """A response of events."""
    response = StreamingHttpResponse(_EncodedEvents(events), content_type=EVENT_STREAM)
    response["Cache-Control"] = "no-store"
    # Proxies that buffer, such as nginx, would hold the answer back until it is complete.
    response["X-Accel-Buffering"] = "no"
    return response


def stream_response(
    response: HttpResponse, *, begun: Streamed | None, replay: Replay
) -> StreamingHttpResponse:
    """The stream in place of the response with its receipt, which has no stream if it was stored earlier.

    Raises what the replay raises.
    """
    events = begun.begin() if begun is not None else replay(json.loads(response.content))
    streaming = event_stream(events)
    streaming.status_code = response.status_code
    for name, value in response.items():
        streaming[name] = value
    return streaming


class _EncodedEvents:
    """Events as bytes. An error of the domain or the database ends them with an event that has the problem.

    The first event is made at once, so that closing them always reaches the code that makes them.
    """

    def __init__(self, events: Events) -> None:
        self._events = events
        self._first: bytes | None = self._next()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is None:
            return self._next()
        encoded, self._first = self._first, None
        return encoded

    def close(self) -> None:
        self._events.close()

    def _next(self) -> bytes:
        try:
            return _encoded(*next(self._events))
        except DomainError as error:
            _, members = problem_of(error)
        except OperationalError:
            log.exception("the database failed a stream")
            members = members_of_http(HTTPStatus.SERVICE_UNAVAILABLE)
        return _encoded("error", members)


def _encoded(name: str, data: Mapping[str, Any]) -> bytes:
    """An event (HTML Standard §9.2.6). JSON has no line breaks outside of strings, and escapes those inside."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), json_of(data, {}))
