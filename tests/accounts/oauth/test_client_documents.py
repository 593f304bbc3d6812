"""Client ID metadata documents (draft-ietf-oauth-client-id-metadata-document)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from accounts import models as rows
from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.client_documents import pk_of
from authsvc.composition import outbound_http
from authsvc.composition.container import services
from tests.accounts.oauth.acting import accepted, error_of, is_error_page
from tests.support.agents import Agent
from tests.support.application import Application, Caller
from tests.support.client_documents import DocumentHost, document_host
from tests.support.relying import CALLBACK, Attempt, RelyingParty, claims_in

pytestmark = pytest.mark.database

SCOPE = "courses:read progress:read credentials:read"


@pytest.fixture(scope="module")
def trusted_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentHost]:
    """A host whose certificate the application trusts: to load what it trusts takes longer than most tests."""
    with (
        document_host(tmp_path_factory.mktemp("documents")) as opened,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("SSL_CERT_FILE", str(opened.certificate))
        outbound_http._ssl_context.cache_clear()  # noqa: SLF001  # it would trust what other tests trusted
        yield opened
    outbound_http._ssl_context.cache_clear()  # noqa: SLF001  # as above


@pytest.fixture
def host(trusted_host: DocumentHost, settings: Settings) -> DocumentHost:
    """A host that the application accepts clients of."""
    trusted_host.reset()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, cimd_hosts=(trusted_host.name,))
    return trusted_host


@pytest.fixture
def agent_app(host: DocumentHost, application: Application, anna: User) -> RelyingParty:
    """A client that nobody has registered, with Anna signed in at its browser."""
    app = RelyingParty(host.url, "", CALLBACK)
    app.browser.begin_session(anna)
    return app


def endpoint() -> str:
    return f"{django_settings.ENVIRONMENT.public_url}/mcp"


def request_of(app: RelyingParty, *, scope: str = SCOPE, **more: str) -> Attempt:
    more.setdefault("resource", endpoint())
    return app.authorize(drop=(), scope=scope, **more)


def granted(app: RelyingParty, *, scope: str = SCOPE) -> dict[str, Any]:
    attempt = app.allowed(scope=scope, resource=endpoint())
    return accepted(app.exchange(attempt, resource=endpoint()))


def stored_clients() -> list[str]:
    return list(rows.OAuthClient.objects.values_list("client_id", flat=True))


def test_an_agent_connects_without_registration(
    agent_app: RelyingParty, host: DocumentHost, application: Application
) -> None:
    tokens = granted(agent_app, scope=f"{SCOPE} offline_access")

    claims = claims_in(tokens["access_token"], application)
    assert (claims["aud"], claims["client_id"]) == (endpoint(), host.url)
    assert Agent(Caller(tokens["access_token"])).call("my_progress")["items"] == []
    renewed = accepted(agent_app.refresh(tokens["refresh_token"], resource=endpoint()))
    assert Agent(Caller(renewed["access_token"])).call("my_progress")["items"] == []
    assert host.fetches == 1


def test_the_consent_page_shows_the_host_and_that_nobody_has_verified_it(
    agent_app: RelyingParty, host: DocumentHost
) -> None:
    page = request_of(agent_app).response.text

    assert host.name in page
    assert "Helpful Agent" in page
    assert "The app is not verified" in page
    assert "app.example" in page


def test_the_account_page_shows_the_host_too(agent_app: RelyingParty, host: DocumentHost) -> None:
    granted(agent_app)

    page = agent_app.browser.get("/account/sessions").text

    assert f"Helpful Agent (not verified, from {host.name})" in page


def test_the_user_is_asked_each_time(agent_app: RelyingParty) -> None:
    granted(agent_app)

    assert "not verified" in request_of(agent_app).response.text
    assert request_of(agent_app, prompt="none").answer["error"] == "consent_required"


def test_nothing_is_stored_before_the_user_consents(
    agent_app: RelyingParty, host: DocumentHost
) -> None:
    request_of(agent_app)
    assert stored_clients() == []

    attempt = request_of(agent_app)
    path = f"/oauth/authorize?{urlencode(attempt.parameters)}"
    assert agent_app.browser.post(path, decision="deny").status == 303
    assert stored_clients() == []

    granted(agent_app)
    assert stored_clients() == [host.url]


def test_a_changed_document_applies_with_the_next_consent(
    agent_app: RelyingParty, host: DocumentHost
) -> None:
    granted(agent_app)
    host.describe(client_name="Renamed Agent")
    services().ports.client_documents._cache.clear()  # type: ignore[attr-defined]  # noqa: SLF001  # an hour passes

    granted(agent_app)

    assert rows.OAuthClient.objects.get().name == "Renamed Agent"


def test_a_client_that_staff_have_removed_stays_removed(
    agent_app: RelyingParty, host: DocumentHost
) -> None:
    tokens = granted(agent_app, scope=f"{SCOPE} offline_access")
    services().clients.remove(pk_of(host.url), reason="Abuse.", by=OPERATOR)

    assert is_error_page(request_of(agent_app).response)
    assert error_of(agent_app.refresh(tokens["refresh_token"])) == (401, "invalid_client")
    assert Agent(Caller(tokens["access_token"])).ask("tools/list").code == "invalid-token"


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "https://other.example/agent.json"},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"client_secret": "secret"},
        {"redirect_uris": []},
        {"redirect_uris": CALLBACK},
        {"redirect_uris": ["https://*.example/callback"]},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": [1]},
        {"redirect_uris": [CALLBACK] * 11},
        {"client_name": "A\0B"},
        {"client_name": "x" * 201},
        {"client_name": 5},
        {"grant_types": ["client_credentials"]},
        {"grant_types": "authorization_code"},
        {"scope": ["openid"]},
    ],
)
def test_an_unsuitable_document_is_rejected(
    agent_app: RelyingParty, host: DocumentHost, change: dict[str, Any]
) -> None:
    host.describe(**change)

    for _ in range(2):
        assert is_error_page(request_of(agent_app).response)
    assert host.fetches == 1
    assert stored_clients() == []


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n", None),
        ("HTTP/1.1 302 Found\r\nLocation: https://localhost/\r\n", None),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", None),
        ("HTTP/1.1 200 OK\r\n", None),
        (None, b" " * (16 * 1024 + 1)),
        (None, b"[]"),
        (None, b"{"),
        (None, b"\xff"),
        (None, b"[" * 9_000),
        (None, b"1" * 9_000),
    ],
)
def test_an_unreadable_document_is_rejected_and_not_fetched_again_at_once(
    agent_app: RelyingParty, host: DocumentHost, head: str | None, body: bytes | None
) -> None:
    host.head, host.body = head or host.head, body or host.body

    for _ in range(3):
        assert is_error_page(request_of(agent_app).response)
    assert host.fetches == 1


@pytest.mark.parametrize(
    "client_id",
    [
        "http://{host}/agent.json",
        "https://{host}",
        "https://{host}/",
        "https://{host}/agent.json?x=1",
        "https://{host}/agent.json#x",
        "https://{host}/../agent.json",
        "https://{host}/%2e%2e/agent.json",
        "https://anna@{host}/agent.json",
        "https://{host}/" + "a" * 100,
        "https://elsewhere.example/agent.json",
    ],
)
def test_other_identifiers_are_never_fetched(
    agent_app: RelyingParty, host: DocumentHost, client_id: str
) -> None:
    app = replace(agent_app, client_id=client_id.format(host=host.name))

    assert is_error_page(request_of(app).response)
    assert host.fetches == 0


def test_fetches_are_limited_by_client_ip(agent_app: RelyingParty, host: DocumentHost) -> None:
    for number in range(12):
        app = replace(agent_app, client_id=f"https://{host.name}/agent-{number}.json")
        assert is_error_page(request_of(app).response)

    assert host.fetches == 10


def test_a_client_gets_tokens_for_agents_alone(agent_app: RelyingParty) -> None:
    for_the_api = f"{django_settings.ENVIRONMENT.public_url}/v1"

    assert request_of(agent_app, resource=for_the_api).answer["error"] == "invalid_target"
    assert agent_app.authorize(scope=SCOPE).answer["error"] == "invalid_target"


@pytest.mark.parametrize("scope", ["accounts:read", "orgs:write", "email", "courses:write"])
def test_a_client_cannot_ask_for_other_scopes(agent_app: RelyingParty, scope: str) -> None:
    assert request_of(agent_app, scope=scope).answer["error"] == "invalid_scope"


def test_a_document_can_narrow_the_scopes(agent_app: RelyingParty, host: DocumentHost) -> None:
    host.describe(scope="courses:read accounts:write")

    assert request_of(agent_app, scope="progress:read").answer["error"] == "invalid_scope"
    assert request_of(agent_app, scope="courses:read").response.status == 200


def test_a_redirect_uri_must_be_in_the_document(agent_app: RelyingParty) -> None:
    def leads_to(uri: str) -> int:
        return int(request_of(agent_app, redirect_uri=uri).response.status)

    assert leads_to("https://evil.example/callback") == 400
    assert leads_to("http://127.0.0.1:49152/callback") == 200
    assert leads_to("http://localhost:49152/callback") == 400


def test_a_request_cannot_be_pushed(agent_app: RelyingParty) -> None:
    request_of(agent_app)

    answer = agent_app.post("/oauth/par", response_type="code", redirect_uri=CALLBACK)

    assert error_of(answer) == (400, "invalid_request")


def test_the_metadata_says_whether_there_are_such_clients(
    host: DocumentHost, application: Application
) -> None:
    path = "/.well-known/oauth-authorization-server"

    assert application.stranger.get(path).json["client_id_metadata_document_supported"] is True


def test_without_hosts_there_are_no_such_clients(application: Application, anna: User) -> None:
    path = "/.well-known/oauth-authorization-server"
    app = RelyingParty("https://localhost/agent.json", "", CALLBACK)

    assert application.stranger.get(path).json["client_id_metadata_document_supported"] is False
    assert is_error_page(app.authorize().response)
