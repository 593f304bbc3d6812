"""Tokens for other APIs (RFC 8707 §2)."""

import pytest
from django.conf import settings

from accounts.domain.access import GrantType
from tests.accounts.oauth.acting import accepted, an_app, error_of, me
from tests.support.agents import Agent
from tests.support.application import Application, Caller
from tests.support.relying import RelyingParty, a_relying_party, claims_in

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("anna")]

NOTES = "https://notes.example/api"
MAPS = "https://maps.example/api"


@pytest.fixture
def reader(application: Application) -> RelyingParty:
    """A client that can use two other APIs beside ours."""
    return an_app(application, resources=(NOTES, MAPS))


def audience_of(token: str, application: Application) -> object:
    return claims_in(token, application)["aud"]


def test_without_a_resource_a_token_is_for_our_api(
    application: Application, reader: RelyingParty
) -> None:
    granted = accepted(reader.exchange(reader.allowed(scope="openid accounts:read")))

    assert (
        audience_of(granted["access_token"], application) == f"{settings.ENVIRONMENT.public_url}/v1"
    )
    assert me(granted["access_token"]).status == 200


def test_our_api_can_be_requested_as_a_resource(
    application: Application, reader: RelyingParty
) -> None:
    ours = f"{settings.ENVIRONMENT.public_url}/v1"

    attempt = reader.allowed(resource=ours, scope="openid accounts:read")

    assert me(accepted(reader.exchange(attempt))["access_token"]).status == 200


def test_a_token_is_for_the_requested_resource(
    application: Application, reader: RelyingParty
) -> None:
    granted = accepted(reader.exchange(reader.allowed(resource=NOTES)))

    assert audience_of(granted["access_token"], application) == NOTES


def test_the_consent_page_shows_the_resource(reader: RelyingParty) -> None:
    assert f"This applies to {NOTES}." in reader.authorize(resource=NOTES).response.text


def test_a_refresh_keeps_the_resource(application: Application, reader: RelyingParty) -> None:
    granted = accepted(reader.exchange(reader.allowed(resource=NOTES)))

    again = accepted(reader.refresh(granted["refresh_token"], resource=NOTES))

    assert audience_of(again["access_token"], application) == NOTES


@pytest.mark.parametrize(
    "resource",
    [
        "https://elsewhere.example",
        f"{NOTES}/",
        f"{NOTES}#part",
        "nonsense",
        "https://NOTES.example/api",
    ],
)
def test_a_resource_that_the_client_lacks_is_rejected(reader: RelyingParty, resource: str) -> None:
    assert reader.authorize(resource=resource).answer["error"] == "invalid_target"


def test_a_code_for_one_resource_gives_no_token_for_another(reader: RelyingParty) -> None:
    """RFC 8707 §2.2."""
    attempt = reader.allowed(resource=NOTES)

    assert error_of(reader.exchange(attempt, resource=MAPS)) == (400, "invalid_target")
    assert reader.exchange(attempt, resource=NOTES).status == 200


def test_a_refresh_token_for_one_resource_gives_no_token_for_another(reader: RelyingParty) -> None:
    granted = accepted(reader.exchange(reader.allowed(resource=NOTES)))

    answer = reader.refresh(granted["refresh_token"], resource=MAPS)

    assert error_of(answer) == (400, "invalid_target")
    assert reader.refresh(granted["refresh_token"]).status == 200


def test_client_credentials_can_request_a_resource(application: Application) -> None:
    machine = a_relying_party(
        application, grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}), resources=(NOTES,)
    )

    good = machine.tokens(grant_type="client_credentials", resource=NOTES)
    bad = machine.tokens(grant_type="client_credentials", resource=MAPS)

    assert audience_of(accepted(good)["access_token"], application) == NOTES
    assert error_of(bad) == (400, "invalid_target")


def test_every_client_can_request_a_token_for_agents(
    application: Application, reader: RelyingParty
) -> None:
    agents = f"{settings.ENVIRONMENT.public_url}/mcp"

    granted = accepted(reader.exchange(reader.allowed(resource=agents, scope="courses:read")))

    assert audience_of(granted["access_token"], application) == agents
    assert me(granted["access_token"]).code == "invalid-token"
    assert Agent(Caller(granted["access_token"])).call("find_courses")["items"] == []
