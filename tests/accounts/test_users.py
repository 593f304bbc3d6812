"""User management, and its limits for staff."""

from dataclasses import replace
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Principal, Right, Role, UserId
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import User, UserChanges
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    LastAdmin,
    OwnAccount,
    UnsuitablePassword,
    UserNotFound,
    VerifiedEmailNeeded,
)
from authsvc.kernel.paging import PageRequest
from tests.support.browsing import mails
from tests.support.builders import NOON, a_principal, a_session
from tests.support.worlds import World

PASSWORD = "a long walk home"
NOBODY = UserId(uuid4())


def a_manager(user: User | None = None) -> Principal:
    """May manage users, but not appoint staff."""
    return a_principal(user, Right.MANAGE_USERS)


def root(user: User | None = None) -> Principal:
    return a_principal(user, *Right)


def has_staff(world: World) -> User:
    return world.has_user(name="Root", is_staff=True)


def created(world: World, *roles: Role, by: Principal, email: str = "bo@school.example") -> User:
    return world.services.users.create(
        email=email, name="Bo", password=PASSWORD, roles=roles, by=by
    )


def test_users_get_themselves(memory: World) -> None:
    anna = memory.has_user()

    assert memory.services.users.get(anna.id, by=a_principal(anna)) == anna


def test_a_learner_cannot_get_others(memory: World) -> None:
    anna, bo = memory.has_user(name="Anna"), memory.has_user(name="Bo")

    with pytest.raises(UserNotFound):
        memory.services.users.get(bo.id, by=a_principal(anna))


def test_a_user_manager_gets_any_user(memory: World) -> None:
    anna, staff = memory.has_verified_user(email="anna@school.example"), has_staff(memory)

    assert memory.services.users.get(anna.id, by=a_manager()) == anna
    assert memory.services.users.get(staff.id, by=a_manager()) == staff
    assert memory.services.users.find("ANNA@school.example", by=a_manager()) == anna


def test_an_unknown_user_is_not_found(memory: World) -> None:
    with pytest.raises(UserNotFound):
        memory.services.users.get(NOBODY, by=a_manager())
    with pytest.raises(UserNotFound):
        memory.services.users.find("nobody@school.example", by=a_manager())


def test_finding_users_by_email_needs_the_right(memory: World) -> None:
    anna = memory.has_user(email="anna@school.example")

    with pytest.raises(NotPermitted):
        memory.services.users.find("anna@school.example", by=a_principal(anna))


def test_a_user_manager_lists_users_oldest_first(memory: World) -> None:
    young = memory.has_user(created_at=NOON)
    old = memory.has_user(created_at=NOON.replace(hour=1))

    page = memory.services.users.page_of(PageRequest(), by=a_manager())

    assert page.items == (old, young)


def test_listing_users_needs_the_right(memory: World) -> None:
    with pytest.raises(NotPermitted):
        memory.services.users.page_of(PageRequest(), by=a_principal())


def test_a_created_user_can_log_in(memory: World) -> None:
    bo = created(memory, Role.INSTRUCTOR, by=root(), email="Bo@School.example")

    signed_in = memory.services.sign_in.log_in(email="bo@school.example", password=PASSWORD)
    assert signed_in.user == bo
    assert (bo.email, bo.name, bo.created_at) == ("bo@school.example", "Bo", NOON)
    assert bo.roles == (Role.LEARNER, Role.INSTRUCTOR)


def test_a_created_user_needs_an_unused_email(memory: World) -> None:
    memory.has_user(email="bo@school.example")

    with pytest.raises(EmailTaken):
        created(memory, by=root(), email="BO@school.example")


def test_a_created_user_needs_a_suitable_password(memory: World) -> None:
    with pytest.raises(UnsuitablePassword):
        memory.services.users.create(
            email="bo@school.example", name="Bo", password="password", roles=(), by=root()
        )


def test_creating_users_needs_the_right(memory: World) -> None:
    with pytest.raises(NotPermitted):
        created(memory, by=a_principal(None, Right.APPOINT_STAFF, Right.AUTHOR_COURSES))


def test_creating_an_admin_needs_the_right_to_appoint_staff(memory: World) -> None:
    with pytest.raises(NotPermitted) as error:
        created(memory, Role.ADMIN, by=a_manager())

    assert error.value.facts == {"right": "appoint-staff"}
    assert memory.repositories.users.find_by_email("bo@school.example") is None
    assert created(memory, Role.ADMIN, by=root()).is_staff
    assert created(memory, Role.ADMIN, by=OPERATOR, email="ro@school.example").is_staff


def test_users_change_their_own_name(memory: World) -> None:
    anna = memory.has_user(name="Anna")

    memory.services.users.edit(anna.id, UserChanges(name="Anna Ek"), by=a_principal(anna))

    now = memory.clock.now()
    renamed = replace(anna, name="Anna Ek", updated_at=now, changed_at=now)
    assert memory.repositories.users.get(anna.id) == renamed


