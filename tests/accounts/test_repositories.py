"""Repository contracts of users and sessions."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import Role, SessionId, UserId
from accounts.domain.identity.entities.sessions import Session, SessionEnd, SessionState
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import EmailTaken, SessionNotFound, UserNotFound
from authsvc.kernel.paging import Page, PageRequest
from tests.support.builders import NOON, a_refresh_token, a_session, a_user
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)


def ended_session(user: User) -> Session:
    return a_session(user_id=user.id, ended_at=NOON, ended_because=SessionEnd.LOGGED_OUT)


def test_a_stored_user_is_read_back_equal(world: World) -> None:
    user = a_user(roles=(Role.LEARNER, Role.ADMIN), is_active=False, is_staff=True, name="Åse")

    world.repositories.users.add(user)

    assert world.repositories.users.get(user.id) == user
    assert world.repositories.users.get_for_update(user.id) == user


def test_a_second_user_with_the_same_email_is_refused(world: World) -> None:
    anna = world.has_user(email="anna@school.example")
    second = a_user(email="anna@school.example")

    with pytest.raises(EmailTaken):
        world.repositories.users.add(second)

    assert world.repositories.users.find_by_email("anna@school.example") == anna
    with pytest.raises(UserNotFound):
        world.repositories.users.get(second.id)


def test_an_unknown_user_is_not_found(world: World) -> None:
    world.has_user()

    with pytest.raises(UserNotFound):
        world.repositories.users.get(UserId(uuid4()))


def test_an_unknown_user_cannot_be_locked(world: World) -> None:
    world.has_user()

    with pytest.raises(UserNotFound):
        world.repositories.users.get_for_update(UserId(uuid4()))


def test_a_user_is_found_by_email(world: World) -> None:
    world.has_user()
    anna = world.has_user(email="anna@school.example")

    assert world.repositories.users.find_by_email("anna@school.example") == anna


def test_an_unused_email_finds_no_user(world: World) -> None:
    world.has_user(email="anna@school.example")

    assert world.repositories.users.find_by_email("anna@school.example.org") is None


def test_a_saved_user_replaces_the_stored_one_only(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    changed = replace(
        anna,
        name="Anna Ek",
        password_hash="another",
        roles=(Role.LEARNER, Role.INSTRUCTOR),
        is_active=False,
        is_staff=True,
    )

    world.repositories.users.save(changed)

    assert world.repositories.users.get(anna.id) == changed
    assert world.repositories.users.get(bo.id) == bo


def page(world: World, *, limit: int, cursor: str | None = None) -> Page[User]:
    return world.repositories.users.page_of(PageRequest(limit=limit, cursor=cursor))


def test_only_active_admins_are_locked_as_admins(world: World) -> None:
    roles = (Role.LEARNER, Role.ADMIN)
    admins = {world.has_user(roles=roles).id for _ in range(2)}
    world.has_user(roles=roles, is_active=False)
    world.has_user(is_staff=True)

    with world.unit_of_work.atomic():
        assert world.repositories.users.admins_for_update() == admins


def test_users_are_listed_oldest_first(world: World) -> None:
    youngest = world.has_user(created_at=LATER)
    oldest = world.has_user(created_at=NOON)
    middle = world.has_user(created_at=NOON + SECOND)

    assert page(world, limit=9).items == (oldest, middle, youngest)


def test_users_created_at_the_same_time_are_ordered_by_id(world: World) -> None:
    ids = [UUID(int=number) for number in (2**127, 1, 2**64, 2**126)]
    users = {user_id: world.has_user(id=user_id) for user_id in ids}

    assert page(world, limit=9).items == tuple(users[user_id] for user_id in sorted(ids))


def test_a_stored_session_is_read_back_equal(world: World) -> None:
    user = world.has_user()
    live, over = (
        a_session(user_id=user.id, scopes=frozenset({"courses:read"})),
        ended_session(user),
    )

    world.repositories.sessions.add(live)
    world.repositories.sessions.add(over)

    assert world.repositories.sessions.get_for_update(live.id) == live
    assert world.repositories.sessions.get_for_update(over.id) == over


def test_an_unknown_session_is_not_found(world: World) -> None:
    with pytest.raises(SessionNotFound):
        world.repositories.sessions.get_for_update(SessionId(uuid4()))


def test_the_state_of_a_session_includes_its_user(world: World) -> None:
    bo = world.has_user(roles=(Role.LEARNER, Role.INSTRUCTOR), is_active=False)
    session = replace(ended_session(bo), expires_at=LATER)
    world.repositories.sessions.add(session)

    state = world.repositories.sessions.state_of(session.id)

    assert state == SessionState(
        user_id=bo.id,
        ended_at=NOON,
        expires_at=LATER,
        is_user_active=False,
        roles=(Role.LEARNER, Role.INSTRUCTOR),
    )


def test_the_state_of_a_session_reflects_changes_of_its_user(world: World) -> None:
    anna = world.has_user(is_active=True)
    session = a_session(user_id=anna.id)
    world.repositories.sessions.add(session)
    before = world.repositories.sessions.state_of(session.id)

    world.repositories.users.save(replace(anna, is_active=False, roles=(Role.ADMIN,)))

    after = world.repositories.sessions.state_of(session.id)
    assert before is not None
    assert after == replace(before, is_user_active=False, roles=(Role.ADMIN,))


def test_a_session_of_a_client_for_itself_has_no_user(world: World) -> None:
    session = a_session(user_id=None)

    world.repositories.sessions.add(session)

    state = world.repositories.sessions.state_of(session.id)
    assert state is not None
    assert (state.user_id, state.roles, state.is_user_active) == (None, (), True)
    assert world.repositories.sessions.get_for_update(session.id) == session


def test_an_unknown_session_has_no_state(world: World) -> None:
    assert world.repositories.sessions.state_of(SessionId(uuid4())) is None


def test_a_saved_session_replaces_the_stored_one_only(world: World) -> None:
    anna = world.has_user()
    session, other = a_session(user_id=anna.id), a_session(user_id=anna.id)
    world.repositories.sessions.add(session)
    world.repositories.sessions.add(other)
    ended = session.ended(at=LATER, because=SessionEnd.TOKEN_REUSED)

    world.repositories.sessions.save(ended)

    assert world.repositories.sessions.get_for_update(session.id) == ended
    assert world.repositories.sessions.get_for_update(other.id) == other


def test_all_sessions_of_one_user_end(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    mine = [a_session(user_id=anna.id), a_session(user_id=anna.id)]
    others = a_session(user_id=bo.id)
    for session in (*mine, others):
        world.repositories.sessions.add(session)

    world.repositories.sessions.end_all_of(anna.id, at=LATER, because=SessionEnd.DEACTIVATED)

    stored = [world.repositories.sessions.get_for_update(session.id) for session in mine]
    assert stored == [session.ended(at=LATER, because=SessionEnd.DEACTIVATED) for session in mine]
    assert world.repositories.sessions.get_for_update(others.id) == others


def test_an_ended_session_keeps_its_reason_when_all_end(world: World) -> None:
    anna = world.has_user()
    over = ended_session(anna)
    world.repositories.sessions.add(over)

    world.repositories.sessions.end_all_of(anna.id, at=LATER, because=SessionEnd.DEACTIVATED)

    assert world.repositories.sessions.get_for_update(over.id) == over


def test_expired_sessions_are_removed_with_their_tokens(world: World) -> None:
    anna = world.has_user()
    expired = [a_session(user_id=anna.id, expires_at=NOON - SECOND) for _ in range(2)]
    tokens = [a_refresh_token(session_id=session.id) for session in expired * 2]
    for session in expired:
        world.repositories.sessions.add(session)
    for token in tokens:
        world.repositories.refresh_tokens.add(token)

    count = world.repositories.sessions.remove_expired(before=NOON)

    assert count == 2
    for session in expired:
        assert world.repositories.sessions.state_of(session.id) is None
    for token in tokens:
        assert world.repositories.refresh_tokens.find_for_update(token.hash) is None


def test_an_unexpired_session_stays_with_its_tokens(world: World) -> None:
    anna = world.has_user()
    session = a_session(user_id=anna.id, expires_at=NOON)
    token = a_refresh_token(session_id=session.id)
    world.repositories.sessions.add(session)
    world.repositories.refresh_tokens.add(token)

    count = world.repositories.sessions.remove_expired(before=NOON)

    assert count == 0
    assert world.repositories.sessions.get_for_update(session.id) == session
    assert world.repositories.refresh_tokens.find_for_update(token.hash) == token


def test_many_users_are_added_and_read_by_their_ids(world: World) -> None:
    anna, bo = a_user(), a_user()

    world.repositories.users.add_all([anna, bo])

    stored = world.repositories.users.with_ids([bo.id, anna.id, UserId(uuid4())])
    assert sorted(user.email for user in stored) == sorted([anna.email, bo.email])
    assert world.repositories.users.get(anna.id) == anna


def test_of_many_users_no_address_may_be_taken(world: World) -> None:
    anna = a_user()
    world.repositories.users.add(anna)

    with pytest.raises(EmailTaken), world.unit_of_work.atomic():
        world.repositories.users.add_all([a_user(), a_user(email=anna.email)])

    assert len(world.repositories.users.page_of(PageRequest()).items) == 1
