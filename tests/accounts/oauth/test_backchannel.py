"""Back-channel logout (OpenID Connect Back-Channel Logout §2.4, §2.5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.conf import settings
from jwcrypto.jws import JWS

from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from tests.accounts.oauth.acting import an_app, tokens_of
from tests.support.application import Application
from tests.support.jobs import work_off
from tests.support.relying import RelyingParty, claims_in

pytestmark = pytest.mark.database

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Receiver:
    """The server of a client, which records what it receives."""

    url: str = ""
    status: int = 200
    received: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    @property
    def tokens(self) -> list[str]:
        return [token for _, form in self.received for token in form["logout_token"]]


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.received.append((self.headers["Content-Type"], parse_qs(body)))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/logout"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


@pytest.fixture
def app(application: Application, anna: User, receiver: Receiver) -> RelyingParty:
    """A client with a back-channel logout URI, and Anna signed in at its browser."""
    return an_app(application, backchannel_logout_uri=receiver.url)


def sign_out(app: RelyingParty) -> None:
    app.browser.post("/signout")


def test_the_logout_token_names_the_user_and_the_session(
    application: Application, app: RelyingParty, receiver: Receiver, anna: User
) -> None:
    """Module oidcc-backchannel-rp-initiated-logout."""
    granted = tokens_of(app)
    app.browser.get(f"/oauth/logout?id_token_hint={granted['id_token']}")

    work_off(application.services)

    (token,) = receiver.tokens
    claims = claims_in(token, application)
    assert claims.pop("jti")
    assert claims["exp"] - claims.pop("iat") == 120
    assert claims.pop("exp")
    assert claims == {
        "iss": settings.ENVIRONMENT.public_url,
        "sub": str(anna.id),
        "aud": app.client_id,
        "sid": claims_in(granted["id_token"], application)["sid"],
        "events": {EVENT: {}},
    }


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("algorithm", list(IdTokenAlgorithm))
def test_the_logout_token_is_signed_like_the_id_tokens_of_the_client(
    application: Application, receiver: Receiver, algorithm: IdTokenAlgorithm
) -> None:
    """OpenID Connect Back-Channel Logout §2.4, §2.6."""
    app = an_app(application, backchannel_logout_uri=receiver.url, id_token_algorithm=algorithm)
    tokens_of(app)
    sign_out(app)
    work_off(application.services)

    jws = JWS()
    jws.deserialize(receiver.tokens[0])

    assert (jws.jose_header["alg"], jws.jose_header["typ"]) == (algorithm, "logout+jwt")


def test_the_logout_token_is_posted_as_a_form(
    application: Application, app: RelyingParty, receiver: Receiver
) -> None:
    """OpenID Connect Back-Channel Logout §2.5."""
    tokens_of(app)
    sign_out(app)
    work_off(application.services)

    ((content_type, form),) = receiver.received
    assert content_type == "application/x-www-form-urlencoded"
    assert set(form) == {"logout_token"}


def test_every_client_of_the_browser_is_notified_once(
    application: Application, app: RelyingParty, receiver: Receiver
) -> None:
    with listening() as another:
        other = an_app(application, backchannel_logout_uri=another.url)
        other = RelyingParty(other.client_id, other.secret, browser=app.browser)
        for client in (app, app, other):
            tokens_of(client)
        sign_out(app)

        work_off(application.services)

        audiences = [
            claims_in(token, application)["aud"] for token in receiver.tokens + another.tokens
        ]
        assert audiences == [app.client_id, other.client_id]


def test_a_client_of_another_browser_is_not_notified(
    application: Application, app: RelyingParty, receiver: Receiver
) -> None:
    tokens_of(app)
    other = an_app(application)
    tokens_of(other)

    sign_out(other)
    work_off(application.services)

    assert not receiver.received


def test_a_client_with_offline_access_is_notified_too(
    application: Application, app: RelyingParty, receiver: Receiver
) -> None:
    """OpenID Connect Back-Channel Logout §2.7."""
    tokens_of(app, scope="openid offline_access")
    sign_out(app)
    work_off(application.services)

    assert len(receiver.tokens) == 1


@pytest.mark.parametrize("status", [400, 500, 302])
def test_a_failed_delivery_is_retried_later(
    application: Application, app: RelyingParty, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    tokens_of(app)
    sign_out(app)
    work_off(application.services)
    receiver.status = 204

    with time_machine.travel(timedelta(minutes=2)):
        work_off(application.services)

    first, second = (claims_in(token, application) for token in receiver.tokens)
    assert first["jti"] != second["jti"]


@pytest.mark.parametrize("path", ["/signout", "/oauth/logout"])
def test_every_way_to_sign_out_notifies_clients(
    application: Application, app: RelyingParty, receiver: Receiver, path: str
) -> None:
    tokens_of(app)

    app.browser.post(path, decision="sign-out")
    work_off(application.services)

    assert len(receiver.tokens) == 1
