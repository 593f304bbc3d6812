"""Authorization codes (RFC 6749 §4.1.2, §4.1.3; RFC 7636 §4; RFC 9700 §2.1.1)."""

from datetime import timedelta

import pytest
import time_machine

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User, UserChanges
from tests.accounts.oauth.acting import accepted, an_app, error_of, me, tokens_of
from tests.support.application import Application
from tests.support.relying import Attempt, RelyingParty, a_relying_party

pytestmark = pytest.mark.database

INVALID = (400, "invalid_grant")


def test_the_token_response_is_complete(app: RelyingParty) -> None:
    """RFC 6749 §5.1."""
    answer = app.exchange(app.allowed(scope="openid profile"))

    assert set(accepted(answer)) == {
        *("access_token", "refresh_token", "id_token"),
        *("token_type", "expires_in", "scope"),
    }
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)
    assert answer.json["scope"] == "openid profile"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"


def test_a_client_without_the_refresh_grant_gets_no_refresh_token(
    application: Application, anna: User
) -> None:
    app = an_app(application, grant_types=frozenset({"authorization_code"}))

    assert "refresh_token" not in tokens_of(app)


def test_it_works_once(app: RelyingParty) -> None:
    """Module oidcc-codereuse."""
    attempt = app.allowed()
    accepted(app.exchange(attempt))

    assert error_of(app.exchange(attempt)) == INVALID


def test_a_reused_code_revokes_its_tokens(app: RelyingParty) -> None:
    """RFC 6749 §4.1.2, §10.5; module oidcc-codereuse-30seconds."""
    attempt = app.allowed(scope="openid accounts:read")
    granted = accepted(app.exchange(attempt))
    assert me(granted["access_token"]).status == 200

    with time_machine.travel(timedelta(seconds=30)):
        assert error_of(app.exchange(attempt)) == INVALID

    assert me(granted["access_token"]).status == 401
    assert error_of(app.refresh(granted["refresh_token"])) == INVALID


def test_a_reused_code_revokes_refreshed_tokens(app: RelyingParty) -> None:
    attempt = app.allowed(scope="openid accounts:read")
    granted = accepted(app.refresh(accepted(app.exchange(attempt))["refresh_token"]))

    app.exchange(attempt)

    assert me(granted["access_token"]).status == 401
    assert error_of(app.refresh(granted["refresh_token"])) == INVALID


def test_a_reused_code_revokes_no_other_tokens(app: RelyingParty) -> None:
    other = tokens_of(app, scope="openid accounts:read")
    attempt = app.allowed()
    app.exchange(attempt)

    app.exchange(attempt)

    assert me(other["access_token"]).status == 200


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400), (3600, 400)])
def test_a_code_is_valid_for_a_minute(app: RelyingParty, seconds: int, status: int) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        app.browser.sign_in()
        attempt = app.allowed()
        clock.shift(seconds)

        assert app.exchange(attempt).status == status


def test_another_client_cannot_redeem_a_code_or_use_it_up(
    application: Application, app: RelyingParty
) -> None:
    attempt = app.allowed()

    assert error_of(a_relying_party(application).exchange(attempt)) == INVALID
    assert app.exchange(attempt).status == 200


@pytest.mark.parametrize(
    "verifier",
    ["", "x" * 43, "short", "x" * 128, "x" * 129, "with spaces in it" * 4],
    ids=["none", "wrong", "short", "long", "too-long", "spaces"],
)
def test_a_wrong_verifier_is_an_error_and_does_not_use_up_the_code(
    app: RelyingParty, verifier: str
) -> None:
    """RFC 7636 §4.6."""
    attempt = app.allowed()

    status, _ = error_of(app.exchange(Attempt(verifier, attempt.parameters, attempt.response)))

    assert status == 400
    assert app.exchange(attempt).status == 200


def test_a_missing_verifier_is_an_error_and_does_not_use_up_the_code(app: RelyingParty) -> None:
    attempt = app.allowed()
    address = attempt.parameters["redirect_uri"]

    answer = app.tokens(grant_type="authorization_code", code=attempt.code, redirect_uri=address)

    assert error_of(answer) == INVALID
    assert app.exchange(attempt).status == 200


@pytest.mark.parametrize("method", ["plain", "s256", "S512", ""])
def test_the_only_challenge_method_is_s256(app: RelyingParty, method: str) -> None:
    """RFC 9700 §2.1.1; rejected before the user is asked."""
    assert app.authorize(code_challenge_method=method).answer["error"] == "invalid_request"


def test_a_code_challenge_is_required(app: RelyingParty) -> None:
    attempt = app.authorize(drop=("code_challenge", "code_challenge_method"))

    assert attempt.answer["error"] == "invalid_request"


def test_a_code_challenge_needs_a_method(app: RelyingParty) -> None:
    """RFC 7636 §4.3: the default would be `plain`."""
    assert app.authorize(drop=("code_challenge_method",)).answer["error"] == "invalid_request"


@pytest.mark.parametrize("challenge", ["x", "x" * 42, "x" * 44, "x" * 128])
def test_a_code_challenge_has_the_length_of_a_hash(app: RelyingParty, challenge: str) -> None:
    assert app.authorize(code_challenge=challenge).answer["error"] == "invalid_request"


@pytest.mark.parametrize("address", ["https://app.example/other", "https://app.example/callback/"])
def test_a_code_is_bound_to_its_redirect_uri(app: RelyingParty, address: str) -> None:
    """RFC 6749 §4.1.3."""
    attempt = app.allowed()

    answer = app.tokens(
        grant_type="authorization_code",
        code=attempt.code,
        redirect_uri=address,
        code_verifier=attempt.verifier,
    )

    assert error_of(answer) == INVALID
    assert app.exchange(attempt).status == 200


def test_the_code_of_a_deactivated_user_is_invalid(
    application: Application, app: RelyingParty, anna: User
) -> None:
    attempt = app.allowed()
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    assert error_of(app.exchange(attempt)) == INVALID
