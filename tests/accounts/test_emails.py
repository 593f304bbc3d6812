"""Verified e-mail addresses and password reset."""

import re
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, UserId
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidEmailToken,
    UnsuitablePassword,
    UserNotFound,
)
from tests.accounts.signing_in import EMAIL, PASSWORD, is_over, registered, session_of
from tests.support.browsing import mails
from tests.support.builders import NOON, a_principal
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


def mailed_token() -> str:
    """The token in the latest mail."""
    (token,) = re.findall(r"^\d+\.[0-9a-f]{64}$", str(mails()[-1].body), re.MULTILINE)
    return str(token)


def test_a_mailed_token_verifies_the_address(world: World) -> None:
    anna = world.has_user(email=EMAIL)
    world.services.emails.send_token(by=a_principal(anna))

    assert mails()[-1].to == [EMAIL]
    assert world.services.emails.verified(anna.id) is None
    assert world.services.emails.redeem_token(mailed_token(), by=a_principal(anna)) == anna
    assert world.services.emails.verified(anna.id) == EMAIL


def test_a_token_is_for_one_user_and_one_address_and_expires(memory: World) -> None:
    anna, bo = memory.has_user(email=EMAIL), memory.has_user()
    emails = memory.services.emails
    emails.send_token(by=a_principal(anna))
    token = mailed_token()
    later = f"9{token}"

    for wrong in ("", "1", "x.y", "ä.ö", f"{'9' * 30}.{token}", later, token[:-1]):
        with pytest.raises(InvalidEmailToken):
            emails.redeem_token(wrong, by=a_principal(anna))
    with pytest.raises(InvalidEmailToken):
        emails.redeem_token(token, by=a_principal(bo))
    memory.repositories.users.change_email(anna.id, email=OTHER, at=NOON)
    with pytest.raises(InvalidEmailToken):
        emails.redeem_token(token, by=a_principal(anna))
    memory.repositories.users.change_email(anna.id, email=EMAIL, at=NOON)
    memory.clock.go_on(hours=1, seconds=1)
    with pytest.raises(InvalidEmailToken):
        emails.redeem_token(token, by=a_principal(anna))

    assert emails.verified(anna.id) is None
    assert emails.verified(bo.id) is None


def test_only_a_verified_address_finds_its_user(memory: World) -> None:
    anna, bo = memory.has_user(), memory.has_verified_user()
    cim = memory.has_verified_user(is_active=False)

    assert memory.services.emails.find_verified(bo.email.upper()) == bo
    assert memory.services.users.find(bo.email, by=OPERATOR) == bo
    for user in (anna, cim):
        assert memory.services.emails.find_verified(user.email) is None
        with pytest.raises(UserNotFound):
            memory.services.users.find(user.email, by=OPERATOR)
