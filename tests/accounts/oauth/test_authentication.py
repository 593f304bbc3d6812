"""Client authentication (RFC 6749 §2.3, §3.2.1, §5.2) and client credentials (§4.4)."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest

from accounts.domain.access import GrantType
from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app, error_of, me, userinfo
from tests.support.application import Answer, Application
from tests.support.relying import RelyingParty, a_relying_party, claims_in, post_form

pytestmark = pytest.mark.database

FOR_ITSELF = frozenset({GrantType.CLIENT_CREDENTIALS})
FOR_DEVICES = frozenset({GrantType.DEVICE_CODE})
TOKEN = "/oauth/token"
ASKED = {"grant_type": "client_credentials", "scope": "courses:read"}


@pytest.fixture
def machine(application: Application) -> RelyingParty:
    """A client with the client credentials grant."""
    return a_relying_party(application, grant_types=FOR_ITSELF, redirect_uris=())


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def by_post(machine: RelyingParty, **more: str) -> str:
    return urlencode(
        ASKED | {"client_id": machine.client_id, "client_secret": machine.secret} | more
    )


def test_a_client_authenticates_by_http_basic(machine: RelyingParty) -> None:
    assert accepted(post_form(TOKEN, urlencode(ASKED), **basic(machine.client_id, machine.secret)))


def test_a_client_authenticates_in_the_body(machine: RelyingParty) -> None:
    """Module oidcc-server-client-secret-post."""
    assert accepted(post_form(TOKEN, by_post(machine)))


def test_a_public_client_is_identified_by_its_client_id_and_pkce(
    application: Application, anna: User
) -> None:
    app = an_app(application, is_public=True)

    assert accepted(app.exchange(app.allowed()))


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_is_case_insensitive(machine: RelyingParty, scheme: str) -> None:
    pair = basic(machine.client_id, machine.secret)["Authorization"].split()[1]

    assert accepted(post_form(TOKEN, urlencode(ASKED), Authorization=f"{scheme} {pair}"))


def test_two_authentication_methods_at_once_are_an_error(machine: RelyingParty) -> None:
    """RFC 6749 §2.3: no more than one method."""
    answer = post_form(TOKEN, by_post(machine), **basic(machine.client_id, machine.secret))

    assert error_of(answer) == (400, "invalid_request")


def test_a_client_id_in_the_body_must_match_http_basic(
    application: Application, machine: RelyingParty
) -> None:
    header = basic(machine.client_id, machine.secret)
    other = a_relying_party(application)

    same = post_form(TOKEN, urlencode(ASKED | {"client_id": machine.client_id}), **header)
    different = post_form(TOKEN, urlencode(ASKED | {"client_id": other.client_id}), **header)

    assert same.status == 200
    assert error_of(different) == (400, "invalid_request")


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
def test_a_wrong_secret_and_an_unknown_client_get_the_same_error(
    machine: RelyingParty, client_id: str | None, secret: str
) -> None:
    """RFC 6749 §5.2: 401, and a challenge that names the scheme."""
    header = basic(machine.client_id if client_id is None else client_id, secret)

    answer = post_form(TOKEN, urlencode(ASKED), **header)

    assert error_of(answer) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="authsvc"'
    assert (
        answer.json["error_description"] == "The client is unknown, or its credentials are wrong."
    )


def test_a_confidential_client_must_send_its_secret(application: Application) -> None:
    app = a_relying_party(application)

    answer = post_form(TOKEN, urlencode(ASKED | {"client_id": app.client_id}))

    assert error_of(answer) == (401, "invalid_client")


def test_a_public_client_cannot_authenticate_with_a_secret(application: Application) -> None:
    app = a_relying_party(application, is_public=True)

    answer = post_form(TOKEN, urlencode(ASKED), **basic(app.client_id, "wrong"))

    assert error_of(answer) == (401, "invalid_client")


@pytest.mark.parametrize("is_in_header", [True, False])
def test_an_empty_secret_identifies_public_clients_alone(
    application: Application, *, is_in_header: bool
) -> None:
    """RFC 6749 §2.3.1: it may be left out. Some libraries send it."""

    def asked_by(client: RelyingParty) -> Answer:
        named = {"client_id": client.client_id}
        form = named if is_in_header else named | {"client_secret": ""}
        header = basic(client.client_id, "") if is_in_header else {}
        return post_form("/oauth/device", urlencode({"scope": "openid"} | form), **header)

    public = a_relying_party(application, is_public=True, grant_types=FOR_DEVICES)
    confidential = a_relying_party(application, grant_types=FOR_DEVICES)

    assert accepted(asked_by(public))
    assert error_of(asked_by(confidential)) == (401, "invalid_client")


def test_client_assertions_are_rejected_and_not_ignored(machine: RelyingParty) -> None:
    """RFC 7523 §2.2."""
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    body = by_post(machine, client_assertion_type=kind, client_assertion="a.b.c")

    assert error_of(post_form(TOKEN, body)) == (401, "invalid_client")


def test_client_credentials_issue_a_token_for_the_client(
    application: Application, machine: RelyingParty
) -> None:
    """RFC 6749 §4.4.3; RFC 9068 §2.2: `sub` is the client."""
    granted = accepted(machine.tokens(**ASKED))

    claims = claims_in(granted["access_token"], application)
    assert set(granted) == {"access_token", "token_type", "expires_in", "scope"}
    assert (claims["sub"], claims["client_id"]) == (machine.client_id, machine.client_id)


def test_a_token_of_client_credentials_has_no_user(
    application: Application, machine: RelyingParty
) -> None:
    token = accepted(machine.tokens(grant_type="client_credentials", scope="accounts:read"))[
        "access_token"
    ]

    assert me(token).status == 403
    assert userinfo(token).status == 403


@pytest.mark.parametrize("scope", ["openid", "profile", "offline_access courses:read"])
def test_client_credentials_cannot_request_openid_scopes(machine: RelyingParty, scope: str) -> None:
    answer = machine.tokens(grant_type="client_credentials", scope=scope)

    assert error_of(answer) == (400, "invalid_scope")


def test_no_requested_scope_means_no_granted_scope(
    application: Application, machine: RelyingParty
) -> None:
    granted = accepted(machine.tokens(grant_type="client_credentials"))

    assert "scope" not in granted
    assert claims_in(granted["access_token"], application)["scope"] == ""


def test_client_credentials_need_the_grant_type(app: RelyingParty) -> None:
    assert error_of(app.tokens(**ASKED)) == (400, "unauthorized_client")
