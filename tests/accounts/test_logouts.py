"""Signing somebody out of his browser, and telling the clients of it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import SessionId
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.entities.logouts import RETRY_AFTER, LogoutNotice
from accounts.domain.oauth.services.logouts import AT_ONCE, LogoutService
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.letting_in import HOW, a_notice, has_client, has_session, kept
from tests.support.builders import NOON, a_session
from tests.support.worlds import World

ADDRESS = "https://app.example/ended"
FOREVER = timedelta(days=1)
LASTING = frozenset({"openid", "offline_access"})


@dataclass
class Post:
    """A sender whose receivers are out for as long as the test says."""

    told: list[tuple[str, str]] = field(default_factory=list)
    is_out: bool = False

    def send(self, uri: str, *, logout_token: str) -> bool:
        self.told.append((uri, logout_token))
        return not self.is_out


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def logouts(memory: World, post: Post) -> LogoutService:
    return replace(memory.services.logouts, sender=post)


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user(name="Anna")


@pytest.fixture
def client(memory: World) -> OAuthClient:
    return has_client(memory, backchannel_logout_uri=ADDRESS)


def signed_in(world: World, user: User, client: OAuthClient, **parts: Any) -> Session:
    return has_session(world, user, client, **{"authentication": HOW} | parts)


def waiting(world: World) -> list[LogoutNotice]:
    """All notices, due or not."""
    return world.repositories.logout_notices.due(at=NOON + FOREVER, limit=99)


def test_what_came_of_a_browser_ends_and_nothing_else(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    elsewhere = replace(HOW, browser_id=SessionId(uuid4()))
    ending = [signed_in(memory, anna, client), signed_in(memory, anna, has_client(memory))]
    staying = [
        signed_in(memory, anna, client, authentication=elsewhere),
        signed_in(memory, anna, client, authentication=None),
    ]
    memory.clock.go_on(hours=1)

    logouts.end_browser(HOW.browser_id)

    now = memory.clock.now()
    ended = [session.ended(at=now, because=SessionEnd.LOGGED_OUT) for session in ending]
    assert [kept(memory, session) for session in ending] == ended
    assert [kept(memory, session) for session in staying] == staying


def test_a_session_that_may_outlive_the_sign_out_goes_on_but_its_client_is_told(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    session = signed_in(memory, anna, client, scopes=LASTING)

    told = logouts.end_browser(HOW.browser_id)

    assert told == 1
    assert kept(memory, session) == session


def test_each_client_is_told_once_of_the_person_and_the_browser(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    other = has_client(memory, backchannel_logout_uri="https://other.example/ended")
    for each in (client, client, other):
        signed_in(memory, anna, each)

    told = logouts.end_browser(HOW.browser_id)

    notices = waiting(memory)
    assert told == 2
    assert {notice.client_pk for notice in notices} == {client.id, other.id}
    assert {(notice.user_id, notice.browser_id) for notice in notices} == {
        (anna.id, HOW.browser_id)
    }
    assert {(notice.due_at, notice.failures) for notice in notices} == {(NOON, 0)}


def test_nobody_is_told_who_has_no_ear_or_is_not_there_any_more(
    memory: World, logouts: LogoutService, anna: User
) -> None:
    deaf = has_client(memory)
    removed = has_client(memory, backchannel_logout_uri=ADDRESS, is_active=False)
    alone = has_client(memory, backchannel_logout_uri=ADDRESS)
    for each in (deaf, removed):
        signed_in(memory, anna, each)
    has_session(memory, anna, authentication=HOW)
    memory.repositories.sessions.add(
        a_session(user_id=None, client_id=alone.client_id, authentication=HOW)
    )

    assert logouts.end_browser(HOW.browser_id) == 0
    assert waiting(memory) == []


def test_a_browser_from_which_nothing_came_ends_quietly(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    signed_in(memory, anna, client, ended_at=NOON, ended_because=SessionEnd.REVOKED)

    assert logouts.end_browser(HOW.browser_id) == 0
    assert logouts.end_browser(SessionId(uuid4())) == 0


def test_a_client_is_told_by_a_token_of_what_has_ended(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    signed_in(memory, anna, client)
    logouts.end_browser(HOW.browser_id)

    assert logouts.deliver() == 1

    ((uri, token),) = post.told
    assert uri == ADDRESS
    assert token.count(".") == 2
    assert waiting(memory) == []
    assert logouts.deliver() == 0


def test_a_client_that_is_out_is_told_later_and_then_given_up(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    memory.repositories.logout_notices.add(a_notice(client, anna, due_at=NOON))
    post.is_out = True
    waits = []
    while logouts.deliver() == 0 and (notices := waiting(memory)):
        (notice,) = notices
        waits.append(notice.due_at - memory.clock.now())
        memory.clock.at = notice.due_at

    assert waits == list(RETRY_AFTER)
    assert len(post.told) == len(RETRY_AFTER) + 1


def test_a_client_that_is_back_is_told(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    memory.repositories.logout_notices.add(a_notice(client, anna, due_at=NOON))
    post.is_out = True
    logouts.deliver()
    post.is_out = False

    too_early = logouts.deliver()
    memory.clock.at += RETRY_AFTER[0]
    in_time = logouts.deliver()

    assert (too_early, in_time) == (0, 1)
    assert waiting(memory) == []


def test_a_client_that_was_removed_meanwhile_is_told_nothing(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    memory.repositories.logout_notices.add(a_notice(client, anna, due_at=NOON))
    memory.repositories.clients.save(client.removed(), scope=ALL_TENANTS)

    assert logouts.deliver() == 0
    assert (post.told, waiting(memory)) == ([], [])


def test_so_many_are_told_at_once_and_the_rest_the_next_time(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    for _ in range(AT_ONCE + 3):
        memory.repositories.logout_notices.add(a_notice(client, anna, due_at=NOON))

    assert [logouts.deliver() for _ in range(3)] == [AT_ONCE, 3, 0]
