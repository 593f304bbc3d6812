"""Tokens for other APIs (RFC 8707 §2)."""

import pytest
from django.conf import settings

from accounts.domain.access import GrantType
from tests.accounts.oauth.acting import accepted, an_app, me, refusal
from tests.support.application import Application
from tests.support.relying import RelyingParty, a_relying_party, claims_in

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("anna")]

NOTES = "https://notes.example/api"
MAPS = "https://maps.example/api"


@pytest.fixture
def reader(application: Application) -> RelyingParty:
    """An application that may use two APIs of others beside ours."""
    return an_app(application, resources=(NOTES, MAPS))


def audience_of(token: str, application: Application) -> object:
    return claims_in(token, application)["aud"]


def test_without_one_a_token_is_for_our_api(application: Application, reader: RelyingParty) -> None:
    granted = accepted(reader.exchange(reader.allowed(scope="openid accounts:read")))

    assert (
        audience_of(granted["access_token"], application) == f"{settings.ENVIRONMENT.public_url}/v1"
    )
    assert me(granted["access_token"]).status == 200


def test_ours_may_be_named(application: Application, reader: RelyingParty) -> None:
    ours = f"{settings.ENVIRONMENT.public_url}/v1"

    attempt = reader.allowed(resource=ours, scope="openid accounts:read")

    assert me(accepted(reader.exchange(attempt))["access_token"]).status == 200


def test_a_token_is_for_the_one_that_was_named(
    application: Application, reader: RelyingParty
) -> None:
    granted = accepted(reader.exchange(reader.allowed(resource=NOTES)))

    assert audience_of(granted["access_token"], application) == NOTES


def test_the_person_sees_for_which_it_is(reader: RelyingParty) -> None:
    assert f"This applies to {NOTES}." in reader.authorize(resource=NOTES).seen.text


def test_it_stays_the_same_when_it_is_refreshed(
    application: Application, reader: RelyingParty
) -> None:
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
def test_one_that_was_not_agreed_on_is_refused(reader: RelyingParty, resource: str) -> None:
    assert reader.authorize(resource=resource).answer["error"] == "invalid_target"


def test_a_code_for_one_gives_no_token_for_another(reader: RelyingParty) -> None:
    """RFC 8707 §2.2."""
    attempt = reader.allowed(resource=NOTES)

    assert refusal(reader.exchange(attempt, resource=MAPS)) == (400, "invalid_target")
    assert reader.exchange(attempt, resource=NOTES).status == 200


def test_nor_does_a_refresh_token(reader: RelyingParty) -> None:
    granted = accepted(reader.exchange(reader.allowed(resource=NOTES)))

    answer = reader.refresh(granted["refresh_token"], resource=MAPS)

    assert refusal(answer) == (400, "invalid_target")
    assert reader.refresh(granted["refresh_token"]).status == 200


def test_a_program_may_name_one_for_itself(application: Application) -> None:
    machine = a_relying_party(
        application, grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}), resources=(NOTES,)
    )

    good = machine.tokens(grant_type="client_credentials", resource=NOTES)
    bad = machine.tokens(grant_type="client_credentials", resource=MAPS)

    assert audience_of(accepted(good)["access_token"], application) == NOTES
    assert refusal(bad) == (400, "invalid_target")
