"""Logout sender, with a real server on this machine."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Final
from urllib.parse import parse_qs

import pytest

from accounts.adapters.logout_sender import HttpLogoutSender
from authsvc.composition.outbound_http import HttpcoreOutbound
from tests.support.postgres import free_port

ANYWHERE: Final = HttpLogoutSender(http=HttpcoreOutbound(allows_private_addresses=True))
OUTSIDE: Final = HttpLogoutSender(http=HttpcoreOutbound(allows_private_addresses=False))
TOKEN: Final = "header.payload.signature"
NO_HOSTS: Final = [f"https://{'a' * 64}.example/", "https://a..example/", "https://.example/"]


class Listener(HTTPServer):
    """Responds to `/STATUS` with that status, and records what it received."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ear)
        self.requests: list[tuple[str, str, dict[str, list[str]]]] = []

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Ear(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.requests.append((self.path, self.headers["Content-Type"], parse_qs(body)))
        self.send_response(int(self.path[1:]))
        self.send_header("Location", self.server.at("/200"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name for it
        """Log nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_logout_token_is_sent_as_a_form(listener: Listener) -> None:
    assert ANYWHERE.send(listener.at("/200"), logout_token=TOKEN)

    form = "application/x-www-form-urlencoded"
    assert listener.requests == [("/200", form, {"logout_token": [TOKEN]})]


@pytest.mark.parametrize(
    ("status", "is_told"),
    [(200, True), (204, True), (201, False), (400, False), (404, False), (500, False)],
)
def test_a_success_status_means_delivered(
    listener: Listener, status: int, *, is_told: bool
) -> None:
    assert ANYWHERE.send(listener.at(f"/{status}"), logout_token=TOKEN) is is_told


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(listener: Listener, status: int) -> None:
    assert not ANYWHERE.send(listener.at(f"/{status}"), logout_token=TOKEN)

    assert [path for path, _, _ in listener.requests] == [f"/{status}"]


def test_a_client_that_does_not_respond_is_not_notified() -> None:
    assert not ANYWHERE.send(f"http://127.0.0.1:{free_port()}/", logout_token=TOKEN)


def test_private_addresses_are_blocked_unless_allowed(listener: Listener) -> None:
    assert not OUTSIDE.send(listener.at("/200"), logout_token=TOKEN)

    assert listener.requests == []


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "169.254.169.254",
        "192.168.0.1",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  # nobody listens here
        "[::1]",
        "[fd00::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_private_addresses_are_detected(host: str) -> None:
    assert not OUTSIDE.send(f"https://{host}/", logout_token=TOKEN)


@pytest.mark.parametrize("uri", NO_HOSTS)
@pytest.mark.parametrize("sender", [ANYWHERE, OUTSIDE])
def test_an_invalid_host_is_not_delivered_and_does_not_raise(
    sender: HttpLogoutSender, uri: str
) -> None:
    assert not sender.send(uri, logout_token=TOKEN)
