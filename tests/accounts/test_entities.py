"""Entities of identity: users, principals and sessions."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts.domain.access import (
    OPERATOR,
    NotPermitted,
    PersonNeeded,
    Right,
    Role,
    Scope,
    UserId,
    rights_of,
)
from accounts.domain.identity.entities.sessions import SessionEnd, SessionState
from accounts.domain.identity.entities.tokens import SignedIn, TokenPair
from accounts.domain.identity.entities.users import User, UserChanges
from tests.support.builders import NOON, a_principal, a_session, a_user

LATER = NOON + timedelta(days=1)
SECOND = timedelta(seconds=1)


def registered(*roles: Role, email: str = "anna@school.example") -> User:
    return User.registered(
        UserId(uuid4()), email=email, name="Anna", password_hash="hash", roles=roles, at=NOON
    )


def test_a_registered_user_is_active_from_that_moment() -> None:
    user = registered()

    assert user.is_active
    assert user.created_at == NOON


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((), (Role.LEARNER,)),
        ((Role.LEARNER,), (Role.LEARNER,)),
        ((Role.INSTRUCTOR,), (Role.LEARNER, Role.INSTRUCTOR)),
        ((Role.ADMIN, Role.INSTRUCTOR), (Role.LEARNER, Role.INSTRUCTOR, Role.ADMIN)),
        ((Role.ADMIN, Role.LEARNER, Role.ADMIN), (Role.LEARNER, Role.ADMIN)),
    ],
)
def test_everyone_is_a_learner_and_has_each_role_once_in_order(
    roles: tuple[Role, ...], expected: tuple[Role, ...]
) -> None:
    assert registered(*roles).roles == expected
    assert UserChanges(roles=roles).applied_to(a_user(), at=NOON).roles == expected


@pytest.mark.parametrize(
    ("role", "is_staff"), [(Role.LEARNER, False), (Role.INSTRUCTOR, False), (Role.ADMIN, True)]
)
def test_only_an_admin_is_registered_as_staff(*, role: Role, is_staff: bool) -> None:
    assert registered(role).is_staff is is_staff


def test_empty_changes_change_nothing() -> None:
    user = a_user(roles=(Role.LEARNER, Role.INSTRUCTOR), is_active=False, is_staff=True)

    assert UserChanges().applied_to(user, at=NOON) == user


def test_changes_apply_to_their_members_only() -> None:
    user = a_user(name="Anna", is_active=True, is_staff=False)

    renamed = UserChanges(name="").applied_to(user, at=NOON)
    deactivated = UserChanges(is_active=False).applied_to(user, at=NOON)
    appointed = UserChanges(is_staff=True).applied_to(user, at=NOON)

    assert renamed == replace(user, name="", updated_at=NOON, changed_at=NOON)
    assert deactivated == replace(user, is_active=False, changed_at=NOON)
    assert appointed == replace(user, is_staff=True, changed_at=NOON)


def test_a_new_admin_becomes_staff() -> None:
    admin = UserChanges(roles=[Role.ADMIN]).applied_to(a_user(is_staff=False), at=NOON)

    assert admin.is_staff


def test_an_admin_stays_staff() -> None:
    admin = registered(Role.ADMIN)

    assert UserChanges(is_staff=False).applied_to(admin, at=NOON).is_staff


def test_a_former_admin_can_be_removed_from_staff() -> None:
    admin = registered(Role.ADMIN)

    dismissed = UserChanges(roles=[], is_staff=False).applied_to(admin, at=NOON)

    assert dismissed.roles == (Role.LEARNER,)
    assert not dismissed.is_staff


@pytest.mark.parametrize(
    ("changes", "is_description_only"),
    [
        (UserChanges(), True),
        (UserChanges(name="Anna"), True),
        (UserChanges(profile={"nickname": "Ann"}), True),
        (UserChanges(name="Anna", roles=[]), False),
        (UserChanges(is_staff=False), False),
        (UserChanges(is_active=True), False),
    ],
)
def test_a_change_of_name_and_profile_only_is_recognized(
    *, changes: UserChanges, is_description_only: bool
) -> None:
    assert changes.is_description_only is is_description_only


@pytest.mark.parametrize(
    ("roles", "rights"),
    [
        ((), set()),
        ((Role.LEARNER,), set()),
        (
            (Role.LEARNER, Role.INSTRUCTOR),
            {Right.AUTHOR_COURSES, Right.SEE_PROGRESS, Right.GRADE_ATTEMPTS},
        ),
        ((Role.LEARNER, Role.INSTRUCTOR, Role.ADMIN), set(Right)),
    ],
)
def test_rights_of_several_roles_add_up(roles: Collection[Role], rights: set[Right]) -> None:
    assert rights_of(roles) == rights


def test_a_principal_has_only_the_given_rights() -> None:
    bo = a_principal(None, Right.AUTHOR_COURSES)

    bo.require(Right.AUTHOR_COURSES)

    assert bo.may(Right.AUTHOR_COURSES)
    assert not bo.may(Right.MANAGE_USERS)


def test_a_missing_right_is_named_in_the_error() -> None:
    anna = a_principal()

    with pytest.raises(NotPermitted) as error:
        anna.require(Right.MANAGE_USERS)

    assert error.value.facts == {"right": "manage-users"}


def test_a_principal_of_a_user_has_their_id() -> None:
    anna = a_user()

    assert a_principal(anna).person == anna.id


def test_the_operator_has_every_right_but_no_user() -> None:
    assert OPERATOR.rights == set(Right)
    assert OPERATOR.scopes == set(Scope)
    with pytest.raises(PersonNeeded):
        _ = OPERATOR.person


def test_an_ended_session_has_a_time_and_a_reason() -> None:
    session = a_session()

    ended = session.ended(at=LATER, because=SessionEnd.LOGGED_OUT)

    assert (ended.ended_at, ended.ended_because) == (LATER, SessionEnd.LOGGED_OUT)
    assert (session.ended_at, session.ended_because) == (None, None)


def test_a_session_keeps_the_first_reason_for_its_end() -> None:
    session = a_session(ended_at=NOON, ended_because=SessionEnd.PASSWORD_CHANGED)

    ended = session.ended(at=LATER, because=SessionEnd.LOGGED_OUT)

    assert ended == session


@pytest.mark.parametrize(
    ("ended_at", "at", "is_live"),
    [
        (None, LATER - SECOND, True),
        (None, LATER, False),
        (None, LATER + SECOND, False),
        (NOON, NOON + SECOND, False),
    ],
)
def test_a_session_lives_until_it_expires_or_is_ended(
    *, ended_at: datetime | None, at: datetime, is_live: bool
) -> None:
    session = a_session(expires_at=LATER, ended_at=ended_at)

    assert session.is_live(at=at) is is_live


@pytest.mark.parametrize(
    ("ended_at", "is_user_active", "at", "is_accepted"),
    [
        (None, True, LATER - SECOND, True),
        (None, True, LATER, False),
        (NOON, True, LATER - SECOND, False),
        (None, False, LATER - SECOND, False),
    ],
)
def test_tokens_are_accepted_while_the_session_is_live_and_its_user_active(
    *,
    ended_at: datetime | None,
    is_user_active: bool,
    at: datetime,
    is_accepted: bool,
) -> None:
    state = SessionState(
        user_id=UserId(uuid4()),
        ended_at=ended_at,
        expires_at=LATER,
        is_user_active=is_user_active,
        roles=(Role.LEARNER,),
    )

    assert state.accepts_tokens(at=at) is is_accepted


def test_no_secret_is_printed() -> None:
    user = a_user(password_hash="the hash")
    tokens = TokenPair(access_token="the token", refresh_token="the other", expires_in_seconds=900)
    signed_in = SignedIn(user=user, tokens=tokens)

    printed = repr(signed_in)

    assert user.email in printed
    assert not [secret for secret in ("the hash", "the token", "the other") if secret in printed]
