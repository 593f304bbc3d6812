"""Second factors and re-authentication of staff in the admin site."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from accounts.domain.access import OPERATOR, Role
from accounts.domain.identity.entities.users import User
from authsvc.config.environment import read_environment
from tests.settings.test_environment import PRODUCTION
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Visitor, recovery_codes, set_up_app, somebody
from tests.support.staff import a_user_of, log_of

pytestmark = pytest.mark.database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
USERS = "/admin/accounts/user/"
strict = pytest.mark.usefixtures("staff_second_factor")


def root(application: Application) -> tuple[User, Visitor]:
    return somebody(application, name="Root", email="root@school.example", roles=[Role.ADMIN])


def deactivate(user: User, **more: str) -> dict[str, str]:
    return {"action": "deactivate", "_selected_action": str(user.id)} | more


@pytest.fixture
def strong_root(application: Application, staff_second_factor: None) -> Visitor:
    """Root, who has just signed in and set up a second factor."""
    _, visitor = root(application)
    set_up_app(visitor)
    return visitor


@pytest.fixture
def stale_root(application: Application, staff_second_factor: None) -> Iterator[Visitor]:
    """Root, who has a second factor and signed in a little too long ago."""
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = root(application)
        set_up_app(visitor)
        clock.shift(301)
        yield visitor


@pytest.mark.parametrize(
    ("variables", "asks"),
    [(PRODUCTION, True), ({}, False), ({"STAFF_SECOND_FACTOR": "on"}, True)],
)
def test_production_always_requires_a_second_factor_and_development_can(
    variables: dict[str, str], *, asks: bool
) -> None:
    assert read_environment(variables).staff_needs_second_factor is asks


def test_in_development_a_password_is_enough_for_staff(application: Application) -> None:
    _, visitor = root(application)

    assert visitor.get(USERS).status == 200


@strict
def test_staff_without_a_second_factor_are_sent_to_set_one_up(application: Application) -> None:
    _, visitor = root(application)

    response = visitor.get(visitor.lands_at(USERS))

    assert (response.status, response.heading) == (200, "Two-factor authentication")


@strict
def test_staff_can_enter_after_setting_one_up(application: Application) -> None:
    _, visitor = root(application)

    set_up_app(visitor)

    assert visitor.get(USERS).status == 200


@strict
def test_staff_can_enter_with_their_second_factor(application: Application) -> None:
    bo, owner = root(application)
    set_up_app(owner)
    code, visitor = recovery_codes(owner)[0], Visitor()

    page = visitor.sign_in(bo.email, next=USERS)
    response = visitor.post(page.leads_to, code=code)

    assert response.leads_to == USERS
    assert visitor.get(USERS).status == 200


@strict
def test_a_session_without_the_second_factor_is_asked_for_it(application: Application) -> None:
    bo, owner = root(application)
    by_password = Visitor()
    by_password.sign_in(bo.email)
    set_up_app(owner)
    code = recovery_codes(owner)[0]

    page = by_password.lands_at(USERS)
    response = by_password.post(page, code=code)

    assert page.startswith("/account/again/code?next=")
    assert response.leads_to == USERS
    assert by_password.get(USERS).status == 200


@strict
def test_a_second_factor_does_not_make_a_user_staff(application: Application) -> None:
    _, visitor = somebody(application)
    set_up_app(visitor)

    assert visitor.get(visitor.lands_at(USERS)).status == 403


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example"])
def test_next_of_the_admin_site_cannot_lead_to_another_site(
    strong_root: Visitor, elsewhere: str
) -> None:
    assert strong_root.get(f"/admin/login/?next={elsewhere}").leads_to == "/admin/"


def test_a_sensitive_action_needs_a_fresh_sign_in(
    application: Application, stale_root: Visitor
) -> None:
    anna = a_user_of(application)

    page = stale_root.client.post(USERS, deactivate(anna))
    why = stale_root.post(page["Location"], password=PASSWORD)
    (place,) = re.findall(r'<form method="post" action="([^"]*)"', why.text)[-1:]
    stale_root.client.post(place, deactivate(anna, reason="They have left."))

    assert page["Location"].startswith("/account/again?next=")
    assert "Deactivate Anna" in why.text
    assert place == USERS
    assert not application.services.users.get(anna.id, by=OPERATOR).is_active
    assert log_of(anna.id) == ["Deactivated. Reason: They have left."]


def test_a_reason_does_not_replace_a_fresh_sign_in(
    application: Application, stale_root: Visitor
) -> None:
    anna = a_user_of(application)

    stale_root.client.post(USERS, deactivate(anna, reason="They have left."))

    assert application.services.users.get(anna.id, by=OPERATOR).is_active


def test_a_sensitive_action_succeeds_after_a_fresh_sign_in(
    application: Application, strong_root: Visitor
) -> None:
    anna = a_user_of(application)

    strong_root.client.post(USERS, deactivate(anna, reason="They have left."))

    assert not application.services.users.get(anna.id, by=OPERATOR).is_active


def test_other_actions_need_no_fresh_sign_in(application: Application, stale_root: Visitor) -> None:
    anna = a_user_of(application)

    response = stale_root.client.post(
        USERS, {"action": "activate", "_selected_action": str(anna.id)}
    )

    assert response["Location"] == USERS


def test_the_form_needs_a_csrf_token_after_re_authentication(
    application: Application, strong_root: Visitor
) -> None:
    anna = a_user_of(application)
    strong_root.client.handler = Client(enforce_csrf_checks=True).handler

    response = strong_root.client.post(USERS, deactivate(anna, reason="They have left."))

    assert response.status_code == 403
    assert application.services.users.get(anna.id, by=OPERATOR).is_active


def test_signing_out_of_the_admin_site_ends_the_session(application: Application) -> None:
    _, visitor = root(application)

    response = visitor.post("/admin/logout/")

    assert response.heading == "You are signed out"
    assert not visitor.is_signed_in
