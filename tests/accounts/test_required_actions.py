"""Required actions: what staff require of a user before their next sign-in, over pages and the API."""

from typing import Final

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Right
from accounts.domain.audit.entities import AuditAction
from accounts.domain.identity.entities.users import RequiredAction, User
from accounts.domain.identity.errors import (
    ActionRequired,
    SecondFactorPresent,
    UnsuitablePassword,
    UserNotFound,
)
from tests.accounts.auditing import log_of
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Visitor, set_up_app
from tests.support.builders import a_principal
from tests.support.staff import a_user_of
from tests.support.worlds import World

REASON: Final = "The password was on a note."
NEW: Final = "a new and longer battery staple"
CHANGE: Final = RequiredAction.CHANGE_PASSWORD
FACTOR: Final = RequiredAction.SET_UP_SECOND_FACTOR


def registered(world: World) -> User:
    user = world.services.accounts.register(
        email="anna@school.example", name="Anna", password=PASSWORD
    )
    world.repositories.verified_emails.save(user.id, email=user.email)
    return user


def require(world: World, user: User, *actions: RequiredAction) -> User:
    return world.services.user_access.require_actions(user.id, actions, reason=REASON, by=OPERATOR)


def test_required_actions_are_stored_in_one_order_and_audited(world: World) -> None:
    anna = registered(world)

    required = require(world, anna, FACTOR, CHANGE)

    stored = world.repositories.users.get(anna.id)
    assert stored == required
    assert stored.required_actions == (CHANGE, FACTOR)
    assert stored.actions_required_at == world.clock.now()
    act = log_of(world)[-1].act
    assert (act.action, act.reason) == (AuditAction.USER_ACTIONS_REQUIRED, REASON)
    assert act.after == {"required_actions": ["change-password", "set-up-second-factor"]}


def test_nothing_can_be_required_any_longer(world: World) -> None:
    anna = registered(world)
    require(world, anna, CHANGE)

    assert require(world, anna) == anna
    assert world.services.sign_in.log_in(email=anna.email, password=PASSWORD).user == anna


def test_the_api_signs_nobody_in_who_has_something_to_do(world: World) -> None:
    anna = registered(world)
    before = world.services.sign_in.log_in(email=anna.email, password=PASSWORD).tokens
    require(world, anna, CHANGE)

    with pytest.raises(ActionRequired) as error:
        world.services.sign_in.log_in(email=anna.email, password=PASSWORD)

    assert error.value.facts["actions"] == ["change-password"]
    assert str(error.value.facts["url"]).endswith("/signin")
    assert world.services.access.principal_of(before.access_token).user_id == anna.id


def test_a_new_password_completes_the_action(world: World) -> None:
    anna = registered(world)
    require(world, anna, CHANGE)

    by = a_principal(anna)
    world.services.accounts.change_password(current=PASSWORD, new=NEW, by=by)

    assert world.services.sign_in.log_in(email=anna.email, password=NEW)


def test_the_old_password_is_no_new_one(world: World) -> None:
    anna = registered(world)
    require(world, anna, CHANGE)

    with pytest.raises(UnsuitablePassword):
        world.services.accounts.change_password(
            current=PASSWORD, new=PASSWORD, by=a_principal(anna)
        )
    with pytest.raises(UnsuitablePassword):
        world.services.accounts.reset_password(anna.id, password=PASSWORD)

    assert world.repositories.users.get(anna.id).required_actions == (CHANGE,)


def test_a_password_set_by_staff_does_not_complete_the_action(world: World) -> None:
    anna = registered(world)
    require(world, anna, CHANGE)

    world.services.users.set_password(anna.id, password=NEW, by=OPERATOR)

    with pytest.raises(ActionRequired):
        world.services.sign_in.log_in(email=anna.email, password=NEW)


def test_what_else_is_required_stays(world: World) -> None:
    anna = registered(world)
    required = require(world, anna, CHANGE, FACTOR)

    world.services.accounts.complete(CHANGE, user_id=anna.id)

    stored = world.repositories.users.get(anna.id)
    assert stored.required_actions == (FACTOR,)
    assert stored.actions_required_at == required.actions_required_at


def test_user_managers_require_actions_of_learners_alone(memory: World) -> None:
    anna, staff = memory.has_user(), memory.has_user(is_staff=True)
    manager = a_principal(memory.has_user(), Right.MANAGE_USERS)
    access = memory.services.user_access

    access.require_actions(anna.id, [CHANGE], reason=REASON, by=manager)

    for user, by in ((staff, manager), (anna, a_principal(anna))):
        with pytest.raises(NotPermitted):
            access.require_actions(user.id, [CHANGE], reason=REASON, by=by)
    with pytest.raises(UserNotFound):
        access.require_actions(a_principal().person, [CHANGE], reason=REASON, by=OPERATOR)


@pytest.mark.database
def test_pages_lead_to_the_password_and_on_from_there(application: Application) -> None:
    anna = a_user_of(application)
    application.services.user_access.require_actions(anna.id, [CHANGE], reason=REASON, by=OPERATOR)
    visitor = Visitor()
    visitor.sign_in(email=anna.email)

    assert visitor.get("/account/profile").leads_to == "/account/password"
    page = visitor.get("/account/password")
    assert page.notes == ["Choose a new password to continue. An administrator requires it."]
    passwords = {"current_password": PASSWORD, "new_password": NEW}
    answer = visitor.post("/account/password", **passwords)

    assert answer.leads_to == "/account/profile"
    assert visitor.get("/account/profile").status == 200


@pytest.mark.database
def test_a_browser_that_was_signed_in_before_goes_on(application: Application) -> None:
    anna = a_user_of(application)
    visitor = Visitor()
    visitor.sign_in(email=anna.email)
    session = visitor.client.session
    session["began_at"] -= 60
    session.save()

    application.services.user_access.require_actions(anna.id, [CHANGE], reason=REASON, by=OPERATOR)

    assert visitor.get("/account/profile").status == 200


@pytest.mark.database
def test_a_second_factor_is_set_up_before_anything_else(application: Application) -> None:
    anna = a_user_of(application)
    access = application.services.user_access
    access.require_actions(anna.id, [FACTOR], reason=REASON, by=OPERATOR)
    visitor = Visitor()
    visitor.sign_in(email=anna.email)

    for path in ("/account", "/oauth/authorize?client_id=x", "/admin/"):
        assert visitor.get(path).leads_to == "/account/second-factor"
    set_up_app(visitor)

    assert visitor.get("/account").status == 200
    assert application.services.users.get(anna.id, by=OPERATOR).required_actions == ()
    with pytest.raises(SecondFactorPresent):
        access.require_actions(anna.id, [FACTOR], reason=REASON, by=OPERATOR)