@pytest.mark.parametrize(
    "changes",
    [
        UserChanges(roles=[Role.ADMIN]),
        UserChanges(roles=[]),
        UserChanges(is_staff=True),
        UserChanges(is_active=False),
        UserChanges(name="Anna Ek", roles=[Role.INSTRUCTOR]),
    ],
)
def test_learners_change_nothing_but_their_name(memory: World, changes: UserChanges) -> None:
    anna = memory.has_user()

    with pytest.raises(NotPermitted):
        memory.services.users.edit(anna.id, changes, by=a_principal(anna))

    assert memory.repositories.users.get(anna.id) == anna


def test_a_learner_cannot_change_others(memory: World) -> None:
    anna, bo = memory.has_user(name="Anna"), memory.has_user(name="Bo")

    with pytest.raises(UserNotFound):
        memory.services.users.edit(bo.id, UserChanges(name="Bob"), by=a_principal(anna))

    assert memory.repositories.users.get(bo.id) == bo


def test_an_unknown_user_cannot_be_changed(memory: World) -> None:
    with pytest.raises(UserNotFound):
        memory.services.users.edit(NOBODY, UserChanges(name="Bo"), by=a_manager())
    with pytest.raises(UserNotFound):
        memory.services.users.set_password(NOBODY, password=PASSWORD, by=root())


def test_a_user_manager_changes_users_who_are_not_staff(memory: World) -> None:
    bo = memory.has_user(name="Bo")
    changes = UserChanges(name="Bob", roles=[Role.LEARNER], is_active=False)

    edited = memory.services.users.edit(bo.id, changes, by=a_manager())

    assert edited == changes.applied_to(bo, at=memory.clock.now())
    assert memory.repositories.users.get(bo.id) == edited


@pytest.mark.parametrize(
    "changes",
    [
        UserChanges(name="Toor"),
        UserChanges(is_active=False),
        UserChanges(is_staff=False),
        UserChanges(roles=[]),
        UserChanges(),
    ],
)
def test_a_user_manager_cannot_change_staff(memory: World, changes: UserChanges) -> None:
    staff = has_staff(memory)

    with pytest.raises(NotPermitted) as error:
        memory.services.users.edit(staff.id, changes, by=a_manager())

    assert error.value.facts == {"right": "appoint-staff"}
    assert memory.repositories.users.get(staff.id) == staff


@pytest.mark.parametrize("changes", [UserChanges(is_staff=True), UserChanges(roles=[Role.ADMIN])])
def test_a_user_manager_cannot_appoint_staff(memory: World, changes: UserChanges) -> None:
    bo = memory.has_user(name="Bo")

    with pytest.raises(NotPermitted):
        memory.services.users.edit(bo.id, changes, by=a_manager())

    assert memory.repositories.users.get(bo.id) == bo
    assert memory.services.users.edit(bo.id, changes, by=root()).is_staff


def test_a_user_manager_on_staff_changes_only_their_own_name(memory: World) -> None:
    staff = has_staff(memory)

    renamed = memory.services.users.edit(staff.id, UserChanges(name="Toor"), by=a_manager(staff))

    assert renamed.name == "Toor"
    with pytest.raises(NotPermitted):
        memory.services.users.edit(staff.id, UserChanges(roles=[Role.ADMIN]), by=a_manager(staff))


def test_deactivating_a_user_ends_only_their_sessions(memory: World) -> None:
    bo, anna = memory.has_user(name="Bo"), memory.has_user(name="Anna")
    session, others = a_session(user_id=bo.id), a_session(user_id=anna.id)
    memory.repositories.sessions.add(session)
    memory.repositories.sessions.add(others)

    memory.services.users.edit(bo.id, UserChanges(is_active=False), by=a_manager())

    ended = session.ended(at=NOON, because=SessionEnd.DEACTIVATED)
    assert memory.repositories.sessions.get_for_update(session.id) == ended
    assert memory.repositories.sessions.get_for_update(others.id) == others


@pytest.mark.parametrize("is_active", [True, False])
def test_other_changes_end_no_session(memory: World, *, is_active: bool) -> None:
    bo = memory.has_user(is_active=is_active)
    session = a_session(user_id=bo.id)
    memory.repositories.sessions.add(session)

    memory.services.users.edit(bo.id, UserChanges(name="Bob", is_active=is_active), by=root())

    assert memory.repositories.sessions.get_for_update(session.id) == session


