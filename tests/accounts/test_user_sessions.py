"""Sessions of any user, for those who manage users."""

from datetime import timedelta
from typing import Final

import pytest

from accounts.domain.access import NotPermitted, Right, UserId
from accounts.domain.audit.entities import AuditAction
from accounts.domain.identity.entities.browsers import EndedSessions, device_of
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.errors import SessionNotFound, UserNotFound
from authsvc.events.catalogue import OutgoingEventType
from tests.accounts.auditing import log_of
from tests.accounts.granting import code_for, exchanged, has_client, has_session, stored_session
from tests.support.builders import NOON, a_principal, a_refresh_token, a_session
from tests.support.tenants import has_root
from tests.support.worlds import World

REASON: Final = "Shared computer in the library"
LATER: Final = NOON + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
            "Firefox on Windows",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                "Version/17.4.1 Safari/605.1.15"
            ),
            "Safari on macOS",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
                "Mobile Safari/537.36"
            ),
            "Chrome on Android",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                "CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1"
            ),
            "Chrome on iPhone",
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
                "Safari/537.36 Edg/126.0.0.0"
            ),
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", "ChromeOS"),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_the_device_is_named_in_words(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


def test_sessions_are_listed_with_their_clients_and_their_last_use(world: World) -> None:
    anna, client = world.has_verified_user(), has_client(world, name="Campus app")
    young = has_session(world, anna, client, started_at=NOON + timedelta(seconds=1))
    old = has_session(world, anna, started_at=NOON)
    for issued_at in (NOON, LATER):
        token = a_refresh_token(session_id=old.id, issued_at=issued_at)
        world.repositories.refresh_tokens.add(token)

    sessions = world.services.user_sessions.of(anna.id)

    assert [(row.session, row.client_name, row.used_at) for row in sessions.clients] == [
        (young, "Campus app", young.started_at),
        (old, None, LATER),
    ]
    assert sessions.browsers == ()
    assert sessions.total == 2


def test_one_session_is_ended_with_a_reason(world: World) -> None:
    anna, root = world.has_verified_user(), has_root(world)
    client = has_client(world, name="Campus app")
    session, other = has_session(world, anna, client), has_session(world, anna, client)

    name = world.services.user_sessions.end(anna.id, session.id, reason=REASON, by=root)

    assert name == "Campus app"
    assert stored_session(world, session).ended_because is SessionEnd.ENDED_BY_STAFF
    assert stored_session(world, other) == other
    act = log_of(world)[-1].act
    assert (act.action, act.subject_id) == (AuditAction.USER_SESSION_ENDED, str(anna.id))
    assert (act.reason, act.after) == (REASON, {"session": "Campus app"})


def test_a_session_of_another_user_or_an_ended_one_is_not_found(memory: World) -> None:
    anna, bo, root = memory.has_user(), memory.has_user(), has_root(memory)
    over = has_session(memory, anna, ended_at=NOON, ended_because=SessionEnd.LOGGED_OUT)

    for session in (over, has_session(memory, bo)):
        with pytest.raises(SessionNotFound):
            memory.services.user_sessions.end(anna.id, session.id, reason=REASON, by=root)
    with pytest.raises(UserNotFound):
        memory.services.user_sessions.end_all_of(UserId(over.id), reason=REASON, by=root)


def test_all_sessions_of_a_user_end_and_the_user_stays_active(world: World) -> None:
    anna, bo, root = world.has_verified_user(), world.has_user(), has_root(world)
    client = has_client(world)
    ending, theirs = [has_session(world, anna) for _ in range(2)], has_session(world, bo)
    has_session(world, anna, ended_at=NOON, ended_because=SessionEnd.LOGGED_OUT)
    has_session(world, anna, expires_at=NOON)
    code = code_for(world, client, anna)

    ended = world.services.user_sessions.end_all_of(anna.id, reason=REASON, by=root)

    assert ended == EndedSessions(clients=2)
    reasons = {stored_session(world, session).ended_because for session in ending}
    assert reasons == {SessionEnd.ENDED_BY_STAFF}
    assert stored_session(world, theirs) == theirs
    assert exchanged(world, client, code) is None
    assert world.repositories.users.get(anna.id).is_active
    act = log_of(world)[-1].act
    assert (act.action, act.reason) == (AuditAction.USER_SESSIONS_ENDED, REASON)
    assert act.after == {"browsers": 0, "clients": 2}


def test_everybodys_sessions_end_but_not_those_of_clients(world: World) -> None:
    anna, bo, root = world.has_verified_user(), world.has_user(), has_root(world)
    client = has_client(world)
    ending = [has_session(world, anna), has_session(world, anna), has_session(world, bo, client)]
    own = a_session(user_id=None, client_id=client.client_id)
    world.repositories.sessions.add(own)
    code = code_for(world, client, anna)

    ended = world.services.user_sessions.end_all(but=None, reason=REASON, by=root)

    assert ended == EndedSessions(clients=3, people=2)
    assert {stored_session(world, session).ended_because for session in ending} == {
        SessionEnd.ENDED_BY_STAFF
    }
    assert stored_session(world, own) == own
    assert exchanged(world, client, code) is None
    act = log_of(world)[-1].act
    assert (act.action, act.subject_type) == (AuditAction.ALL_SESSIONS_ENDED, "platform")
    assert (act.reason, act.after) == (REASON, {"browsers": 0, "clients": 3, "people": 2})


def test_other_systems_learn_whose_sessions_ended(memory: World) -> None:
    anna, bo, root = memory.has_user(), memory.has_user(), has_root(memory)
    for user in (anna, bo):
        has_session(memory, user)

    memory.services.user_sessions.end_all(but=None, reason=REASON, by=root)

    events = memory.repositories.outgoing_events.store.values()  # type: ignore[attr-defined]  # in memory
    ends = [row for row in events if row.type is OutgoingEventType.SESSION_ENDED]
    assert {row.user_id for row in ends} == {anna.id, bo.id}


def test_deactivation_says_how_many_sessions_it_ended(world: World) -> None:
    anna, root = world.has_user(), has_root(world)
    has_session(world, anna)

    assert world.services.users.deactivate(anna.id, by=root) == EndedSessions(clients=1)
    assert world.services.users.deactivate(anna.id, by=root) == EndedSessions()


def test_user_managers_end_sessions_of_learners_alone(memory: World) -> None:
    anna, staff = memory.has_user(), memory.has_user(is_staff=True)
    manager = a_principal(memory.has_user(), Right.MANAGE_USERS)
    session = has_session(memory, staff)
    sessions = memory.services.user_sessions

    assert sessions.end_all_of(anna.id, reason=REASON, by=manager).total == 0
    with pytest.raises(NotPermitted):
        sessions.end(staff.id, session.id, reason=REASON, by=manager)
    with pytest.raises(NotPermitted):
        sessions.end_all_of(staff.id, reason=REASON, by=manager)
    with pytest.raises(NotPermitted):
        sessions.end_all(but=None, reason=REASON, by=manager)
    with pytest.raises(NotPermitted):
        sessions.end_all_of(anna.id, reason=REASON, by=a_principal(anna))
