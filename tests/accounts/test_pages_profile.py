"""Profile page."""

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.profiles import Profile
from accounts.domain.identity.entities.users import User
from tests.support.application import Application
from tests.support.browsing import EMAIL, Visitor
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

PAGE = "/account/profile"


@pytest.fixture
def anna(application: Application) -> User:
    return a_user_of(application, email=EMAIL, name="Anna")


@pytest.fixture
def browser(anna: User) -> Visitor:
    visitor = Visitor()
    visitor.sign_in()
    return visitor


def stored(application: Application, user: User) -> User:
    return application.services.users.get(user.id, by=OPERATOR)


def test_users_fill_in_their_profile(
    application: Application, anna: User, browser: Visitor
) -> None:
    response = browser.post(PAGE, name="Anna Ek", nickname="Ann", locale="sv")

    assert response.leads_to == "/account"
    assert stored(application, anna).name == "Anna Ek"
    assert stored(application, anna).profile == Profile(nickname="Ann", locale="sv")
    assert 'value="Ann"' in browser.get(PAGE).text
    assert PAGE in browser.get("/account").text


def test_errors_are_shown_at_the_fields(
    application: Application, anna: User, browser: Visitor
) -> None:
    response = browser.post(PAGE, name="Anna", birthdate="tomorrow", website="a.example")

    assert response.status == 200
    assert {error.partition(":")[0] for error in response.field_errors} == {
        "Date of birth",
        "Website",
    }
    assert stored(application, anna) == anna


def test_the_page_needs_a_sign_in() -> None:
    assert Visitor().get(PAGE).leads_to.startswith("/signin?")
