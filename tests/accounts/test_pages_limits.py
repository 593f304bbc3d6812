"""Rate limits of the account pages, which share their counts with the API."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.adapters.passwords import BoundedHasher
from tests.support.application import PASSWORD, Application
from tests.support.browsing import EMAIL, Visitor, link_in, mails, somebody
from tests.support.limits import bounded_part_of, default_limits
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

NEW = "an even longer walk"
WAIT = "There were too many attempts. Wait for "


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> Iterator[None]:
    with default_limits(settings):
        yield


def hasher_of(application: Application) -> BoundedHasher:
    return bounded_part_of(application.services.ports.password_hasher)


def test_sign_in_attempts_are_limited(application: Application, visitor: Visitor) -> None:
    a_user_of(application, email=EMAIL)
    for _ in range(5):
        visitor.sign_in(EMAIL, "a wrong password")

    response = visitor.sign_in()

    assert response.field_errors == [f"{WAIT}1 s, then try again."]
    assert not visitor.is_signed_in


def test_re_authentication_attempts_are_limited(application: Application) -> None:
    _, visitor = somebody(application)
    for _ in range(5):
        visitor.post("/account/again", password="a wrong password")

    (field_error,) = visitor.post("/account/again", password=PASSWORD).field_errors

    assert field_error == f"Password: {WAIT}1 s, then try again."


def test_sign_ups_are_limited(application: Application) -> None:
    for number in range(10):
        body = {"email": f"{number}@school.example", "password1": PASSWORD}
        assert Visitor().post("/signup", **body).status == 302

    response = Visitor().post("/signup", email=EMAIL, password1=PASSWORD)

    assert response.field_errors == [f"{WAIT}3600 s, then try again."]
    body = {"email": EMAIL, "password": PASSWORD}
    assert application.stranger.post("/v1/auth/register", body).code == "too-many-attempts"


def test_password_changes_are_limited(application: Application) -> None:
    _, visitor = somebody(application)
    fields = {"current_password": "a wrong password", "new_password": NEW}
    for _ in range(5):
        visitor.post("/account/password", **fields)

    response = visitor.post("/account/password", **fields | {"current_password": PASSWORD})

    assert response.field_errors == [f"{WAIT}900 s, then try again."]
    assert application.services.sign_in.authenticate(email=EMAIL, password=PASSWORD)


def test_too_many_concurrent_password_checks_are_an_error(application: Application) -> None:
    a_user_of(application, "Bo", email="bo@school.example")
    _, visitor = somebody(application)
    visitor.post("/password/reset", email="bo@school.example")
    reset = Visitor()
    place = reset.lands_at(link_in(mails()[-1]))
    changed = {"current_password": PASSWORD, "new_password": NEW}

    with hasher_of(application)._turn():  # noqa: SLF001  # the only turn that there is
        pages = [
            Visitor().post("/signup", email="cleo@school.example", password1=PASSWORD),
            visitor.post("/account/password", **changed),
            reset.post(place, password1=NEW),
        ]

    message = "Too many passwords are being checked"
    assert [page.status for page in pages] == [200] * 3
    assert all(page.field_errors[0].startswith(message) for page in pages)
    assert reset.post(place, password1=NEW).leads_to == "/password/reset/done"


def test_one_pupil_with_wrong_passwords_does_not_lock_others_out(
    application: Application, visitor: Visitor
) -> None:
    a_user_of(application, email=EMAIL)
    a_user_of(application, "Bo", email="bo@school.example")
    for _ in range(40):
        visitor.sign_in(EMAIL, "a wrong password")

    other = Visitor()
    other.sign_in("bo@school.example")

    assert other.is_signed_in
