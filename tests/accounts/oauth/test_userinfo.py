"""UserInfo endpoint (OpenID Connect Core §5.3, §5.4; RFC 6750 §2, §3)."""

from datetime import timedelta

import pytest
import time_machine

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, tokens_of, userinfo
from tests.support.application import Caller
from tests.support.browsing import EMAIL
from tests.support.relying import RelyingParty, post_form

pytestmark = pytest.mark.database

PATH = "/oauth/userinfo"
CHALLENGE = 'Bearer realm="authsvc"'


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("openid", {}),
        ("openid profile", {"name": "Anna"}),
        ("openid email", {"email": EMAIL, "email_verified": True}),
        ("openid organizations", {"organizations": [], "roles": ["learner"]}),
        (
            "openid profile email",
            {"name": "Anna", "email": EMAIL, "email_verified": True},
        ),
    ],
)
def test_scopes_determine_the_claims(
    app: RelyingParty, anna: User, scope: str, claims: dict[str, object]
) -> None:
    """OpenID Connect Core §5.4; modules oidcc-scope-profile, -email, -all."""
    answer = userinfo(tokens_of(app, scope=scope)["access_token"])

    if "profile" in scope:
        claims = claims | {"updated_at": int(anna.created_at.timestamp())}
    assert accepted(answer) == {"sub": str(anna.id)} | claims
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_post_can_send_the_token_in_the_header(app: RelyingParty) -> None:
    """Module oidcc-userinfo-post-header."""
    token = tokens_of(app)["access_token"]

    assert accepted(Caller(token).post(PATH))["sub"]
    assert accepted(post_form(PATH, "", Authorization=f"bearer {token}"))["sub"]


def test_a_post_can_send_the_token_in_a_form(app: RelyingParty) -> None:
    """RFC 6750 §2.2; module oidcc-userinfo-post-body."""
    assert accepted(post_form(PATH, f"access_token={tokens_of(app)['access_token']}"))["sub"]


def test_a_token_in_the_url_is_ignored(app: RelyingParty) -> None:
    """RFC 9700 §4.3.2."""
    token = tokens_of(app)["access_token"]

    assert Caller().get(f"{PATH}?access_token={token}").status == 401
    assert post_form(f"{PATH}?access_token={token}", "").status == 401


def test_without_a_token_the_challenge_names_no_error() -> None:
    """RFC 6750 §3.1."""
    answer = Caller().get(PATH)

    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, CHALLENGE)


@pytest.mark.parametrize(
    "token",
    ["x", "eyJ.a.b", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJSUzI1NiJ9.bm90anNvbg.c2ln", ""],
)
def test_an_invalid_token_is_rejected(token: str) -> None:
    answer = Caller().get(PATH, Authorization=f"Bearer {token}")

    assert (answer.status, answer.json["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == f'{CHALLENGE}, error="invalid_token"'


def test_an_expired_token_is_rejected(app: RelyingParty) -> None:
    token = tokens_of(app)["access_token"]

    with time_machine.travel(timedelta(seconds=901)):
        assert userinfo(token).status == 401


def test_a_token_without_the_scope_openid_is_rejected(app: RelyingParty) -> None:
    """RFC 6750 §3.1: insufficient_scope."""
    answer = userinfo(tokens_of(app, scope="profile courses:read")["access_token"])

    assert (answer.status, answer.json["error"]) == (403, "insufficient_scope")
    assert 'error="insufficient_scope", scope="openid"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "body", [b"access_token=a&access_token=b", b"\xff\xfe", b"access_token=%00"]
)
def test_a_malformed_form_is_rejected(body: bytes) -> None:
    answer = post_form(PATH, body)

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")
