"""How clients show who they are (RFC 6749 §2.3, §3.2.1, §5.2), and what one may do for itself (§4.4)."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest

from accounts.domain.access import GrantType
from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app, me, refusal, userinfo
from tests.support.application import Application
from tests.support.relying import RelyingParty, a_relying_party, claims_in, post_form

pytestmark = pytest.mark.database

FOR_ITSELF = frozenset({GrantType.CLIENT_CREDENTIALS})
TOKEN = "/oauth/token"
ASKED = {"grant_type": "client_credentials", "scope": "courses:read"}


@pytest.fixture
def machine(application: Application) -> RelyingParty:
    """A program that acts for itself."""
    return a_relying_party(application, grant_types=FOR_ITSELF, redirect_uris=())


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def by_post(machine: RelyingParty, **more: str) -> str:
    return urlencode(
        ASKED | {"client_id": machine.client_id, "client_secret": machine.secret} | more
    )


def test_by_http_basic(machine: RelyingParty) -> None:
    assert accepted(post_form(TOKEN, urlencode(ASKED), **basic(machine.client_id, machine.secret)))


def test_in_the_body(machine: RelyingParty) -> None:
    """Module oidcc-server-client-secret-post."""
    assert accepted(post_form(TOKEN, by_post(machine)))


def test_a_public_client_by_its_name_with_pkce(application: Application, anna: User) -> None:
    app = an_app(application, is_public=True)

    assert accepted(app.exchange(app.allowed()))


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_is_written_in_any_case(machine: RelyingParty, scheme: str) -> None:
    pair = basic(machine.client_id, machine.secret)["Authorization"].split()[1]

    assert accepted(post_form(TOKEN, urlencode(ASKED), Authorization=f"{scheme} {pair}"))


def test_both_ways_at_once_are_refused(machine: RelyingParty) -> None:
    """RFC 6749 §2.3: no more than one method."""
    answer = post_form(TOKEN, by_post(machine), **basic(machine.client_id, machine.secret))

    assert refusal(answer) == (400, "invalid_request")


def test_a_name_beside_basic_must_be_the_same(
    application: Application, machine: RelyingParty
) -> None:
    header = basic(machine.client_id, machine.secret)
    other = a_relying_party(application)

    same = post_form(TOKEN, urlencode(ASKED | {"client_id": machine.client_id}), **header)
    different = post_form(TOKEN, urlencode(ASKED | {"client_id": other.client_id}), **header)

    assert same.status == 200
    assert refusal(different) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("client_id", "secret"),
    [
        (None, "wrong"),
        (None, ""),
        ("unknown", "wrong"),
        ("unknown", ""),
        (None, "\0"),
        ("\0", "x"),
        ("%00", "x"),
        ("%0a", "x"),
        ("%ff", "x"),
    ],
)
def test_a_wrong_secret_and_an_unknown_client_are_refused_alike(
    machine: RelyingParty, client_id: str | None, secret: str
) -> None:
    """RFC 6749 §5.2: 401, and a challenge that names the scheme."""
    header = basic(machine.client_id if client_id is None else client_id, secret)

    answer = post_form(TOKEN, urlencode(ASKED), **header)

    assert refusal(answer) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="authsvc"'
    assert answer.json == {"error": "invalid_client"}


def test_a_confidential_client_is_not_believed_by_its_name(application: Application) -> None:
    app = a_relying_party(application)

    answer = post_form(TOKEN, urlencode(ASKED | {"client_id": app.client_id}))

    assert refusal(answer) == (401, "invalid_client")


def test_a_public_client_has_no_secret_to_guess(application: Application) -> None:
    app = a_relying_party(application, is_public=True)

    answer = post_form(TOKEN, urlencode(ASKED), **basic(app.client_id, "guess"))

    assert refusal(answer) == (401, "invalid_client")


def test_assertions_are_refused_not_ignored(machine: RelyingParty) -> None:
    """RFC 7523 §2.2."""
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    body = by_post(machine, client_assertion_type=kind, client_assertion="a.b.c")

    assert refusal(post_form(TOKEN, body)) == (401, "invalid_client")


def test_a_program_acts_for_itself(application: Application, machine: RelyingParty) -> None:
    """RFC 6749 §4.4.3; RFC 9068 §2.2: `sub` is the client."""
    granted = accepted(machine.tokens(**ASKED))

    claims = claims_in(granted["access_token"], application)
    assert set(granted) == {"access_token", "token_type", "expires_in", "scope"}
    assert (claims["sub"], claims["client_id"]) == (machine.client_id, machine.client_id)


def test_a_program_is_nobody(application: Application, machine: RelyingParty) -> None:
    token = accepted(machine.tokens(grant_type="client_credentials", scope="accounts:read"))[
        "access_token"
    ]

    assert me(token).status == 403
    assert userinfo(token).status == 403


@pytest.mark.parametrize("scope", ["openid", "profile", "offline_access courses:read"])
def test_a_program_has_no_identity_to_ask_for(machine: RelyingParty, scope: str) -> None:
    answer = machine.tokens(grant_type="client_credentials", scope=scope)

    assert refusal(answer) == (400, "invalid_scope")


def test_who_asks_for_nothing_gets_nothing(application: Application, machine: RelyingParty) -> None:
    granted = accepted(machine.tokens(grant_type="client_credentials"))

    assert "scope" not in granted
    assert claims_in(granted["access_token"], application)["scope"] == ""


def test_a_client_that_may_not_act_for_itself(app: RelyingParty) -> None:
    assert refusal(app.tokens(**ASKED)) == (400, "unauthorized_client")
