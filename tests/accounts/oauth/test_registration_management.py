"""Management of a registration by the client (RFC 7592 §2, §3)."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from accounts.domain.access import OPERATOR
from accounts.domain.oauth.entities.clients import OAuthClient
from tests.accounts.oauth.acting import error_of, me, tokens_of
from tests.support.application import Answer, Application, Caller
from tests.support.relying import RelyingParty

pytestmark = pytest.mark.database

METADATA: dict[str, Any] = {
    "client_name": "Study Buddy",
    "redirect_uris": ["https://app.example/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid accounts:read",
}
INVALID = (401, "invalid_token")


class Registration:
    """A client that manages its registration."""

    def __init__(self, application: Application) -> None:
        resource = f"{settings.ENVIRONMENT.public_url}/oauth/register"
        token = application.services.registrations.invite(resource=resource, by=OPERATOR)
        self.members = Caller(token).post("/oauth/register", METADATA).json
        self.path = urlsplit(self.members["registration_client_uri"]).path
        self.token = self.members["registration_access_token"]

    def get(self, token: str = "") -> Answer:
        return Caller(token or self.token).get(self.path)

    def put(self, token: str = "", **members: Any) -> Answer:
        body = METADATA | {"client_id": self.members["client_id"]} | members
        return Caller(token or self.token).send("PUT", self.path, body)

    def delete(self, token: str = "") -> Answer:
        return Caller(token or self.token).send("DELETE", self.path)


@pytest.fixture
def registration(application: Application) -> Registration:
    return Registration(application)


def client_of(application: Application, registration: Registration) -> OAuthClient | None:
    return application.services.clients.find(registration.members["client_id"])


def test_a_client_reads_its_registration(registration: Registration) -> None:
    answer = registration.get()

    secrets = {"client_secret", "client_secret_expires_at"}
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        name: value for name, value in registration.members.items() if name not in secrets
    }
    assert registration.get().status == 200


def test_a_client_replaces_its_metadata_and_gets_another_token(
    application: Application, registration: Registration
) -> None:
    changed = registration.put(client_name="Notebook", redirect_uris=["https://b.example/cb"])

    client = client_of(application, registration)
    assert changed.status == 200
    assert (changed.json["client_name"], "client_secret" in changed.json) == ("Notebook", False)
    assert client is not None
    assert client.terms.redirect_uris == ("https://b.example/cb",)
    assert error_of(registration.get()) == INVALID
    assert error_of(registration.put()) == INVALID
    assert registration.get(changed.json["registration_access_token"]).status == 200


def test_omitted_metadata_is_reset(registration: Registration) -> None:
    """RFC 7592 §2.2: a request replaces all metadata."""
    body = {"client_id": registration.members["client_id"], "redirect_uris": ["https://b.example/"]}

    answer = Caller(registration.token).send("PUT", registration.path, body)

    assert (answer.json["scope"], answer.json["client_name"]) == ("openid", "b.example")


def test_the_secret_stays_the_same(registration: Registration) -> None:
    secret = registration.members["client_secret"]

    wrong = registration.put(client_secret="another")
    right = registration.put(client_secret=secret)

    assert error_of(wrong) == (400, "invalid_client_metadata")
    assert right.status == 200


@pytest.mark.parametrize(
    "members",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"client_secret": 5},
        {"client_secret": "\ud800"},
        {"client_secret": "\0"},
        {"registration_access_token": "x"},
        {"registration_client_uri": "https://auth.example/"},
        {"client_secret_expires_at": 0},
        {"client_id_issued_at": 0},
        {"token_endpoint_auth_method": "none"},
        {"scope": "nonsense"},
    ],
)
def test_what_cannot_be_changed_is_rejected(
    registration: Registration, members: dict[str, Any]
) -> None:
    assert error_of(registration.put(**members)) == (400, "invalid_client_metadata")
    assert registration.get().status == 200


@pytest.mark.usefixtures("anna")
def test_a_client_removes_itself(application: Application, registration: Registration) -> None:
    app = RelyingParty(registration.members["client_id"], registration.members["client_secret"])
    app.browser.sign_in()
    access = tokens_of(app, scope="openid accounts:read")["access_token"]

    removed = registration.delete()

    assert (removed.status, removed.text) == (204, "")
    assert client_of(application, registration) is None
    assert me(access).status == 401
    assert error_of(registration.get()) == INVALID
    assert error_of(registration.delete()) == INVALID


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_each_client_has_a_token_of_its_own(application: Application, method: str) -> None:
    registration, other = Registration(application), Registration(application)
    body = METADATA | {"client_id": registration.members["client_id"]}
    strangers = [
        other.token,
        registration.members["client_secret"],
        application.signed_in().caller.token,
        "",
    ]

    answers = [Caller(token).send(method, registration.path, body) for token in strangers]

    assert {error_of(answer) for answer in answers} == {INVALID}
    assert answers[0].headers["WWW-Authenticate"] == 'Bearer realm="authsvc"'


def test_an_unknown_client_gets_the_same_response(registration: Registration) -> None:
    for client_id in ("unknown", "%00", "%0a", "%ff", "x" * 5000):
        answer = Caller(registration.token).get(f"/oauth/register/{client_id}")
        assert error_of(answer) == INVALID


def test_a_client_that_staff_have_changed_is_managed_by_them_alone(
    application: Application, registration: Registration
) -> None:
    client = client_of(application, registration)
    assert client is not None

    application.services.clients.amend(client.id, client.terms, by=OPERATOR)

    assert error_of(registration.get()) == INVALID


def test_a_client_that_staff_have_registered_has_no_registration_token(app: RelyingParty) -> None:
    for token in ("", app.secret, app.client_id):
        assert error_of(Caller(token).get(f"/oauth/register/{app.client_id}")) == INVALID


@pytest.mark.parametrize("method", ["POST", "PATCH", "OPTIONS"])
def test_other_methods_are_not_allowed(registration: Registration, method: str) -> None:
    answer = Caller(registration.token).send(method, registration.path)

    assert answer.status == 405
