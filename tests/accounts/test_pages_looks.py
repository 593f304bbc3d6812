"""Common properties of all pages: markup, security headers and error pages."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from pytest_django import Settings

from accounts.pages.urls import urlpatterns
from tests.support.application import Application
from tests.support.browsing import Visitor, mails, set_up_app, somebody

pytestmark = pytest.mark.database

OF_STRANGERS = [
    "/signin",
    "/signup",
    "/signout/done",
    "/signin/inactive",
    "/password/reset",
    "/password/reset/sent",
    "/password/reset/done",
    "/email/sent",
    "/email/verify/none",
    "/email/move/none",
]
OF_OWNERS = [
    "/account",
    "/account/courses",
    "/account/credentials",
    "/account/organizations",
    "/account/profile",
    "/account/sessions",
    "/account/sessions/end-others",
    "/account/sign-in",
    "/account/password",
    "/account/email",
    "/account/second-factor",
    "/account/app/remove",
    "/account/recovery-codes",
    "/account/recovery-codes/new",
    "/account/passkeys",
    "/account/again",
    "/account/again/code",
    "/signout",
]


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


class Failing:
    """URLs of an application with one page that fails."""

    urlpatterns = [*urlpatterns, path("fails", fails)]
    handler500 = "authsvc.http.problems.server_error"


def assert_well_formed(text: str) -> None:
    assert text.count("<h1>") == 1
    assert '<html lang="en">' in text
    assert "<style" not in text
    assert ' style="' not in text
    assert not re.findall(r"<script(?![^>]* src=)(?![^>]*application/json)", text)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', text)
    assert not re.findall(r"\son\w+=", text)
    for form in re.findall(r"<form.*?</form>", text, re.DOTALL):
        assert "csrfmiddlewaretoken" in form
        labels = re.findall(r'<label for="([^"]+)"', form)
        fields = re.findall(r"<input [^>]*>", form)
        response = [field for field in fields if 'type="hidden"' not in field]
        assert [re.findall(r' id="([^"]+)"', field)[0] for field in response] == labels


@pytest.mark.parametrize("place", OF_STRANGERS)
def test_public_pages_are_well_formed(
    application: Application, visitor: Visitor, place: str
) -> None:
    response = visitor.get(place)

    assert response.status == 200
    assert_well_formed(response.text)


def test_account_pages_are_well_formed_and_not_cached(application: Application) -> None:
    _, visitor = somebody(application)
    set_up_app(visitor)

    for place in OF_OWNERS:
        response = visitor.get(place)
        assert response.status == 200, place
        assert_well_formed(response.text)
        assert "no-store" in response.headers["Cache-Control"], place


def test_pages_allow_only_our_own_scripts_and_forms(
    application: Application, visitor: Visitor
) -> None:
    headers = visitor.get("/signin").headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("place", "field", "wish"),
    [
        ("/signin", "login", "username webauthn"),
        ("/signin", "password", "current-password"),
        ("/signup", "email", "email"),
        ("/signup", "name", "name"),
        ("/signup", "password1", "new-password"),
        ("/password/reset", "email", "email"),
    ],
)
def test_fields_have_autocomplete_hints(
    application: Application, visitor: Visitor, place: str, field: str, wish: str
) -> None:
    (field_tag,) = re.findall(rf'<input [^>]*name="{field}"[^>]*>', visitor.get(place).text)

    assert f'autocomplete="{wish}"' in field_tag


def test_an_icon_is_on_every_page(application: Application) -> None:
    _, visitor = somebody(application)

    for place in ("/signin/inactive", "/account", "/nothing"):
        assert 'href="/static/authsvc/favicon.svg"' in visitor.get(place).text


def test_a_missing_page_has_the_same_layout(application: Application, visitor: Visitor) -> None:
    response = visitor.get("/nothing")

    assert (response.status, response.heading) == (404, "Page not found")
    assert_well_formed(response.text)


def test_an_unknown_host_gets_an_error(application: Application, visitor: Visitor) -> None:
    response = visitor.get("/signin", Host="evil.example")

    assert (response.status, response.heading) == (400, "Invalid request")
    assert_well_formed(response.text)


def test_a_server_error_page_discloses_nothing(
    application: Application, settings: Settings
) -> None:
    settings.ROOT_URLCONF = Failing
    visitor = Visitor(raise_request_exception=False)

    response = visitor.get("/fails")

    assert (response.status, response.heading) == (500, "Something went wrong")
    assert "RuntimeError" not in response.text


def test_the_name_of_a_user_is_escaped(application: Application) -> None:
    name = "<script>alert(1)</script>"
    _, visitor = somebody(application, name=name)

    page = visitor.client.get("/account").content.decode()

    assert name not in page
    assert "&lt;script&gt;" in page


ODD = ["%00", "%ED%A0%80", "%FF", "a%00@b.example", "%F0%9F%98%80" * 400]


@pytest.mark.parametrize("odd", ODD, ids=["nul", "half", "no utf-8", "nul in it", "long"])
@pytest.mark.parametrize("place", ["/signin", "/signup", "/password/reset"])
def test_unusual_characters_cause_no_server_error(
    application: Application, visitor: Visitor, place: str, odd: str
) -> None:
    names = ("login", "email", "name", "password", "password1")
    form = "&".join(f"{name}={odd}" for name in names)

    answer = visitor.client.post(place, form, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == (400 if "%00" in odd else 200)
    assert mails() == []
