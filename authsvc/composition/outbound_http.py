"""Outbound HTTP, implemented with httpcore: it lets us choose the address, and bound every read."""

import re
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from ipaddress import ip_address
from threading import Lock
from time import monotonic
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httpcore

from authsvc.kernel.outbound import (
    Address,
    OutboundFailed,
    OutboundRequest,
    OutboundResponse,
    is_public,
)
from authsvc.kernel.workers import Workers, WorkersBusy

RESOLVE_SECONDS: Final = 3.0
CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 8.0
MOST_HEADER_BYTES: Final = 32 * 1024
CHUNK: Final = 4096
"""Read at a time, so that little of a body that is not wanted is read with the headers."""
MOST_ADDRESSES: Final = 4
"""How many addresses of a host are tried, in the order of the resolver."""

Resolver = Callable[[str, int], Sequence[str]]
_VISIBLE: Final = re.compile(r"[!-~]+")
_PORTS: Final = {"http": 80, "https": 443}


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, from the resolver of the machine. Raises OSError, UnicodeError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in answers))


@dataclass(slots=True)
class Resolvers:
    """The threads that resolve host names for one use of this module.

    A host occupies one of them at most, however many requests wait for it: what is slow delays no other host.
    """

    workers: Workers
    _pending: dict[str, "Future[Sequence[str]]"] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def addresses(self, resolver: Resolver, host: str, port: int, seconds: float) -> Sequence[str]:
        """Raises WorkersBusy, TimeoutError, CancelledError, OSError, UnicodeError."""
        with self._lock:
            answer = self._pending.get(host)
            if answer is None:
                answer = self._pending[host] = self.workers.submit(lambda: resolver(host, port))
                answer.add_done_callback(lambda _: self._pending.pop(host))
        try:
            return answer.result(timeout=seconds)
        except TimeoutError:
            answer.cancel()
            raise


def resolvers_of(name: str) -> Resolvers:
    return Resolvers(Workers(name, threads=4, waiting=32))


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpcoreOutbound:
    """Each request has a connection and a deadline of its own, which name resolution counts towards.

    The resolver cannot be interrupted, so it runs in one of a few threads, and a request waits only `resolve_seconds`.
    A slow name server of several hosts can keep them all: what sends requests to servers that anybody may choose has
    `resolvers` of its own.
    """

    allows_private_addresses: bool
    resolver: Resolver = system_addresses
    network: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    resolve_seconds: float = RESOLVE_SECONDS
    total_seconds: float = TOTAL_SECONDS
    ssl_context: ssl.SSLContext | None = None
    resolvers: Resolvers = field(default_factory=lambda: resolvers_of("resolver"))

    def send(self, request: OutboundRequest) -> OutboundResponse:
        parts = self._checked(request.url)
        most = request.most_seconds
        seconds = self.total_seconds if most is None else min(most, self.total_seconds)
        limits = _Limits(
            deadline=monotonic() + seconds,
            bytes_left=MOST_HEADER_BYTES + request.most_bytes,
        )
        backend = _CheckedBackend(self._addresses, self.network, limits)
        try:
            with httpcore.ConnectionPool(
                ssl_context=self.ssl_context or _ssl_context(), network_backend=backend
            ) as pool:
                return _response_of(pool, parts, request)
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise OutboundFailed(f"{type(error).__name__}: {error}") from None
        except httpcore.TimeoutException as error:
            raise OutboundFailed(f"there was no response in time ({error})") from None

    def _checked(self, url: str) -> SplitResult:
        """The parts of the URL. Raises OutboundFailed if no request may be sent there."""
        try:
            parts = urlsplit(url)
            is_complete = bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_complete = False
        if not is_complete or not _VISIBLE.fullmatch(url) or "\\" in url:
            raise OutboundFailed("the URL is invalid")
        if "@" in parts.netloc:
            raise OutboundFailed("the URL has user information")
        if parts.scheme not in (_PORTS if self.allows_private_addresses else {"https"}):
            raise OutboundFailed("the URL does not use HTTPS")
        return parts

    def _addresses(self, host: str, port: int, deadline: float) -> list[Address]:
        """The addresses of the host, if they all are allowed. Raises OutboundFailed."""
        seconds = min(self.resolve_seconds, max(0.0, deadline - monotonic()))
        try:
            texts = self.resolvers.addresses(self.resolver, host, port, seconds)
        except WorkersBusy:
            raise OutboundFailed("too many host names are being resolved") from None
        except (TimeoutError, CancelledError):
            raise OutboundFailed("the host name was not resolved in time") from None
        except (OSError, UnicodeError):
            raise OutboundFailed("the host name cannot be resolved") from None
        addresses = [ip_address(text) for text in texts]
        if not self.allows_private_addresses and not all(map(is_public, addresses)):
            raise OutboundFailed("the host has an address that is not public")
        return addresses[:MOST_ADDRESSES]


