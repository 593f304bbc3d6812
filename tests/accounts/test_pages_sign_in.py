"""Sign-in and sign-out pages."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import UserChanges
from tests.support.application import PASSWORD, Application
from tests.support.browsing import EMAIL, Visitor, somebody
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database


def test_the_password_signs_in(application: Application, visitor: Visitor) -> None:
    a_user_of(application, email=EMAIL)

    response = visitor.sign_in()

    assert (response.status, response.leads_to) == (302, "/account")
    assert visitor.is_signed_in


@pytest.mark.parametrize("given", ["Anna@School.Example", f"  {EMAIL} "])
def test_the_address_is_case_insensitive(
    application: Application, visitor: Visitor, given: str
) -> None:
    a_user_of(application, email=EMAIL)

    assert visitor.sign_in(given).leads_to == "/account"


def test_a_wrong_password_and_an_unknown_address_get_the_same_response(
    application: Application, visitor: Visitor
) -> None:
    anna = a_user_of(application, email=EMAIL)
    bo = a_user_of(application, name="Bo", email="bo@school.example")
    application.services.users.edit(bo.id, UserChanges(is_active=False), by=OPERATOR)

    pages = [
        visitor.sign_in(anna.email, "a wrong password"),
        visitor.sign_in("nobody@school.example", PASSWORD),
        visitor.sign_in(bo.email, PASSWORD),
    ]

    assert {(page.status, *page.field_errors) for page in pages} == {
        (200, "The e-mail address or the password is wrong.")
    }
    assert not visitor.is_signed_in


def test_a_submitted_password_is_not_shown_again(
    application: Application, visitor: Visitor
) -> None:
    response = visitor.sign_in(EMAIL, "a wrong password")

    assert EMAIL in response.text
    assert "a wrong password" not in response.text


def test_a_login_hint_is_filled_in(application: Application, visitor: Visitor) -> None:
    assert f'value="{EMAIL}"' in visitor.get(f"/signin?login_hint={EMAIL}").text


def test_a_signed_in_user_is_redirected_at_once(application: Application) -> None:
    _, visitor = somebody(application)

    assert visitor.get("/signin").leads_to == "/account"
    assert visitor.get("/signin?next=/account/email").leads_to == "/account/email"
    assert visitor.get("/signup?next=/account/email").leads_to == "/account/email"


@pytest.mark.parametrize(
    "path", ["/account", "/account/password", "/account/email", "/account/second-factor"]
)
def test_an_anonymous_user_signs_in_first(
    application: Application, visitor: Visitor, path: str
) -> None:
    a_user_of(application, email=EMAIL)

    page = visitor.get(path)

    assert page.leads_to == f"/signin?next={path}"
    assert visitor.sign_in(next=path).leads_to == path


def test_signing_out_without_a_session_redirects(
    application: Application, visitor: Visitor
) -> None:
    assert visitor.get("/signout").leads_to == "/signout/done"


def test_signing_out_asks_first_and_ends_the_session_on_the_server(
    application: Application,
) -> None:
    _, visitor = somebody(application)
    stolen = Visitor()
    stolen.client.cookies["sessionid"] = visitor.session_id

    page = visitor.get("/signout")
    still = visitor.is_signed_in
    response = visitor.post("/signout")

    assert (page.status, page.heading, still) == (200, "Sign out?", True)
    assert response.leads_to == "/signout/done"
    assert visitor.get("/signout/done").heading == "You are signed out"
    assert not visitor.is_signed_in
    assert not stolen.is_signed_in


def test_signing_in_changes_the_session_key(application: Application, visitor: Visitor) -> None:
    a_user_of(application, email=EMAIL)
    client = visitor.client
    session = client.session
    session["set"] = "by somebody else"
    session.save()
    before = visitor.session_id

    visitor.sign_in()

    assert visitor.session_id != before


@pytest.mark.parametrize(("idle", "is_in"), [(-1, True), (0, False)])
def test_an_idle_session_ends(
    application: Application, settings: Settings, idle: int, *, is_in: bool
) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, visitor = somebody(application)
        assert visitor.is_signed_in
        clock.shift(settings.ENVIRONMENT.browser_idle + timedelta(seconds=idle))

        assert visitor.is_signed_in is is_in


def test_an_active_session_ends_at_its_maximum_age(
    application: Application, settings: Settings
) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        _, visitor = somebody(application)
        states = []
        for _ in range(12):
            states.append(visitor.is_signed_in)
            clock.shift(timedelta(hours=1))

        assert all(states)
        assert settings.ENVIRONMENT.browser_session == timedelta(hours=12)
        assert not visitor.is_signed_in


def test_deactivation_ends_the_session_at_once(application: Application) -> None:
    anna, visitor = somebody(application)

    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    assert not visitor.is_signed_in


def test_the_session_cookie_is_same_site_and_http_only(
    application: Application, visitor: Visitor
) -> None:
    a_user_of(application, email=EMAIL)
    visitor.sign_in()

    cookie = visitor.client.cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["domain"] == ""


def test_the_sessions_of_other_tests_have_what_the_form_stores(application: Application) -> None:
    _, other = somebody(application)
    visitor = Visitor()
    visitor.sign_in()
    expected, session = visitor.client.session, other.client.session

    assert set(session.keys()) == set(expected.keys())
    assert [
        [set(record) for record in stored["account_authentication_methods"]]
        for stored in (session, expected)
    ] == [[{"method", "at", "email"}]] * 2
    assert session["_session_expiry"] == expected["_session_expiry"]


@pytest.mark.parametrize("path", ["/signin", "/signup", "/password/reset", "/signout"])
def test_forms_need_a_csrf_token(application: Application, path: str) -> None:
    _, visitor = somebody(application)
    visitor.client.handler = Client(enforce_csrf_checks=True).handler

    response = visitor.post(path, login=EMAIL, password=PASSWORD)

    assert (response.status, response.heading) == (403, "This form has expired")
