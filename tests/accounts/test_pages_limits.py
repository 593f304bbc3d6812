"""What the pages let somebody try how often, by the same counts as the API."""

from dataclasses import replace

import pytest
from pytest_django import Settings

from accounts.adapters.passwords import BoundedHasher
from authsvc.environment import read_environment
from tests.support.browsing import EMAIL, Visitor, link_in, mails, somebody
from tests.support.house import PASSWORD, House
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

NEW = "an even longer walk"
WAIT = "There were too many attempts. Wait for "


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    told_nothing = read_environment({})
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT,
        log_ins_per_minute=told_nothing.log_ins_per_minute,
        guesses_in_a_row=told_nothing.guesses_in_a_row,
        registrations_per_hour=told_nothing.registrations_per_hour,
        argon2_at_once=1,
    )


def hasher_of(house: House) -> BoundedHasher:
    hasher = house.services.ports.password_hasher
    assert isinstance(hasher, BoundedHasher)
    return hasher


def test_passwords_are_guessed_so_often(house: House, visitor: Visitor) -> None:
    a_user_of(house, email=EMAIL)
    for _ in range(5):
        visitor.sign_in(EMAIL, "a wrong password")

    seen = visitor.sign_in()

    assert seen.complaints == [f"{WAIT}1 s, then try again."]
    assert not visitor.is_signed_in


def test_whoever_is_asked_again_guesses_no_more_often(house: House) -> None:
    _, visitor = somebody(house)
    for _ in range(5):
        visitor.post("/account/again", password="a wrong password")

    (complaint,) = visitor.post("/account/again", password=PASSWORD).complaints

    assert complaint == f"Password: {WAIT}1 s, then try again."


def test_accounts_are_made_so_often(house: House) -> None:
    for number in range(10):
        body = {"email": f"{number}@school.example", "password1": PASSWORD}
        assert Visitor().post("/signup", **body).status == 302

    seen = Visitor().post("/signup", email=EMAIL, password1=PASSWORD)

    assert seen.complaints == [f"{WAIT}3600 s, then try again."]
    body = {"email": EMAIL, "password": PASSWORD}
    assert house.stranger.post("/v1/auth/register", body).code == "too-many-attempts"


def test_a_password_is_changed_so_often(house: House) -> None:
    _, visitor = somebody(house)
    fields = {"current_password": "a wrong password", "new_password": NEW}
    for _ in range(5):
        visitor.post("/account/password", **fields)

    seen = visitor.post("/account/password", **fields | {"current_password": PASSWORD})

    assert seen.complaints == [f"{WAIT}900 s, then try again."]
    assert house.services.sessions.authenticate(email=EMAIL, password=PASSWORD)


def test_whoever_comes_when_too_many_passwords_are_at_work_is_told_so(house: House) -> None:
    a_user_of(house, "Bo", email="bo@school.example")
    _, visitor = somebody(house)
    visitor.post("/password/reset", email="bo@school.example")
    reset = Visitor()
    place = reset.lands_at(link_in(mails()[-1]))
    changed = {"current_password": PASSWORD, "new_password": NEW}

    with hasher_of(house)._turn():  # noqa: SLF001  # the only turn that there is
        seen = [
            Visitor().post("/signup", email="cleo@school.example", password1=PASSWORD),
            visitor.post("/account/password", **changed),
            reset.post(place, password1=NEW),
        ]

    told = "Too many passwords are being checked. We check a few at once."
    assert [page.status for page in seen] == [200] * 3
    assert all(page.complaints[0].startswith(told) for page in seen)
    assert reset.post(place, password1=NEW).leads_to == "/password/reset/done"
