"""Back-channel logout (OpenID Connect Back-Channel Logout §2.4, §2.5)."""

from collections.abc import Iterator
from concurrent.futures import Future
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
from pytest_django import DjangoCaptureOnCommitCallbacks
from structlog.testing import capture_logs

from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from accounts.oauth import logout
from authsvc.kernel.workers import Workers
from tests.accounts.oauth.acting import an_app, tokens_of
from tests.support.application import Application
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

    assert application.services.logouts.deliver() == 1

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
    application.services.logouts.deliver()

    jws = JWS()
    jws.deserialize(receiver.tokens[0])

    assert (jws.jose_header["alg"], jws.jose_header["typ"]) == (algorithm, "logout+jwt")


def test_the_logout_token_is_posted_as_a_form(
    application: Application, app: RelyingParty, receiver: Receiver
) -> None:
    """OpenID Connect Back-Channel Logout §2.5."""
    tokens_of(app)
    sign_out(app)
    application.services.logouts.deliver()

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

        assert application.services.logouts.deliver() == 2

        audiences = [
            claims_in(token, application)["aud"] for token in receiver.tokens + another.tokens
        ]
        assert audiences == [app.client_id, other.client_id]
    assert application.services.logouts.deliver() == 0


def test_a_client_of_another_browser_is_not_notified(
    application: Application, app: RelyingParty, receiver: Receiver
) -> None:
    tokens_of(app)
    other = an_app(application)
    tokens_of(other)

    sign_out(other)

    assert application.services.logouts.deliver() == 0
    assert not receiver.received


def test_a_client_with_offline_access_is_notified_too(
    application: Application, app: RelyingParty, receiver: Receiver
) -> None:
    """OpenID Connect Back-Channel Logout §2.7."""
    tokens_of(app, scope="openid offline_access")
    sign_out(app)

    assert application.services.logouts.deliver() == 1


@pytest.mark.parametrize("status", [400, 500, 302])
def test_a_failed_delivery_is_retried_later(
    application: Application, app: RelyingParty, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    tokens_of(app)
    sign_out(app)
    assert application.services.logouts.deliver() == 0
    receiver.status = 204

    assert application.services.logouts.deliver() == 0
    with time_machine.travel(timedelta(minutes=1)):
        assert application.services.logouts.deliver() == 1

    first, second = (claims_in(token, application) for token in receiver.tokens)
    assert first["jti"] != second["jti"]


def test_the_delivery_starts_after_the_commit(
    app: RelyingParty,
    receiver: Receiver,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The delivery starts when the transaction has committed."""
    tokens_of(app)

    with django_capture_on_commit_callbacks() as callbacks:
        sign_out(app)

    assert "_deliver_soon" in {callback.__name__ for callback in callbacks}
    assert not receiver.received


def test_notices_stay_due_when_all_workers_are_busy(
    application: Application,
    app: RelyingParty,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    idle = Workers("no", threads=0, waiting=1)
    idle.submit(lambda: None)
    monkeypatch.setattr(logout, "DELIVERIES", idle)
    tokens_of(app)

    with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        sign_out(app)

    assert "log-out notices wait for send_logout_notices: all workers are busy" in {
        line["event"] for line in lines
    }
    assert application.services.logouts.deliver() == 1


def test_an_unforeseen_failure_of_a_delivery_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery: Future[None] = Future()
    delivery.set_exception(ZeroDivisionError())

    with capture_logs() as lines:
        logout._log_failure(delivery)  # noqa: SLF001  # a worker calls it

    assert [line["event"] for line in lines] == ["log-out notices wait for send_logout_notices"]


@pytest.mark.parametrize("path", ["/signout", "/oauth/logout"])
def test_every_way_to_sign_out_notifies_clients(
    application: Application, app: RelyingParty, receiver: Receiver, path: str
) -> None:
    tokens_of(app)

    app.browser.post(path, decision="sign-out")

    assert application.services.logouts.deliver() == 1
