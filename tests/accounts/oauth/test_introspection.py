"""Token introspection and revocation (RFC 7662 §2; RFC 7009 §2)."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User, UserChanges
from tests.accounts.oauth.acting import accepted, an_app, error_of, me, tokens_of, userinfo
from tests.support.application import Answer, Application, Caller
from tests.support.relying import RelyingParty, a_relying_party, claims_in, post_form

pytestmark = pytest.mark.database

SCOPE = "openid accounts:read"
NOTHING = {"active": False}
PATHS = ["/oauth/introspect", "/oauth/revoke"]


def introspected(app: RelyingParty, token: str, **more: str) -> object:
    return accepted(app.post("/oauth/introspect", token=token, **more))


def revoke(app: RelyingParty, token: str, **more: str) -> Answer:
    return app.post("/oauth/revoke", token=token, **more)


def test_an_access_token_is_introspected(
    application: Application, app: RelyingParty, anna: User
) -> None:
    """RFC 7662 §2.2."""
    token = tokens_of(app, scope=SCOPE)["access_token"]
    claims = claims_in(token, application)

    assert introspected(app, token) == {
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
        "auth_time": claims["auth_time"],
        "acr": "pwd",
        "amr": ["pwd"],
    }


def test_a_refresh_token_is_introspected(app: RelyingParty, anna: User) -> None:
    members = introspected(app, tokens_of(app, scope=SCOPE)["refresh_token"])

    assert isinstance(members, dict)
    assert (members["active"], members["sub"]) == (True, str(anna.id))
    assert members["exp"] - members["iat"] == 14 * 24 * 3600
    assert "token_type" not in members


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_wrong_token_type_hint_is_ignored(app: RelyingParty, kind: str, hint: str) -> None:
    members = introspected(app, tokens_of(app)[kind], token_type_hint=hint)

    assert isinstance(members, dict)
    assert members["active"]


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_tokens_of_other_clients_are_inactive(
    application: Application, app: RelyingParty, kind: str
) -> None:
    assert introspected(a_relying_party(application), tokens_of(app)[kind]) == NOTHING


@pytest.mark.parametrize(
    "token", ["garbage", "a.b.c", "x" * 5000, "å😀", "eyJhbGciOiJub25lIn0.e30."]
)
def test_unknown_tokens_are_inactive(app: RelyingParty, token: str) -> None:
    assert introspected(app, token) == NOTHING


def test_an_id_token_is_inactive(app: RelyingParty) -> None:
    assert introspected(app, tokens_of(app)["id_token"]) == NOTHING


def test_used_and_expired_tokens_are_inactive(app: RelyingParty) -> None:
    granted = tokens_of(app)
    app.refresh(granted["refresh_token"])

    assert introspected(app, granted["refresh_token"]) == NOTHING
    with time_machine.travel(timedelta(seconds=901)):
        assert introspected(app, granted["access_token"]) == NOTHING


def test_tokens_of_a_deactivated_user_are_inactive(
    application: Application, app: RelyingParty, anna: User
) -> None:
    granted = tokens_of(app)
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    assert introspected(app, granted["access_token"]) == NOTHING
    assert introspected(app, granted["refresh_token"]) == NOTHING


def test_a_public_client_cannot_introspect(application: Application, anna: User) -> None:
    """RFC 7662 §2.1, §4."""
    app = an_app(application, is_public=True)

    answer = app.post("/oauth/introspect", token=tokens_of(app)["access_token"])

    assert error_of(answer) == (400, "unauthorized_client")


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_a_token_revokes_the_session(app: RelyingParty, kind: str) -> None:
    """RFC 7009 §2.1."""
    granted = tokens_of(app, scope=SCOPE)

    assert revoke(app, granted[kind]).status == 200

    assert me(granted["access_token"]).status == 401
    assert userinfo(granted["access_token"]).status == 401
    assert error_of(app.refresh(granted["refresh_token"])) == (400, "invalid_grant")
    assert introspected(app, granted["access_token"]) == NOTHING


def test_revoking_a_token_leaves_other_sessions_alone(app: RelyingParty) -> None:
    other, revoked = tokens_of(app, scope=SCOPE), tokens_of(app)

    revoke(app, revoked["refresh_token"])

    assert me(other["access_token"]).status == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_client_cannot_revoke_tokens_of_others(
    application: Application, app: RelyingParty, kind: str
) -> None:
    granted = tokens_of(app, scope=SCOPE)

    assert revoke(a_relying_party(application), granted[kind]).status == 200

    assert me(granted["access_token"]).status == 200


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "å😀"])
def test_revoking_an_unknown_token_succeeds(app: RelyingParty, token: str) -> None:
    """RFC 7009 §2.2: 200 as well."""
    answer = revoke(app, token, token_type_hint="nonsense")

    assert (answer.status, answer.text) == (200, "")


def test_a_public_client_can_revoke_its_tokens(application: Application, anna: User) -> None:
    app = an_app(application, is_public=True)
    granted = tokens_of(app, scope=SCOPE)

    assert revoke(app, granted["refresh_token"]).status == 200
    assert me(granted["access_token"]).status == 401


@pytest.mark.parametrize("path", PATHS)
def test_both_endpoints_need_an_authenticated_client(application: Application, path: str) -> None:
    answer = post_form(path, "token=x")

    assert error_of(answer) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="authsvc"'


@pytest.mark.parametrize("path", PATHS)
def test_both_endpoints_need_a_token(app: RelyingParty, path: str) -> None:
    assert error_of(app.post(path)) == (400, "invalid_request")


@pytest.mark.parametrize("path", [*PATHS, "/oauth/token", "/oauth/par"])
def test_both_endpoints_accept_post_alone(path: str) -> None:
    assert Caller().get(path).status == 405
