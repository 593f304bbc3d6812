"""Pushed request service."""

from datetime import timedelta

from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.services.authorizations import PUSHED_REQUEST_LIVES, USER_HAS
from tests.accounts.granting import has_client
from tests.support.builders import NOON
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
ASKED = {"response_type": "code", "scope": "openid", "state": "å&b=c"}


def test_a_client_can_open_its_pushed_request(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)

    assert memory.services.pushed_requests.open(secret, client) == ASKED
    assert len(secret) >= 43, "which is 256 bits"


def test_the_secret_is_stored_only_as_a_hash(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)

    requests, hashed = memory.repositories.pushed_requests, memory.services.ports.opaque_tokens.hash
    assert requests.find(secret, client.id) is None
    assert requests.find(hashed(secret), client.id)


def test_another_client_cannot_open_a_pushed_request(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)

    assert memory.services.pushed_requests.open(secret, has_client(memory)) is None
    assert memory.services.pushed_requests.open("another", client) is None


def test_a_pushed_request_expires_if_no_browser_opens_it(
    memory: World, client: OAuthClient
) -> None:
    early, late = (memory.services.pushed_requests.push(client, ASKED) for _ in range(2))
    memory.clock.at = NOON + PUSHED_REQUEST_LIVES - SECOND

    assert memory.services.pushed_requests.open(early, client)

    memory.clock.at += SECOND
    assert memory.services.pushed_requests.open(late, client) is None


def test_opening_a_request_extends_it_once(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)
    memory.services.pushed_requests.open(secret, client)
    memory.clock.at = NOON + USER_HAS - SECOND

    assert memory.services.pushed_requests.open(secret, client) == ASKED

    memory.clock.at += SECOND
    assert memory.services.pushed_requests.open(secret, client) is None


def test_a_request_is_used_up_once(memory: World, client: OAuthClient) -> None:
    secret = memory.services.pushed_requests.push(client, ASKED)
    other = memory.services.pushed_requests.push(client, ASKED)

    assert memory.services.pushed_requests.use_up(secret)
    assert not memory.services.pushed_requests.use_up(secret)
    assert memory.services.pushed_requests.open(secret, client) is None
    assert memory.services.pushed_requests.open(other, client) == ASKED


def test_expired_requests_are_deleted(memory: World, client: OAuthClient) -> None:
    memory.services.pushed_requests.push(client, ASKED)
    opened = memory.services.pushed_requests.push(client, ASKED)
    memory.services.pushed_requests.open(opened, client)
    memory.clock.at = NOON + PUSHED_REQUEST_LIVES + SECOND

    assert memory.services.pushed_requests.remove_expired() == 1
    assert memory.services.pushed_requests.open(opened, client) == ASKED
