"""The parameter `next`: a sign-in leads exactly to a path of ours."""

import re
from html import unescape
from typing import Any

import pytest

from tests.support.application import PASSWORD, Application
from tests.support.browsing import (
    EMAIL,
    Visitor,
    link_in,
    mails,
    recovery_codes,
    set_up_app,
    somebody,
)
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

# An authorization request, with escapes that wrong quoting would break.
AUTHORIZE = (
    "/oauth/authorize?client_id=x&redirect_uri=https%3A%2F%2Fclient.example%2Fcb&state=a%26b"
    "&scope=openid+email&nonce=&claims=%7B%22a%22%3A%5B%5D%7D&state2=%C3%A5~%2B%20%25"
)
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http://testserver/account",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/account\r\nLocation: https://evil.example",
    "/account\\x",
    "/account\u2028",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "account",
    "",
]
ENCODED = ["%2F%2Fevil.example", "%68ttps://evil.example", "%5C%5Cevil.example", "%0d%0a"]


def next_in(page: Any) -> str:
    """The value of `next` in the form of the page."""
    match = re.search(r'name="next" value="([^"]*)"', page.content.decode())
    assert match
    return unescape(match[1])


def link_to(path: str, page: Any) -> str:
    """The link of the page to that path, with its query."""
    match = re.search(rf'href="({path}[^"]*)"', page.content.decode())
    assert match
    return unescape(match[1])


@pytest.mark.parametrize("elsewhere", [*ELSEWHERE, *ENCODED])
def test_next_cannot_lead_to_another_site(
    application: Application, visitor: Visitor, elsewhere: str
) -> None:
    a_user_of(application, email=EMAIL)

    by_form = visitor.sign_in(next=elsewhere)
    at_once = visitor.client.get("/signin", {"next": elsewhere})
    out = visitor.post("/signout", next=elsewhere)

    assert by_form.leads_to == "/account"
    assert at_once["Location"] == "/account"
    assert out.leads_to == "/signout/done"


def test_next_of_re_authentication_cannot_lead_to_another_site(application: Application) -> None:
    _, visitor = somebody(application)
    set_up_app(visitor)
    paths = ["//evil.example", "https://evil.example", "/\\evil.example"]

    places = {
        path: visitor.post(f"/account/again?next={path}", password=PASSWORD).leads_to
        for path in paths
    }

    assert places == dict.fromkeys(paths, "/account")


def test_a_path_survives_signing_in(application: Application, visitor: Visitor) -> None:
    a_user_of(application, email=EMAIL)
    page = visitor.client.get("/signin", {"next": AUTHORIZE})

    response = visitor.sign_in(next=next_in(page))

    assert response.leads_to == AUTHORIZE


def test_a_path_survives_the_second_factor(application: Application) -> None:
    _, owner = somebody(application)
    set_up_app(owner)
    code, visitor = recovery_codes(owner)[0], Visitor()
    page = visitor.client.get("/signin", {"next": AUTHORIZE})

    code_page = visitor.sign_in(next=next_in(page))
    response = visitor.post(code_page.leads_to, code=code)

    assert code_page.leads_to == "/signin/code"
    assert response.leads_to == AUTHORIZE


def test_a_path_survives_signing_up(application: Application, visitor: Visitor) -> None:
    sign_in = visitor.client.get("/signin", {"next": AUTHORIZE})
    sign_up = visitor.client.get(link_to("/signup", sign_in))
    visitor.post("/signup", name="Anna", email=EMAIL, password1=PASSWORD, next=next_in(sign_up))

    response = visitor.post(link_in(mails()[-1]))

    assert response.leads_to == AUTHORIZE
    assert visitor.is_signed_in


def test_a_path_survives_re_authentication(application: Application) -> None:
    _, visitor = somebody(application)
    page = visitor.client.get("/account/again", {"next": AUTHORIZE})

    response = visitor.post("/account/again", password=PASSWORD, next=next_in(page))

    assert response.leads_to == AUTHORIZE


def test_a_path_survives_another_method_of_re_authentication(application: Application) -> None:
    _, visitor = somebody(application)
    set_up_app(visitor)
    code = recovery_codes(visitor)[0]
    by_password = visitor.client.get("/account/again", {"next": AUTHORIZE})
    by_code = visitor.client.get(link_to("/account/again/code", by_password))

    response = visitor.post("/account/again/code", code=code, next=next_in(by_code))

    assert b"Use your authenticator app or a recovery code" in by_password.content
    assert response.leads_to == AUTHORIZE


def test_a_path_survives_for_a_signed_in_user(application: Application) -> None:
    _, visitor = somebody(application)

    assert visitor.client.get("/signin", {"next": AUTHORIZE})["Location"] == AUTHORIZE
