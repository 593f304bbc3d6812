"""Management commands for clients."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
from django.core.management import get_commands

from accounts.domain.access import OPERATOR
from tests.support.application import Application
from tests.support.builders import some_client_terms
from tests.support.commands import error_of, output_of
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database


class Listener(HTTPServer):
    """A client that receives log-out tokens."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tokens: list[str] = []

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/logout"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.tokens += parse_qs(body)["logout_token"]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's signature
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as listener:
        Thread(target=listener.serve_forever, daemon=True).start()
        yield listener
        listener.shutdown()


@pytest.fixture
def world(application: Application) -> World:
    return orm_world()


def test_a_secret_is_renewed_with_an_overlap(application: Application) -> None:
    first = application.services.clients.register(some_client_terms(), by=OPERATOR)
    client_id = first.client.client_id

    secret = output_of(
        "renew_client_secret", client_id, "--overlap-hours", "1", "--reason", "Yearly."
    ).strip()
    error, _ = error_of(
        "renew_client_secret", client_id, "--overlap-hours", "1", "--reason", "Again."
    )
    with_both = [
        application.services.clients.authenticated(client_id, secret_of_two)
        for secret_of_two in (first.secret, secret)
    ]
    last = output_of("renew_client_secret", client_id, "--reason", "It leaked.").strip()

    assert all(with_both)
    assert "Two secrets of the client are valid already" in error
    assert application.services.clients.authenticated(client_id, last)
    for former in (first.secret, secret):
        assert application.services.clients.authenticated(client_id, former) is None


def test_the_secret_of_an_unknown_client_is_not_renewed() -> None:
    error, _ = error_of("renew_client_secret", "unknown", "--reason", "Yearly.")

    assert "There is no such client" in error


@pytest.mark.parametrize(
    ("command", "instead"),
    [
        ("cleartokens", "manage.py remove_expired"),
        ("clearcimdapplications", "manage.py remove_expired"),
        ("createapplication", "/admin/accounts/oauthclient/add/"),
    ],
)
def test_each_command_of_the_toolkit_names_its_replacement(command: str, instead: str) -> None:
    error, output = error_of(command)

    assert get_commands()[command] == "accounts"
    assert instead in error
    assert output == ""


def test_arguments_of_the_toolkits_command_are_ignored() -> None:
    error, _ = error_of("createapplication", "confidential", "authorization-code")

    assert "/admin/accounts/oauthclient/add/" in error
