"""Password policy at every place where a password is chosen."""

import pytest

from accounts.domain.access import Role
from tests.accounts.test_create_admin import typed
from tests.accounts.test_pages_reset import ask_for_link
from tests.support.application import PASSWORD, Application, Caller
from tests.support.browsing import EMAIL, Visitor, somebody
from tests.support.commands import error_of
from tests.support.staff import USERS, root_browser

pytestmark = pytest.mark.database

OWN = "anna2024"
OF_STAFF = "eleven char"
SHORT = "A password of staff must have at least 12 characters."
NAMES_OWNER = "the name or the e-mail address of the account"
NEW = {"email": "cleo@school.example", "name": "Cleo"}


def test_the_api_knows_the_owner_of_a_new_password(application: Application) -> None:
    stranger, root = application.stranger, application.signed_in(Role.ADMIN, name="Root").caller
    anna = {"email": EMAIL, "name": "Anna", "password": OWN}

    registered = stranger.post("/v1/auth/register", anna)
    created = root.post("/v1/users", anna)
    admin = root.post("/v1/users", anna | {"password": OF_STAFF, "roles": ["admin"]})
    changed = root.post("/v1/me/password", {"current_password": PASSWORD, "new_password": OF_STAFF})

    assert {registered.code, created.code, admin.code, changed.code} == {"unsuitable-password"}
    assert NAMES_OWNER in registered.text
    assert NAMES_OWNER in created.text
    assert SHORT in admin.text
    assert SHORT in changed.text


def test_the_pages_know_the_owner_of_a_new_password(
    application: Application, visitor: Visitor
) -> None:
    signed_up = visitor.post("/signup", email=EMAIL, name="Anna", password1=OWN)
    user, browser = somebody(application)
    changed = browser.post(
        "/account/password", current_password=PASSWORD, new_password=f"{user.email} 1"
    )
    stranger = Visitor()
    reset = stranger.post(stranger.lands_at(ask_for_link(user.email)), password1=user.email)

    for page in (signed_up, changed, reset):
        assert NAMES_OWNER in page.text


def test_an_administrator_of_the_command_needs_a_password_of_staff(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, OF_STAFF)

    error, _ = error_of("create_admin", "root@school.example")

    assert SHORT in error


def test_a_user_who_becomes_staff_keeps_their_password_until_they_change_it(
    application: Application,
) -> None:
    body = {"email": EMAIL, "name": "Anna", "password": OF_STAFF}
    anna = application.stranger.post("/v1/auth/register", body).json["user"]
    root_browser(application).post(f"{USERS}{anna['id']}/change/", name="Anna", is_staff="on")

    token = application.stranger.post("/v1/auth/login", body).json["access_token"]
    change = {"current_password": OF_STAFF, "new_password": "other chars"}
    answer = Caller(token).post("/v1/me/password", change)

    assert SHORT in answer.text
