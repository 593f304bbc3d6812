"""Verified e-mail addresses and password reset."""

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


def test_a_new_email_is_not_verified(world: World) -> None:
    anna = registered(world).user

    assert world.services.emails.verified(anna.id) is None


def test_following_the_link_verifies_the_email(world: World) -> None:
    anna = registered(world).user

    world.services.emails.verify(anna.id, email="Anna@School.example")

    assert world.services.emails.verified(anna.id) == EMAIL


def test_following_a_link_at_a_new_email_changes_to_it(world: World) -> None:
    anna = registered(world).user
    world.services.emails.verify(anna.id, email=EMAIL)

    world.services.emails.verify(anna.id, email=OTHER)

    assert world.services.emails.verified(anna.id) == OTHER
    assert world.services.sign_in.authenticate(email=OTHER, password=PASSWORD).id == anna.id
    with pytest.raises(InvalidCredentials):
        world.services.sign_in.authenticate(email=EMAIL, password=PASSWORD)


def test_an_email_in_use_cannot_be_verified(world: World) -> None:
    anna = registered(world).user
    bo = registered(world, OTHER).user

    with pytest.raises(EmailTaken):
        world.services.emails.verify(anna.id, email=OTHER)

    assert world.services.emails.verified(anna.id) is None
    assert world.services.emails.verified(bo.id) is None
    assert world.repositories.users.get(anna.id).email == EMAIL


def test_an_abandoned_email_can_be_registered_again(world: World) -> None:
    anna = registered(world).user
    world.services.emails.verify(anna.id, email=EMAIL)
    world.services.emails.verify(anna.id, email=OTHER)

    bo = registered(world, EMAIL).user
    world.services.emails.verify(bo.id, email=EMAIL)

    assert world.services.emails.verified(bo.id) == EMAIL


def test_an_unknown_user_has_no_email(world: World) -> None:
    unknown = UserId(uuid4())

    with pytest.raises(UserNotFound):
        world.services.emails.verified(unknown)
    with pytest.raises(UserNotFound):
        world.services.emails.verify(unknown, email=EMAIL)


def test_a_reset_password_replaces_the_old_one(world: World) -> None:
    anna = registered(world).user

    world.services.accounts.reset_password(anna.id, password=NEW)

    assert world.services.sign_in.authenticate(email=EMAIL, password=NEW).id == anna.id
    with pytest.raises(InvalidCredentials):
        world.services.sign_in.authenticate(email=EMAIL, password=PASSWORD)


def test_a_reset_password_ends_every_session(world: World) -> None:
    signed_in = registered(world)
    session = session_of(world, signed_in)

    world.services.accounts.reset_password(signed_in.user.id, password=NEW)

    assert is_over(world, signed_in)
    ended = world.repositories.sessions.get_for_update(session.id)
    assert ended.ended_because is SessionEnd.PASSWORD_CHANGED


def test_a_password_is_not_reset_to_an_unsuitable_one(world: World) -> None:
    signed_in = registered(world)

    with pytest.raises(UnsuitablePassword):
        world.services.accounts.reset_password(signed_in.user.id, password="short")

    assert not is_over(world, signed_in)
    assert world.services.sign_in.authenticate(email=EMAIL, password=PASSWORD)


def test_the_password_of_an_unknown_user_cannot_be_reset(world: World) -> None:
    with pytest.raises(UserNotFound):
        world.services.accounts.reset_password(UserId(uuid4()), password=NEW)
