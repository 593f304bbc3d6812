"""Logout service: the end of a browser session, and notices to clients."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import SessionId
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.entities.logouts import CLAIMED_FOR, RETRY_AFTER, LogoutNotice
from accounts.domain.oauth.services.logouts import BATCH_SIZE, LogoutService
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.granting import BROWSER, HOW, a_notice, has_client, has_session, stored_session
from tests.support.builders import NOON, a_session
from tests.support.worlds import World

ADDRESS = "https://app.example/ended"
FOREVER = timedelta(days=1)
LASTING = frozenset({"openid", "offline_access"})


@dataclass
class Post:
    """A sender whose deliveries fail for as long as the test says."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    is_out: bool = False

    def send(self, uri: str, *, logout_token: str) -> bool:
        self.sent.append((uri, logout_token))
        return not self.is_out


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def logouts(memory: World, post: Post) -> LogoutService:
    return replace(memory.services.logouts, sender=post)


@pytest.fixture
def client(memory: World) -> OAuthClient:
    return has_client(memory, backchannel_logout_uri=ADDRESS)


def signed_in(world: World, user: User, client: OAuthClient, **parts: Any) -> Session:
    return has_session(world, user, client, **{"authentication": HOW} | parts)


def waiting(world: World) -> list[LogoutNotice]:
    """All notices, due or not."""
    return world.repositories.logout_notices.due_for_update(at=NOON + FOREVER, limit=99)


def test_sessions_of_the_browser_end_and_no_others(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    elsewhere = replace(HOW, browser_id=SessionId(uuid4()))
    ending = [signed_in(memory, anna, client), signed_in(memory, anna, has_client(memory))]
    staying = [
        signed_in(memory, anna, client, authentication=elsewhere),
        signed_in(memory, anna, client, authentication=None),
    ]
    memory.clock.go_on(hours=1)

    logouts.end_browser(BROWSER)

    now = memory.clock.now()
    ended = [session.ended(at=now, because=SessionEnd.LOGGED_OUT) for session in ending]
    assert [stored_session(memory, session) for session in ending] == ended
    assert [stored_session(memory, session) for session in staying] == staying


def test_a_session_with_offline_access_goes_on_and_its_client_is_notified(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    session = signed_in(memory, anna, client, scopes=LASTING)

    count = logouts.end_browser(BROWSER)

    assert count == 1
    assert stored_session(memory, session) == session


def test_each_client_is_notified_once(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    other = has_client(memory, backchannel_logout_uri="https://other.example/ended")
    for each_client in (client, client, other):
        signed_in(memory, anna, each_client)

    count = logouts.end_browser(BROWSER)

    notices = waiting(memory)
    assert count == 2
    assert {notice.client_pk for notice in notices} == {client.id, other.id}
    assert {(notice.user_id, notice.browser_id) for notice in notices} == {(anna.id, BROWSER)}
    assert {(notice.due_at, notice.failures) for notice in notices} == {(NOON, 0)}


def test_clients_without_a_logout_uri_and_removed_clients_are_not_notified(
    memory: World, logouts: LogoutService, anna: User
) -> None:
    deaf = has_client(memory)
    removed = has_client(memory, backchannel_logout_uri=ADDRESS, is_active=False)
    alone = has_client(memory, backchannel_logout_uri=ADDRESS)
    for each_client in (deaf, removed):
        signed_in(memory, anna, each_client)
    has_session(memory, anna, authentication=HOW)
    memory.repositories.sessions.add(
        a_session(user_id=None, client_id=alone.client_id, authentication=HOW)
    )

    assert logouts.end_browser(BROWSER) == 0
    assert waiting(memory) == []


def test_a_browser_without_sessions_creates_no_notices(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    signed_in(memory, anna, client, ended_at=NOON, ended_because=SessionEnd.REVOKED)

    assert logouts.end_browser(BROWSER) == 0
    assert logouts.end_browser(SessionId(uuid4())) == 0


def test_the_logout_token_names_the_ended_session(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    signed_in(memory, anna, client)
    logouts.end_browser(BROWSER)

    assert logouts.deliver() == 1

    ((uri, token),) = post.sent
    assert uri == ADDRESS
    assert token.count(".") == 2
    assert waiting(memory) == []
    assert logouts.deliver() == 0


def test_failed_notices_are_retried_and_then_dropped(
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
    assert len(post.sent) == len(RETRY_AFTER) + 1


def test_a_notice_is_delivered_by_one_process_at_a_time(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    memory.repositories.logout_notices.add(a_notice(client, anna, due_at=NOON))
    meanwhile: list[int] = []

    class Slow(Post):
        def send(self, uri: str, *, logout_token: str) -> bool:
            meanwhile.append(logouts.deliver())
            return post.send(uri, logout_token=logout_token)

    assert replace(logouts, sender=Slow()).deliver() == 1
    assert (meanwhile, len(post.sent)) == ([0], 1)


def test_a_notice_is_due_again_when_its_delivery_was_interrupted(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    memory.repositories.logout_notices.add(a_notice(client, anna, due_at=NOON))

    class PowerFailure(Post):
        def send(self, uri: str, *, logout_token: str) -> bool:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(logouts, sender=PowerFailure()).deliver()
    memory.clock.at += CLAIMED_FOR

    assert logouts.deliver() == 1


def test_a_retry_can_succeed(
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


def test_a_client_removed_meanwhile_is_not_notified(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    memory.repositories.logout_notices.add(a_notice(client, anna, due_at=NOON))
    memory.repositories.clients.save(client.removed(), scope=ALL_TENANTS)

    assert logouts.deliver() == 0
    assert (post.sent, waiting(memory)) == ([], [])


def test_notices_are_delivered_in_batches(
    memory: World, logouts: LogoutService, anna: User, client: OAuthClient
) -> None:
    for _ in range(BATCH_SIZE + 3):
        memory.repositories.logout_notices.add(a_notice(client, anna, due_at=NOON))

    assert [logouts.deliver() for _ in range(3)] == [BATCH_SIZE, 3, 0]
