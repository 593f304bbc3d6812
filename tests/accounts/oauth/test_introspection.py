"""What a client may ask about its tokens, and how it gives them up (RFC 7662 §2; RFC 7009 §2)."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User, UserChanges
from tests.accounts.oauth.acting import accepted, an_app, me, refusal, tokens_of, userinfo
from tests.support.application import Answer, Application, Caller
from tests.support.relying import RelyingParty, a_relying_party, claims_in, post_form

pytestmark = pytest.mark.database

SCOPE = "openid accounts:read"
NOTHING = {"active": False}
PATHS = ["/oauth/introspect", "/oauth/revoke"]


def told(app: RelyingParty, token: str, **more: str) -> object:
    return accepted(app.post("/oauth/introspect", token=token, **more))


def revoke(app: RelyingParty, token: str, **more: str) -> Answer:
    return app.post("/oauth/revoke", token=token, **more)


def test_an_access_token(application: Application, app: RelyingParty, anna: User) -> None:
    """RFC 7662 §2.2."""
    token = tokens_of(app, scope=SCOPE)["access_token"]
    claims = claims_in(token, application)

    assert told(app, token) == {
        "active": True,
        "iss": settings.ENVIRONMENT.public_url,
        "sub": str(anna.id),
        "aud": f"{settings.ENVIRONMENT.public_url}/v1",
        "client_id": app.client_id,
        "scope": "accounts:read openid",
        "iat": claims["iat"],
        "exp": claims["exp"],
        "token_type": "Bearer",
        "jti": claims["jti"],
    }


def test_a_refresh_token(app: RelyingParty, anna: User) -> None:
    said = told(app, tokens_of(app, scope=SCOPE)["refresh_token"])

    assert isinstance(said, dict)
    assert (said["active"], said["sub"]) == (True, str(anna.id))
    assert said["exp"] - said["iat"] == 14 * 24 * 3600
    assert "token_type" not in said


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_hint_that_is_wrong_does_no_harm(app: RelyingParty, kind: str, hint: str) -> None:
    said = told(app, tokens_of(app)[kind], token_type_hint=hint)

    assert isinstance(said, dict)
    assert said["active"]


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_of_tokens_of_others_nothing_is_told(
    application: Application, app: RelyingParty, kind: str
) -> None:
    assert told(a_relying_party(application), tokens_of(app)[kind]) == NOTHING


@pytest.mark.parametrize(
    "token", ["garbage", "a.b.c", "x" * 5000, "å😀", "eyJhbGciOiJub25lIn0.e30."]
)
def test_of_what_is_no_token_nothing_is_told(app: RelyingParty, token: str) -> None:
    assert told(app, token) == NOTHING


def test_of_an_id_token_nothing_is_told(app: RelyingParty) -> None:
    assert told(app, tokens_of(app)["id_token"]) == NOTHING


def test_of_a_token_that_was_used_or_is_too_old_nothing_is_told(app: RelyingParty) -> None:
    granted = tokens_of(app)
    app.refresh(granted["refresh_token"])

    assert told(app, granted["refresh_token"]) == NOTHING
    with time_machine.travel(timedelta(seconds=901)):
        assert told(app, granted["access_token"]) == NOTHING


def test_of_somebody_who_is_shut_out_nothing_is_told(
    application: Application, app: RelyingParty, anna: User
) -> None:
    granted = tokens_of(app)
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    assert told(app, granted["access_token"]) == NOTHING
    assert told(app, granted["refresh_token"]) == NOTHING


def test_a_public_client_is_told_nothing(application: Application, anna: User) -> None:
    """RFC 7662 §2.1, §4."""
    app = an_app(application, is_public=True)

    answer = app.post("/oauth/introspect", token=tokens_of(app)["access_token"])

    assert refusal(answer) == (400, "unauthorized_client")


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_token_that_is_given_up_takes_the_others_of_its_session_along(
    app: RelyingParty, kind: str
) -> None:
    """RFC 7009 §2.1."""
    granted = tokens_of(app, scope=SCOPE)

    assert revoke(app, granted[kind]).status == 200

    assert me(granted["access_token"]).status == 401
    assert userinfo(granted["access_token"]).status == 401
    assert refusal(app.refresh(granted["refresh_token"])) == (400, "invalid_grant")
    assert told(app, granted["access_token"]) == NOTHING


def test_other_sessions_go_on(app: RelyingParty) -> None:
    kept, given_up = tokens_of(app, scope=SCOPE), tokens_of(app)

    revoke(app, given_up["refresh_token"])

    assert me(kept["access_token"]).status == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_nobody_gives_up_the_tokens_of_others(
    application: Application, app: RelyingParty, kind: str
) -> None:
    granted = tokens_of(app, scope=SCOPE)

    assert revoke(a_relying_party(application), granted[kind]).status == 200

    assert me(granted["access_token"]).status == 200


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "å😀"])
def test_what_is_no_token_is_given_up_already(app: RelyingParty, token: str) -> None:
    """RFC 7009 §2.2: 200 as well."""
    answer = revoke(app, token, token_type_hint="nonsense")

    assert (answer.status, answer.text) == (200, "")


def test_a_public_client_gives_up_its_own(application: Application, anna: User) -> None:
    app = an_app(application, is_public=True)
    granted = tokens_of(app, scope=SCOPE)

    assert revoke(app, granted["refresh_token"]).status == 200
    assert me(granted["access_token"]).status == 401


@pytest.mark.parametrize("path", PATHS)
def test_both_want_a_client_that_shows_who_it_is(application: Application, path: str) -> None:
    answer = post_form(path, "token=x")

    assert refusal(answer) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="authsvc"'


@pytest.mark.parametrize("path", PATHS)
def test_both_want_a_token(app: RelyingParty, path: str) -> None:
    assert refusal(app.post(path)) == (400, "invalid_request")


@pytest.mark.parametrize("path", [*PATHS, "/oauth/token", "/oauth/par"])
def test_both_are_posted_to(path: str) -> None:
    assert Caller().get(path).status == 405
