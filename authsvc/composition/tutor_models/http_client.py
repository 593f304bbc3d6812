"""HTTP of the SDKs: bounded in time and size, to the one host that the operator has configured.

The SDKs bring their own HTTP client, httpx2. They stay within their API, so the port for outbound HTTP, which neither
streams nor reaches private addresses in production, is not used: the host comes from the configuration, never from a
user, and may well be a server in the operator's own network.
"""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

import httpx2

from authsvc.composition.tutor_models.answering import AnswerClock, ProviderFailed

PASSING: Final = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
"""Statuses after which another attempt may succeed. 529 is Anthropic's for a server that is overloaded."""
_TIMEOUTS: Final = ("connect", "read", "write", "pool")


@contextmanager
def http_client(clock: AnswerClock) -> Iterator[httpx2.Client]:
    """A client for one answer: without redirects, proxies and variables of the environment. It is closed at the end."""
    with httpx2.Client(
        transport=_BoundedTransport(clock),
        trust_env=False,
        follow_redirects=False,
        # A compressed body could grow without bounds.
        headers={"Accept-Encoding": "identity"},
    ) as client:
        yield client


def failure_of(status: int, headers: httpx2.Headers) -> ProviderFailed:
    """The failure that a status stands for."""
    stated = headers.get("retry-after", "")
    return ProviderFailed(
        f"status {status}",
        is_passing=status in PASSING,
        # The other form, a date, is not used by these providers.
        retry_after=int(stated) if re.fullmatch("[0-9]{1,6}", stated) else None,
    )


@cache
def _ssl_context() -> ssl.SSLContext:
    """The trusted certificate authorities, loaded once because that takes a while."""
    return httpx2.create_ssl_context(trust_env=False)


class _BoundedTransport(httpx2.BaseTransport):
    """Ends a response after its time or its bytes, however slowly or quickly they arrive."""

    def __init__(self, clock: AnswerClock) -> None:
        self._clock = clock
        self._transport = httpx2.HTTPTransport(verify=_ssl_context(), trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        left = self._clock.seconds_left
        if left <= 0:
            raise httpx2.ReadTimeout("the time for the answer is over", request=request)
        limits = self._clock.limits
        seconds = {"connect": limits.connect_seconds, "read": limits.silence_seconds}
        timeout = {name: min(seconds.get(name, left), left) for name in _TIMEOUTS}
        request.extensions["timeout"] = timeout
        response = self._transport.handle_request(request)
        # Read again for the body: between pieces of text, other silence is allowed than before the first.
        timeout["read"] = limits.silence_seconds
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_BoundedStream(response, request, self._clock),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._transport.close()


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(
        self, response: httpx2.Response, request: httpx2.Request, clock: AnswerClock
    ) -> None:
        self._response = response
        self._request = request
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        left = self._clock.limits.most_bytes
        for chunk in self._response.iter_raw():
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError("the answer is too large", request=self._request)
            if self._clock.seconds_left <= 0:
                raise httpx2.ReadTimeout("the time for the answer is over", request=self._request)
            yield chunk

    def close(self) -> None:
        self._response.close()
