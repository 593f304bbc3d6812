"""Clients without PKCE (RFC 9700 §2.1.1, §4.8)."""

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app
from tests.support.application import Application
from tests.support.relying import RelyingParty

pytestmark = pytest.mark.database

CHALLENGE = ("code_challenge", "code_challenge_method")


@pytest.fixture
def app(application: Application, anna: User) -> RelyingParty:
    """A confidential client for which PKCE is waived."""
    app = an_app(application)
    client = application.services.clients.find(app.client_id)
    assert client is not None
    application.services.clients.set_pkce_waiver(
        client.id, is_waived=True, reason="Old library.", by=OPERATOR
    )
    return app


def test_a_client_without_pkce_gets_tokens(app: RelyingParty) -> None:
    attempt = app.allowed(drop=CHALLENGE)

    answer = app.tokens(
        grant_type="authorization_code",
        code=attempt.code,
        redirect_uri=attempt.parameters["redirect_uri"],
    )

    assert accepted(answer)["id_token"]


def test_a_challenge_that_is_sent_counts(app: RelyingParty) -> None:
    attempt = app.allowed()

    without = app.tokens(
        grant_type="authorization_code",
        code=attempt.code,
        redirect_uri=attempt.parameters["redirect_uri"],
    )

    assert (without.status, without.json["error"]) == (400, "invalid_grant")
    assert accepted(app.exchange(attempt))


def test_a_verifier_without_a_challenge_is_an_error(app: RelyingParty) -> None:
    """RFC 9700 §4.8.2: an attacker could have removed the challenge."""
    answer = app.exchange(app.allowed(drop=CHALLENGE))

    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


def test_other_clients_still_need_pkce(application: Application, app: RelyingParty) -> None:
    other = an_app(application)

    assert other.authorize(drop=CHALLENGE).answer["error"] == "invalid_request"