def test_a_password_that_is_set_takes_effect_and_ends_every_session(memory: World) -> None:
    bo = memory.has_user(email="bo@school.example")
    session = a_session(user_id=bo.id)
    memory.repositories.sessions.add(session)

    memory.services.users.set_password(bo.id, password=PASSWORD, by=root())

    assert memory.services.sign_in.authenticate(email=bo.email, password=PASSWORD).id == bo.id
    ended = session.ended(at=NOON, because=SessionEnd.PASSWORD_CHANGED)
    assert memory.repositories.sessions.get_for_update(session.id) == ended


@pytest.mark.parametrize(
    ("by", "password", "error"),
    [
        (a_principal(), PASSWORD, NotPermitted),
        (a_manager(), PASSWORD, NotPermitted),
        (root(), "password", UnsuitablePassword),
    ],
)
def test_setting_a_password_of_staff_needs_the_right_to_appoint_staff(
    memory: World, by: Principal, password: str, error: type[Exception]
) -> None:
    staff = has_staff(memory)
    session = a_session(user_id=staff.id)
    memory.repositories.sessions.add(session)

    with pytest.raises(error):
        memory.services.users.set_password(staff.id, password=password, by=by)

    assert memory.repositories.users.get(staff.id) == staff
    assert memory.repositories.sessions.get_for_update(session.id) == session


def test_setting_ones_own_password_needs_the_right(memory: World) -> None:
    anna = memory.has_user()

    with pytest.raises(NotPermitted):
        memory.services.users.set_password(anna.id, password=PASSWORD, by=a_principal(anna))


def test_nobody_gives_rights_that_they_do_not_have(memory: World) -> None:
    bo, manager = memory.has_user(), a_manager(memory.has_verified_user())

    with pytest.raises(NotPermitted):
        memory.services.users.edit(bo.id, UserChanges(roles=[Role.INSTRUCTOR]), by=manager)
    with pytest.raises(NotPermitted):
        memory.services.users.create(
            email="cim@school.example", name="Cim", roles=[Role.INSTRUCTOR], by=manager
        )

    assert memory.repositories.users.get(bo.id) == bo
    assert memory.repositories.users.find_by_email("cim@school.example") is None


def test_a_role_that_a_user_has_already_is_no_obstacle(memory: World) -> None:
    bo = memory.has_user(roles=(Role.LEARNER, Role.INSTRUCTOR))
    changes = UserChanges(name="Bob", roles=[Role.INSTRUCTOR])

    assert memory.services.users.edit(bo.id, changes, by=a_manager()).name == "Bob"


def test_a_created_user_is_mailed_a_link_to_choose_a_password(memory: World) -> None:
    manager = a_manager(memory.has_verified_user())

    bo = memory.services.users.create(email="Bo@school.example", name="Bo", roles=(), by=manager)

    (mail,) = mails()
    assert (mail.to, mail.subject) == ([bo.email], "Choose a password for your new account")
    with pytest.raises(InvalidCredentials):
        memory.services.sign_in.authenticate(email=bo.email, password="")


def test_a_user_manager_knows_no_passwords_and_mails_nothing_unverified(memory: World) -> None:
    bo, manager = memory.has_user(), a_manager(memory.has_verified_user())

    with pytest.raises(NotPermitted):
        created(memory, by=manager, email="cim@school.example")
    with pytest.raises(NotPermitted):
        memory.services.users.set_password(bo.id, password=PASSWORD, by=manager)
    for by in (a_manager(memory.has_user()), root(memory.has_user())):
        with pytest.raises(VerifiedEmailNeeded):
            memory.services.users.send_password_link(bo.id, by=by)
        with pytest.raises(VerifiedEmailNeeded):
            memory.services.users.create(email="d@school.example", name="", roles=(), by=by)

    assert mails() == []


def an_admin(world: World) -> User:
    return world.has_user(roles=(Role.LEARNER, Role.ADMIN), is_staff=True)


LOSSES = [UserChanges(roles=[]), UserChanges(is_active=False)]


@pytest.mark.parametrize("changes", LOSSES)
def test_the_last_active_admin_stays_one(world: World, changes: UserChanges) -> None:
    admin, gone = an_admin(world), an_admin(world)
    world.services.users.edit(gone.id, UserChanges(is_active=False), by=root(admin))

    for by in (OPERATOR, root(world.has_user())):
        with pytest.raises(LastAdmin):
            world.services.users.edit(admin.id, changes, by=by)

    assert world.repositories.users.get(admin.id) == admin


@pytest.mark.parametrize("changes", [*LOSSES, UserChanges(is_staff=False)])
def test_nobody_takes_rights_from_their_own_account(memory: World, changes: UserChanges) -> None:
    staff = an_admin(memory) if changes.is_staff is None else has_staff(memory)
    an_admin(memory)

    with pytest.raises(OwnAccount):
        memory.services.users.edit(staff.id, changes, by=root(staff))

    assert memory.repositories.users.get(staff.id) == staff