@cache
def _ssl_context() -> ssl.SSLContext:
    """The trusted certificate authorities, loaded once because that takes a while."""
    return httpcore.default_ssl_context()


@dataclass(slots=True)
class _Limits:
    """What is left of the time and the bytes of a request."""

    deadline: float
    bytes_left: int

    def seconds(self) -> float:
        """Raises ReadTimeout after the deadline."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left

    def received(self, content: bytes) -> bytes:
        """Raises ReadError when these are too many bytes."""
        self.bytes_left -= len(content)
        if self.bytes_left < 0:
            raise httpcore.ReadError("the response is too large")
        return content


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that the resolver returned once and that were checked, and to no other."""

    def __init__(
        self,
        addresses: Callable[[str, int, float], list[Address]],
        network: httpcore.NetworkBackend,
        limits: _Limits,
    ) -> None:
        self._addresses = addresses
        self._network = network
        self._limits = limits

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises OutboundFailed, ConnectError, ConnectTimeout."""
        failure: Exception = httpcore.ConnectError("the host has no address")
        for address in self._addresses(host, port, self._limits.deadline):
            seconds = min(CONNECT_SECONDS, self._limits.seconds())
            try:
                stream = self._network.connect_tcp(str(address), port, timeout=seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _LimitedStream(stream, self._limits)
        raise failure


class _LimitedStream(httpcore.NetworkStream):
    """A connection on which nothing takes longer than until the deadline, however slowly bytes arrive."""

    def __init__(self, stream: httpcore.NetworkStream, limits: _Limits) -> None:
        self._stream = stream
        self._limits = limits

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        content = self._stream.read(min(max_bytes, CHUNK), self._limits.seconds())
        return self._limits.received(content)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._limits.seconds())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = min(CONNECT_SECONDS, self._limits.seconds())
        return _LimitedStream(
            self._stream.start_tls(ssl_context, server_hostname, seconds), self._limits
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _response_of(
    pool: httpcore.ConnectionPool, parts: SplitResult, request: OutboundRequest
) -> OutboundResponse:
    """Raises OutboundFailed, and the errors of httpcore."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    url = httpcore.URL(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        target=target,
    )
    headers = {
        "Host": parts.netloc,
        "Content-Length": str(len(request.content)),
        # A compressed body could grow without bounds.
        "Accept-Encoding": "identity",
        "Connection": "close",
        **request.headers,
    }
    with pool.stream(
        request.method, url, headers=list(headers.items()), content=request.content
    ) as response:
        return OutboundResponse(
            status=response.status,
            headers=tuple(
                (name.decode("latin-1").lower(), value.decode("latin-1"))
                for name, value in response.headers
            ),
            content=_content_of(response, request.most_bytes),
        )


def _content_of(response: httpcore.Response, most_bytes: int) -> bytes:
    """Raises OutboundFailed if the body is compressed or too large."""
    if not most_bytes or response.status == HTTPStatus.NO_CONTENT:
        return b""
    for name, value in response.headers:
        if name.lower() == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}:
            raise OutboundFailed("the response is compressed")
    content = bytearray()
    for chunk in response.iter_stream():
        content += chunk
        if len(content) > most_bytes:
            raise OutboundFailed(f"the response is larger than {most_bytes} bytes")
    return bytes(content)
