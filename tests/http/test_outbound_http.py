"""Outbound HTTP, with hostile servers and resolvers on this machine."""

import gzip
import os
import ssl
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Semaphore
from typing import Any, Final

import httpcore
import pytest

from authsvc.composition.observed_outbound import ObservedOutbound
from authsvc.composition.outbound_http import HttpcoreOutbound
from authsvc.composition.ports import ports
from authsvc.config.environment import read_environment
from authsvc.kernel.outbound import OutboundFailed, OutboundHttp, OutboundRequest
from tests.support.patience import PATIENCE
from tests.support.raw_server import endlessly, raw_server, sending, server_context

PUBLIC: Final = "93.184.216.34"
OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
ENDLESS: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"
SHORT_SECONDS: Final = 0.4


@dataclass
class Resolver:
    """A resolver whose answers change from call to call; the last one stays."""

    answers: list[list[str]]
    calls: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> list[str]:
        self.calls.append((host, port))
        return self.answers[min(len(self.calls), len(self.answers)) - 1]


class Network(httpcore.SyncBackend):
    """A network in which all addresses lead to one port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connected: list[str] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append(host)
        return super().connect_tcp("127.0.0.1", self.port, timeout=timeout)


ANYWHERE: Final = HttpcoreOutbound(allows_private_addresses=True)
IMPATIENT: Final = HttpcoreOutbound(allows_private_addresses=True, total_seconds=SHORT_SECONDS)


def get(url: str, *, most_bytes: int = 0, method: str = "GET") -> OutboundRequest:
    return OutboundRequest(method=method, url=url, most_bytes=most_bytes)


def outside(*answers: list[str], port: int = 9, **parts: Any) -> tuple[HttpcoreOutbound, Network]:
    """As in production, with a resolver and a network of the test."""
    network = Network(port)
    http = HttpcoreOutbound(
        allows_private_addresses=False, resolver=Resolver(list(answers)), network=network, **parts
    )
    return http, network


def test_a_response_has_status_headers_and_body() -> None:
    with raw_server(sending(OK)) as server:
        response = ANYWHERE.send(get(f"http://127.0.0.1:{server.port}/a?b=c", most_bytes=5))

    assert (response.status, response.content) == (200, b"hello")
    assert response.header("content-length") == "5"
    assert response.header("location") is None
    (head,) = server.requests
    assert head.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n" in head


def test_the_host_is_resolved_once_and_the_checked_address_is_used(tmp_path: Path) -> None:
    """DNS rebinding: the second answer of the resolver would be an address of this machine."""
    tls = server_context(tmp_path, "app.example")
    trust = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    with raw_server(sending(OK), tls=tls) as server:
        http, network = outside([PUBLIC], ["127.0.0.1"], port=server.port, ssl_context=trust)

        response = http.send(get("https://app.example:8443/", most_bytes=5))

    assert response.content == b"hello"
    assert isinstance(http.resolver, Resolver)
    assert http.resolver.calls == [("app.example", 8443)]
    assert network.connected == [PUBLIC]
    assert server.server_names == ["app.example"]
    assert "\r\nHost: app.example:8443\r\n" in server.requests[0]


def test_the_certificate_must_name_the_host(tmp_path: Path) -> None:
    tls = server_context(tmp_path, "other.example")
    trust = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    with raw_server(sending(OK), tls=tls) as server:
        http, _ = outside([PUBLIC], port=server.port, ssl_context=trust)

        with pytest.raises(OutboundFailed, match=r"app\.example"):
            http.send(get("https://app.example/"))

    assert server.requests == []


def test_an_untrusted_certificate_is_rejected(tmp_path: Path) -> None:
    with raw_server(sending(OK), tls=server_context(tmp_path, "app.example")) as server:
        http, _ = outside([PUBLIC], port=server.port)

        with pytest.raises(OutboundFailed, match="self-signed"):
            http.send(get("https://app.example/"))


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["fe80::1%eth0"],
    ],
)
def test_a_host_with_an_address_that_is_not_public_is_not_contacted(answer: list[str]) -> None:
    http, network = outside(answer)

    with pytest.raises(OutboundFailed, match="not public"):
        http.send(get("https://app.example/"))
    assert network.connected == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "localhost"],
)
def test_this_machine_is_not_contacted_in_any_spelling(host: str) -> None:
    network = Network(9)
    http = HttpcoreOutbound(allows_private_addresses=False, network=network)

    with pytest.raises(OutboundFailed, match="not public"):
        http.send(get(f"https://{host}/"))
    assert network.connected == []


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example/",
        "ftp://app.example/",
        "file:///etc/passwd",
        "https://anna:secret@app.example/",
        "https://@app.example/",
        "https:///path",
        "https://app.example:0/",
        "https://app.example:99999/",
        "https://[::1/",
        "https://app.example\\@evil.example/",
        "https://app.example/\r\nX-Forged: 1",
        "https://app.example/a b",
        "https://äpp.example/",
        "app.example",
        "",
    ],
)
def test_invalid_urls_are_rejected_before_the_host_is_resolved(url: str) -> None:
    http, network = outside([PUBLIC])

    with pytest.raises(OutboundFailed):
        http.send(get(url))
    assert isinstance(http.resolver, Resolver)
    assert (http.resolver.calls, network.connected) == ([], [])


def test_no_redirect_is_followed() -> None:
    with raw_server(sending(OK)) as private:
        location = f"http://127.0.0.1:{private.port}/".encode()
        moved = b"HTTP/1.1 307 Moved\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        with raw_server(sending(moved)) as server:
            response = ANYWHERE.send(get(f"http://127.0.0.1:{server.port}/", most_bytes=9))

    assert (response.status, response.header("location")) == (307, location.decode())
    assert private.requests == []


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (ENDLESS, b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_a_response_that_drips_is_given_up(head: bytes, part: bytes) -> None:
    gives_up = pytest.raises(OutboundFailed, match=r"in time|Protocol")
    with raw_server(endlessly(head, part, pause=0.05)) as server, gives_up:
        IMPATIENT.send(get(f"http://127.0.0.1:{server.port}/", most_bytes=10_000))


@pytest.mark.parametrize(
    ("http", "most_seconds"), [(IMPATIENT, None), (IMPATIENT, 60.0), (ANYWHERE, SHORT_SECONDS)]
)
def test_a_server_that_sends_nothing_is_given_up(
    http: HttpcoreOutbound, most_seconds: float | None
) -> None:
    with (
        raw_server(endlessly(b"", b"", pause=0.05)) as server,
        pytest.raises(OutboundFailed, match="in time"),
    ):
        http.send(replace(get(f"http://127.0.0.1:{server.port}/"), most_seconds=most_seconds))


def test_a_slow_name_server_delays_requests_to_its_host_alone() -> None:
    with raw_server(sending(OK)) as server:
        hang = server.is_over.wait
        http = HttpcoreOutbound(
            allows_private_addresses=True,
            resolver=lambda host, _: ["127.0.0.1"] if host != "slow.example" or hang(30) else [],
        )
        impatient = replace(http, resolve_seconds=0.0)
        for _ in range(5):  # more than there are threads
            with pytest.raises(OutboundFailed, match="not resolved in time"):
                impatient.send(get(f"http://slow.example:{server.port}/"))

        assert http.send(get(f"http://fast.example:{server.port}/")).status == 200


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (ENDLESS, b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 32770),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"b" * 1000 + b"\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n"),
    ],
)
def test_an_endless_response_is_cut_off(head: bytes, part: bytes) -> None:
    with raw_server(endlessly(head, part)) as server, pytest.raises(OutboundFailed):
        ANYWHERE.send(get(f"http://127.0.0.1:{server.port}/", most_bytes=1000))


def test_an_unwanted_body_is_not_read() -> None:
    with raw_server(endlessly(ENDLESS, b"x" * 65536)) as server:
        response = ANYWHERE.send(get(f"http://127.0.0.1:{server.port}/"))

    assert (response.status, response.content) == (200, b"")


def test_a_compressed_body_is_not_expanded() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with (
        raw_server(sending(head.encode(), bomb)) as server,
        pytest.raises(OutboundFailed, match="compressed"),
    ):
        ANYWHERE.send(get(f"http://127.0.0.1:{server.port}/", most_bytes=1_000_000))

    assert "\r\nAccept-Encoding: identity\r\n" in server.requests[0]


def test_proxies_and_netrc_are_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login anna password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", os.fspath(netrc))
    with raw_server(sending(OK)) as proxy, raw_server(sending(OK)) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        ANYWHERE.send(get(f"http://127.0.0.1:{server.port}/"))

    assert proxy.requests == []
    assert "Authorization" not in server.requests[0]


def test_the_next_address_is_tried_when_one_does_not_respond() -> None:
    with raw_server(sending(OK)) as server:
        http = HttpcoreOutbound(
            allows_private_addresses=True, resolver=lambda *_: ["::1", "127.0.0.1"]
        )
        assert http.send(get(f"http://app.example:{server.port}/")).status == 200


@pytest.mark.parametrize("host", [f"{'a' * 64}.example", "a..example", ".example"])
def test_an_invalid_host_name_cannot_be_resolved(host: str) -> None:
    with pytest.raises(OutboundFailed, match="cannot be resolved"):
        ANYWHERE.send(get(f"http://{host}/"))


def test_a_slow_name_server_of_webhooks_leaves_log_outs_alone() -> None:
    may_end, begun = Event(), Semaphore(0)

    def hang(host: str, port: int) -> list[str]:
        begun.release()
        assert may_end.wait(PATIENCE)
        return []

    built = ports(read_environment({}), secret_key="test")
    webhooks, log_outs = http_of(built.webhook_http), http_of(built.outbound_http)
    slow = replace(webhooks, resolver=hang, total_seconds=SHORT_SECONDS)
    threads = slow.resolvers.workers.threads
    try:
        with ThreadPoolExecutor(threads) as pool, raw_server(sending(OK)) as server:
            hosts = [f"http://{number}.example/" for number in range(threads)]
            answers = [pool.submit(slow.send, get(host)) for host in hosts]
            for _ in range(threads):
                assert begun.acquire(timeout=PATIENCE)
            response = log_outs.send(get(f"http://localhost:{server.port}/"))
            errors = [answer.exception() for answer in answers]
    finally:
        may_end.set()

    assert response.status == 200
    assert {str(error) for error in errors} == {"the host name was not resolved in time"}


def http_of(observed: OutboundHttp) -> HttpcoreOutbound:
    assert isinstance(observed, ObservedOutbound)
    assert isinstance(observed.http, HttpcoreOutbound)
    return observed.http


def test_a_host_without_addresses_is_not_reached() -> None:
    http, _ = outside([])

    with pytest.raises(OutboundFailed, match="no address"):
        http.send(get("https://app.example/"))
