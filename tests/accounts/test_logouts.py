"""Logout service: the end of a browser session, and notices to clients."""

from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import SessionId
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.services.logouts import LOGOUT_NOTICE_JOB, RETRIES, LogoutService
from authsvc.jobs.entities import Job, Queue
from authsvc.jobs.ports import JobKind
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.granting import BROWSER, HOW, has_client, has_session, stored_session
from tests.support.builders import NOON, a_session
from tests.support.jobs import quiet_queue
from tests.support.worlds import World

ADDRESS = "https://app.example/ended"
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
    return replace(memory.services.logouts, sender=post, jobs=quiet_queue(memory))


@pytest.fixture
def client(memory: World) -> OAuthClient:
    return has_client(memory, backchannel_logout_uri=ADDRESS)


def signed_in(world: World, user: User, client: OAuthClient, **parts: Any) -> Session:
    return has_session(world, user, client, **{"authentication": HOW} | parts)


def waiting(world: World) -> list[Job]:
    """The jobs that have not ended."""
    store: dict[object, Job] = world.repositories.jobs.store  # type: ignore[attr-defined]  # of the in-memory repository
    return [job for job in store.values() if not job.has_ended]


def deliver(world: World, logouts: LogoutService) -> None:
    """Run the jobs that are due, with the sender of the test."""
    kind = JobKind(name=LOGOUT_NOTICE_JOB, run=logouts.deliver, policy=RETRIES)
    replace(world.services.job_engine, kinds={kind.name: kind}).run_due(Queue.OUTBOUND)


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

    assert count == 2
    facts = sorted([dict(job.arguments) for job in waiting(memory)], key=itemgetter("client"))
    assert facts == [
        {"client": str(client_pk), "user": str(anna.id), "browser": str(BROWSER)}
        for client_pk in sorted([client.id, other.id])
    ]


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

    deliver(memory, logouts)

    ((uri, token),) = post.sent
    assert uri == ADDRESS
    assert token.count(".") == 2
    assert waiting(memory) == []


def test_a_notice_that_is_not_accepted_is_retried_for_hours(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    signed_in(memory, anna, client)
    logouts.end_browser(BROWSER)
    post.is_out = True
    attempts = []
    for _ in range(6):
        deliver(memory, logouts)
        attempts.append(len(post.sent))
        memory.clock.go_on(hours=1)
    post.is_out = False
    deliver(memory, logouts)

    assert attempts == [1, 2, 3, 4, 5, 6]
    assert len(post.sent) == 7
    assert waiting(memory) == []


def test_a_client_removed_meanwhile_is_not_notified(
    memory: World, logouts: LogoutService, post: Post, anna: User, client: OAuthClient
) -> None:
    signed_in(memory, anna, client)
    logouts.end_browser(BROWSER)
    memory.repositories.clients.save(client.removed(), scope=ALL_TENANTS)

    deliver(memory, logouts)

    assert (post.sent, waiting(memory)) == ([], [])
