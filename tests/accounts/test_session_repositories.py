"""Repository contract of the sessions of a user, of a browser and of a client."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from accounts.domain.access import RequestedClaims, SessionId
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.users import User
from authsvc.kernel.paging import PageRequest
from tests.accounts.granting import BROWSER, HOW, has_client, has_session, stored_session
from tests.support.builders import NOON, a_refresh_token, a_session
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
OVER: dict[str, Any] = {"ended_at": NOON, "ended_because": SessionEnd.LOGGED_OUT}
IDS = [SessionId(UUID(int=number)) for number in (2**127, 1, 2**64, 2**126)]


def test_a_session_is_read_back_with_its_resource_authentication_and_claims(world: World) -> None:
    claims = RequestedClaims(userinfo=frozenset({"name", "email"}), id_token=frozenset({"roles"}))
    session = has_session(
        world,
        world.has_user(),
        resource="https://notes.example/api",
        authentication=HOW,
        claims=claims,
    )
    state = world.repositories.sessions.state_of(session.id)

    assert stored_session(world, session) == session
    assert state is not None
    assert state.claims == claims


def sessions_of(world: World, user: User) -> list[Session]:
    page = world.repositories.sessions.page_for_user(user.id, PageRequest(), at=LATER)
    return list(page.items)


def test_live_sessions_of_a_user_are_listed_newest_first(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    old = has_session(world, anna, started_at=NOON - SECOND)
    young = has_session(world, anna, started_at=NOON + SECOND)
    middle = has_session(world, anna, has_client(world), started_at=NOON)
    has_session(world, bo)

    assert sessions_of(world, anna) == [young, middle, old]


def test_live_sessions_started_at_the_same_time_are_ordered_by_id(world: World) -> None:
    anna = world.has_user()
    for session_id in IDS:
        has_session(world, anna, id=session_id)

    sessions = sessions_of(world, anna)

    assert [session.id for session in sessions] == sorted(IDS, reverse=True)


def test_ended_sessions_of_a_user_are_not_listed(world: World) -> None:
    anna = world.has_user()
    has_session(world, anna, **OVER)
    has_session(world, anna, expires_at=LATER)
    live = has_session(world, anna, expires_at=LATER + SECOND)

    assert sessions_of(world, anna) == [live]


def test_live_sessions_of_a_browser_are_ordered_by_id(world: World) -> None:
    anna = world.has_user()
    for session_id in IDS:
        has_session(world, anna, has_client(world), id=session_id, authentication=HOW)

    sessions = world.repositories.sessions.live_in_browser(BROWSER, at=LATER)

    assert [session.id for session in sessions] == sorted(IDS)


def test_ended_sessions_and_those_of_other_browsers_are_not_listed(world: World) -> None:
    anna = world.has_user()
    elsewhere = replace(HOW, browser_id=SessionId(uuid4()))
    live = has_session(world, anna, authentication=HOW, expires_at=LATER + SECOND)
    has_session(world, anna, authentication=HOW, expires_at=LATER)
    has_session(world, anna, authentication=HOW, **OVER)
    has_session(world, anna, authentication=elsewhere)
    has_session(world, anna)

    assert world.repositories.sessions.live_in_browser(BROWSER, at=LATER) == [live]


def test_the_sessions_between_a_user_and_a_client_end(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    client, other = has_client(world), has_client(world)
    ending = [has_session(world, anna, client) for _ in range(2)]
    staying = [
        has_session(world, anna, client, **OVER),
        has_session(world, anna, other),
        has_session(world, anna),
        has_session(world, bo, client),
    ]

    world.repositories.sessions.end_all_between(
        anna.id, client.client_id, at=LATER, because=SessionEnd.REVOKED
    )

    ended = [session.ended(at=LATER, because=SessionEnd.REVOKED) for session in ending]
    assert [stored_session(world, session) for session in ending] == ended
    assert [stored_session(world, session) for session in staying] == staying


def test_the_live_sessions_of_all_users_end_and_are_counted(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    ending = [has_session(world, anna), has_session(world, anna, has_client(world))]
    theirs = has_session(world, bo)
    over = has_session(world, bo, **OVER)
    own = a_session(user_id=None)
    world.repositories.sessions.add(own)

    counts = world.repositories.sessions.end_all_of_users(at=LATER, because=SessionEnd.REVOKED)

    assert counts == {anna.id: 2, bo.id: 1}
    for session in (*ending, theirs):
        ended = session.ended(at=LATER, because=SessionEnd.REVOKED)
        assert stored_session(world, session) == ended
    assert [stored_session(world, session) for session in (over, own)] == [over, own]


def test_the_last_use_of_a_session_is_that_of_its_newest_token(world: World) -> None:
    anna = world.has_user()
    used, unused, other = (has_session(world, anna) for _ in range(3))
    for session, issued_at in ((used, LATER), (used, NOON), (other, NOON)):
        token = a_refresh_token(session_id=session.id, issued_at=issued_at)
        world.repositories.refresh_tokens.add(token)

    assert world.repositories.sessions.last_used([used.id, unused.id]) == {used.id: LATER}


def test_all_sessions_of_one_client_end(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    client = has_client(world)
    own = a_session(user_id=None, client_id=client.client_id)
    world.repositories.sessions.add(own)
    ending = [own, has_session(world, anna, client), has_session(world, bo, client)]
    staying = [has_session(world, anna, client, **OVER), has_session(world, bo, has_client(world))]

    world.repositories.sessions.end_all_of_client(
        client.client_id, at=LATER, because=SessionEnd.CLIENT_REMOVED, of_users=True
    )

    ended = [session.ended(at=LATER, because=SessionEnd.CLIENT_REMOVED) for session in ending]
    assert [stored_session(world, session) for session in ending] == ended
    assert [stored_session(world, session) for session in staying] == staying


def test_only_the_own_sessions_of_a_client_end(world: World) -> None:
    client = has_client(world)
    own = a_session(user_id=None, client_id=client.client_id)
    world.repositories.sessions.add(own)
    staying = has_session(world, world.has_user(), client)

    world.repositories.sessions.end_all_of_client(
        client.client_id, at=LATER, because=SessionEnd.SECRET_RENEWED, of_users=False
    )

    ended = own.ended(at=LATER, because=SessionEnd.SECRET_RENEWED)
    assert stored_session(world, own) == ended
    assert stored_session(world, staying) == staying


def test_only_the_own_sessions_of_a_client_expire_earlier(world: World) -> None:
    client, other = has_client(world), has_client(world)
    early, late = LATER, LATER + timedelta(days=999)
    own = [
        a_session(user_id=None, client_id=client.client_id, expires_at=expires_at)
        for expires_at in (early - SECOND, late)
    ]
    others = a_session(user_id=None, client_id=other.client_id, expires_at=late)
    for session in (*own, others):
        world.repositories.sessions.add(session)
    of_anna = has_session(world, world.has_user(), client, expires_at=late)

    world.repositories.sessions.expire_own_of_client(client.client_id, at=early)

    expected = [own[0], replace(own[1], expires_at=early)]
    assert [stored_session(world, session) for session in own] == expected
    assert stored_session(world, others) == others
    assert stored_session(world, of_anna) == of_anna


def test_a_refresh_token_is_found_with_its_session(world: World) -> None:
    anna, client = world.has_user(), has_client(world)
    has_session(world, anna)
    session = has_session(world, anna, client, authentication=HOW)
    token = a_refresh_token(session_id=session.id, number=7, used_at=LATER)
    world.repositories.refresh_tokens.add(token)

    assert world.repositories.refresh_tokens.find_with_session(token.hash) == (token, session)


def test_an_unknown_hash_finds_no_session(world: World) -> None:
    session = has_session(world, world.has_user())
    world.repositories.refresh_tokens.add(a_refresh_token(session_id=session.id))

    assert world.repositories.refresh_tokens.find_with_session("0" * 64) is None
