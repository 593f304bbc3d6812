"""Whose an e-mail address is, and a password that is set anew by a link that was mailed there."""

from uuid import uuid4

import pytest

from accounts.domain.access import UserId
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    UnsuitablePassword,
    UserNotFound,
)
from tests.accounts.signing_in import EMAIL, PASSWORD, is_over, registered, session_of
from tests.support.worlds import World

NEW = "an even longer walk"
OTHER = "other@school.example"


def test_an_address_is_not_verified_at_first(world: World) -> None:
    anna = registered(world).user

    assert world.services.emails.verified(anna.id) is None


def test_whoever_follows_the_link_has_verified_his_address(world: World) -> None:
    anna = registered(world).user

    world.services.emails.verify(anna.id, email="Anna@School.example")

    assert world.services.emails.verified(anna.id) == EMAIL


def test_whoever_follows_the_link_at_another_address_has_moved_there(world: World) -> None:
    anna = registered(world).user
    world.services.emails.verify(anna.id, email=EMAIL)

    world.services.emails.verify(anna.id, email=OTHER)

    assert world.services.emails.verified(anna.id) == OTHER
    assert world.services.sessions.authenticate(email=OTHER, password=PASSWORD).id == anna.id
    with pytest.raises(InvalidCredentials):
        world.services.sessions.authenticate(email=EMAIL, password=PASSWORD)


def test_nobody_moves_to_an_address_that_is_taken(world: World) -> None:
    anna = registered(world).user
    bo = registered(world, OTHER).user

    with pytest.raises(EmailTaken):
        world.services.emails.verify(anna.id, email=OTHER)

    assert world.services.emails.verified(anna.id) is None
    assert world.services.emails.verified(bo.id) is None
    assert world.repositories.users.get(anna.id).email == EMAIL


def test_an_address_that_somebody_has_left_is_free(world: World) -> None:
    anna = registered(world).user
    world.services.emails.verify(anna.id, email=EMAIL)
    world.services.emails.verify(anna.id, email=OTHER)

    bo = registered(world, EMAIL).user
    world.services.emails.verify(bo.id, email=EMAIL)

    assert world.services.emails.verified(bo.id) == EMAIL


def test_nobody_has_no_address(world: World) -> None:
    nobody = UserId(uuid4())

    with pytest.raises(UserNotFound):
        world.services.emails.verified(nobody)
    with pytest.raises(UserNotFound):
        world.services.emails.verify(nobody, email=EMAIL)


def test_a_password_that_is_set_anew_takes_the_place_of_the_old(world: World) -> None:
    anna = registered(world).user

    world.services.accounts.reset_password(anna.id, password=NEW)

    assert world.services.sessions.authenticate(email=EMAIL, password=NEW).id == anna.id
    with pytest.raises(InvalidCredentials):
        world.services.sessions.authenticate(email=EMAIL, password=PASSWORD)


def test_a_password_that_is_set_anew_ends_every_session(world: World) -> None:
    signed_in = registered(world)
    session = session_of(world, signed_in)

    world.services.accounts.reset_password(signed_in.user.id, password=NEW)

    assert is_over(world, signed_in)
    ended = world.repositories.sessions.get_for_update(session.id)
    assert ended.ended_because is SessionEnd.PASSWORD_CHANGED


def test_a_weak_password_is_not_set_anew(world: World) -> None:
    signed_in = registered(world)

    with pytest.raises(UnsuitablePassword):
        world.services.accounts.reset_password(signed_in.user.id, password="short")

    assert not is_over(world, signed_in)
    assert world.services.sessions.authenticate(email=EMAIL, password=PASSWORD)


def test_nobody_sets_no_password_anew(world: World) -> None:
    with pytest.raises(UserNotFound):
        world.services.accounts.reset_password(UserId(uuid4()), password=NEW)
