"""Account service: registration, name and password."""

from dataclasses import replace

import pytest

from accounts.domain.access import OPERATOR, PersonNeeded, Role
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import (
    EmailTaken,
    UnsuitablePassword,
    UserNotFound,
    WrongPassword,
)
from authsvc.kernel.errors import FieldError
from authsvc.kernel.paging import PageRequest
from tests.support.builders import NOON, a_principal, a_session
from tests.support.worlds import World

PASSWORD = "a long walk home"
NEW_PASSWORD = "a short way back"


def registered(world: World, email: str = "anna@school.example") -> User:
    return world.services.accounts.register(email=email, name="Anna", password=PASSWORD)


def has_password(world: World, user: User, password: str) -> bool:
    password_hash = world.repositories.users.get(user.id).password_hash
    return world.services.ports.password_hasher.verify(password, password_hash=password_hash)


def test_a_registered_user_is_a_learner(memory: World) -> None:
    anna = registered(memory, "Anna@School.example")

    assert memory.repositories.users.get(anna.id) == anna
    assert (anna.email, anna.name) == ("anna@school.example", "Anna")
    assert (anna.roles, anna.is_active, anna.is_staff) == ((Role.LEARNER,), True, False)
    assert anna.created_at == NOON
    assert has_password(memory, anna, PASSWORD)


def test_an_address_is_registered_once(memory: World) -> None:
    anna = registered(memory)

    with pytest.raises(EmailTaken):
        registered(memory, "ANNA@SCHOOL.EXAMPLE")

    assert memory.repositories.users.page_of(PageRequest()).items == (anna,)


def test_an_unsuitable_password_is_refused_with_a_field_error(memory: World) -> None:
    with pytest.raises(UnsuitablePassword) as error:
        memory.services.accounts.register(email="a@school.example", name="", password="password")

    assert [field_error.path for field_error in error.value.field_errors] == ["password"]
    assert memory.repositories.users.page_of(PageRequest()).items == ()


def test_users_get_their_own_account(memory: World) -> None:
    memory.has_user(name="Bo")
    anna = memory.has_user(name="Anna")

    assert memory.services.accounts.get(by=a_principal(anna)) == anna


def test_users_rename_only_themselves(memory: World) -> None:
    anna, bo = memory.has_user(name="Anna"), memory.has_user(name="Bo")

    renamed = memory.services.accounts.describe(name="Anna Ek", by=a_principal(anna))

    now = memory.clock.now()
    assert renamed == replace(anna, name="Anna Ek", updated_at=now, changed_at=now)
    assert memory.repositories.users.get(anna.id) == renamed
    assert memory.repositories.users.get(bo.id) == bo


def test_a_client_that_acts_for_itself_has_no_account(memory: World) -> None:
    with pytest.raises(PersonNeeded):
        memory.services.accounts.get(by=OPERATOR)
    with pytest.raises(PersonNeeded):
        memory.services.accounts.describe(name="Robot", by=OPERATOR)
    with pytest.raises(PersonNeeded):
        memory.services.accounts.change_password(current=PASSWORD, new=NEW_PASSWORD, by=OPERATOR)


def test_an_unknown_user_cannot_be_renamed(memory: World) -> None:
    with pytest.raises(UserNotFound):
        memory.services.accounts.describe(name="Anna", by=a_principal())


def test_a_changed_password_replaces_the_old_one(memory: World) -> None:
    anna = registered(memory)

    memory.services.accounts.change_password(
        current=PASSWORD, new=NEW_PASSWORD, by=a_principal(anna)
    )

    assert has_password(memory, anna, NEW_PASSWORD)
    assert not has_password(memory, anna, PASSWORD)


def test_a_changed_password_ends_every_session_of_that_user_only(memory: World) -> None:
    anna, bo = registered(memory), registered(memory, "bo@school.example")
    mine = [a_session(user_id=anna.id), a_session(user_id=anna.id)]
    others = a_session(user_id=bo.id)
    for session in (*mine, others):
        memory.repositories.sessions.add(session)

    memory.services.accounts.change_password(
        current=PASSWORD, new=NEW_PASSWORD, by=a_principal(anna)
    )

    stored = [memory.repositories.sessions.get_for_update(session.id) for session in mine]
    assert [session.ended_because for session in stored] == [SessionEnd.PASSWORD_CHANGED] * 2
    assert memory.repositories.sessions.get_for_update(others.id) == others


def test_a_wrong_current_password_changes_nothing(memory: World) -> None:
    anna = registered(memory)
    session = a_session(user_id=anna.id)
    memory.repositories.sessions.add(session)

    with pytest.raises(WrongPassword) as error:
        memory.services.accounts.change_password(
            current="a wrong password", new=NEW_PASSWORD, by=a_principal(anna)
        )

    assert error.value.field_errors == (
        FieldError(path="current_password", detail="The current password is wrong"),
    )
    assert memory.repositories.users.get(anna.id) == anna
    assert memory.repositories.sessions.get_for_update(session.id) == session


def test_an_unsuitable_new_password_changes_nothing(memory: World) -> None:
    anna = registered(memory)

    with pytest.raises(UnsuitablePassword) as error:
        memory.services.accounts.change_password(
            current=PASSWORD, new="password", by=a_principal(anna)
        )

    assert [field_error.path for field_error in error.value.field_errors] == ["new_password"]
    assert memory.repositories.users.get(anna.id) == anna
