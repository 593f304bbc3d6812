"""One account for each mailbox, however its address is spelled, at every place where one is entered."""

from typing import Final

import pytest

from accounts.domain.access import OPERATOR, Role
from accounts.models import User as UserRow
from tests.accounts.test_create_admin import typed
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Visitor, link_in, mails
from tests.support.commands import error_of
from tests.support.staff import USERS, a_user_of, root_browser

pytestmark = pytest.mark.database

EMAIL: Final = "\u00e5se@xn--skolan--kxa.example"
SPELLINGS: Final = (
    "\u00c5SE@skolan-\u00e5.example",
    "A\u030ase@Skolan-\u00c5.example",
    "\u212bse@XN--SKOLAN--KXA.example",
)
LOOKS_ALIKE: Final = "\u0430nna@school.example"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_registers_and_signs_in_to_one_account(
    application: Application, spelling: str
) -> None:
    stranger, body = application.stranger, {"email": SPELLINGS[0], "password": PASSWORD}

    registered = stranger.post("/v1/auth/register", body)
    again = stranger.post("/v1/auth/register", body | {"email": spelling})
    signed_in = stranger.post("/v1/auth/login", body | {"email": spelling})

    assert registered.json["user"]["email"] == EMAIL
    assert again.code == "email-taken"
    assert signed_in.json["user"] == registered.json["user"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_pages_know_every_spelling(
    application: Application, visitor: Visitor, spelling: str
) -> None:
    asa = a_user_of(application, email=EMAIL)

    visitor.post("/signup", email=spelling, name="Another", password1=PASSWORD)
    assert [str(mail.subject) for mail in mails()] == ["You already have an account"]
    visitor.post("/password/reset", email=spelling)
    assert "/password/reset/" in link_in(mails()[-1])
    assert Visitor().sign_in(spelling).status == 302
    assert application.services.users.find(spelling, by=OPERATOR) == asa


def test_staff_and_operators_create_no_second_account(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user_of(application, email=EMAIL)
    root = application.signed_in(Role.ADMIN, name="Root").caller
    typed(monkeypatch, PASSWORD)

    created = root.post("/v1/users", {"email": SPELLINGS[1], "name": "", "password": PASSWORD})
    fields = {"email": SPELLINGS[1], "name": "Cleo", "new_password": PASSWORD}
    page = root_browser(application).post(f"{USERS}add/", **fields)
    error, _ = error_of("create_admin", SPELLINGS[1])

    assert created.code == "email-taken"
    assert "already exists" in page.text
    assert "already registered" in error
    assert UserRow.objects.filter(email=EMAIL).count() == 1


def test_an_address_that_looks_like_another_is_refused_everywhere(
    application: Application, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    typed(monkeypatch, PASSWORD)
    body = {"email": LOOKS_ALIKE, "name": "", "password": PASSWORD}

    answers = [
        application.stranger.post("/v1/auth/register", body),
        root.post("/v1/users", body),
    ]
    fields = {"email": LOOKS_ALIKE, "name": "Cleo", "new_password": PASSWORD}
    pages = [
        visitor.post("/signup", email=LOOKS_ALIKE, name="", password1=PASSWORD).text,
        visitor.post("/password/reset", email=LOOKS_ALIKE).text,
        root_browser(application).post(f"{USERS}add/", **fields).text,
    ]
    error, _ = error_of("create_admin", LOOKS_ALIKE)

    assert {answer.code for answer in answers} == {"invalid-request"}
    assert all("Enter a valid email address." in page for page in pages)
    assert "is not a valid e-mail address" in error


@pytest.mark.parametrize("email", [LOOKS_ALIKE, "root@localhost"])
def test_an_account_from_before_the_check_can_still_sign_in(
    application: Application, email: str
) -> None:
    anna = a_user_of(application)
    UserRow.objects.filter(pk=anna.id).update(email=email)

    body = {"email": email.upper(), "password": PASSWORD}

    assert application.stranger.post("/v1/auth/login", body).status == 200
    assert Visitor().sign_in(email).status == 302
