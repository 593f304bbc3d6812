"""Authorization requests that clients leave with us ahead of the browser."""

from datetime import timedelta

import pytest

from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.services.authorizations import PERSON_TAKES, PUSHED_REQUEST_LIVES
from tests.accounts.letting_in import has_client
from tests.support.builders import NOON
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
ASKED = {"response_type": "code", "scope": "openid", "state": "å&b=c"}


@pytest.fixture
def client(memory: World) -> OAuthClient:
    return has_client(memory)


def test_a_client_finds_what_it_has_pushed(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)

    assert memory.services.pushed_requests.open(secret, client) == ASKED
    assert len(secret) >= 43, "which is 256 bits"


def test_of_a_secret_only_the_hash_is_kept(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)

    requests, hashed = memory.repositories.pushed_requests, memory.services.ports.opaque_tokens.hash
    assert requests.find(secret, client.id) is None
    assert requests.find(hashed(secret), client.id)


def test_no_other_client_finds_it(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)

    assert memory.services.pushed_requests.open(secret, has_client(memory)) is None
    assert memory.services.pushed_requests.open("another", client) is None


def test_a_request_waits_for_its_browser_and_no_longer(memory: World, client: OAuthClient) -> None:
    early, late = (memory.services.pushed_requests.push(client, ASKED) for _ in range(2))
    memory.clock.at = NOON + PUSHED_REQUEST_LIVES - SECOND

    assert memory.services.pushed_requests.open(early, client)

    memory.clock.at += SECOND
    assert memory.services.pushed_requests.open(late, client) is None


def test_once_its_browser_has_come_the_person_has_time_and_gets_no_more_by_coming_again(
    memory: World, client: OAuthClient
) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)
    memory.services.pushed_requests.open(secret, client)
    memory.clock.at = NOON + PERSON_TAKES - SECOND

    assert memory.services.pushed_requests.open(secret, client) == ASKED

    memory.clock.at += SECOND
    assert memory.services.pushed_requests.open(secret, client) is None


def test_a_request_is_used_up_once(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)
    other = memory.services.pushed_requests.push(client, ASKED)

    assert memory.services.pushed_requests.take(secret)
    assert not memory.services.pushed_requests.take(secret)
    assert memory.services.pushed_requests.open(secret, client) is None
    assert memory.services.pushed_requests.open(other, client) == ASKED


def test_requests_are_forgotten_when_they_are_too_old(memory: World, client: OAuthClient) -> None:
    memory.services.pushed_requests.push(client, ASKED)
    opened = memory.services.pushed_requests.push(client, ASKED)
    memory.services.pushed_requests.open(opened, client)
    memory.clock.at = NOON + PUSHED_REQUEST_LIVES + SECOND

    assert memory.services.pushed_requests.remove_expired() == 1
    assert memory.services.pushed_requests.open(opened, client) == ASKED
