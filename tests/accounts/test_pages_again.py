"""Sign-in state of a browser session, and re-authentication."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.models import User as UserRow
from authsvc.http.sign_in_state import (
    SignIn,
    has_second_factor,
    is_fresh,
    show_second_factor,
    sign_in_again,
    sign_in_of,
)
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Visitor, mails, recovery_codes, set_up_app, somebody

pytestmark = pytest.mark.database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATH = "/oauth/authorize?client_id=x&state=a%26b"


def request_of(visitor: Visitor) -> HttpRequest:
    """A request of this browser, as a view gets it."""
    request = RequestFactory().get("/")
    request.session = visitor.client.session
    user_id = request.session.get("_auth_user_id")
    request.user = UserRow.objects.get(pk=user_id) if user_id else AnonymousUser()
    return request


def how(visitor: Visitor) -> SignIn | None:
    return sign_in_of(request_of(visitor))


def test_an_anonymous_user_has_no_sign_in(application: Application, visitor: Visitor) -> None:
    assert how(visitor) is None
    assert not has_second_factor(request_of(visitor))
    assert not is_fresh(request_of(visitor))


def test_a_password_is_one_method(application: Application) -> None:
    with time_machine.travel(NOON, tick=False):
        _, visitor = somebody(application)

        assert how(visitor) == SignIn(at=NOON, methods=("pwd",))
        assert not has_second_factor(request_of(visitor))


def test_a_password_and_a_code_are_two_methods(application: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, owner = somebody(application)
        set_up_app(owner)
        code, visitor = recovery_codes(owner)[0], Visitor()
        page = visitor.sign_in()
        clock.shift(60)
        visitor.post(page.leads_to, code=code)

        a_minute_later = NOON + timedelta(minutes=1)
        assert how(visitor) == SignIn(at=a_minute_later, methods=("pwd", "otp", "mfa"))
        assert has_second_factor(request_of(visitor))


def test_an_incomplete_sign_in_is_none(application: Application) -> None:
    _, owner = somebody(application)
    set_up_app(owner)
    visitor = Visitor()

    visitor.sign_in()

    assert how(visitor) is None


def test_setting_up_an_app_counts_as_its_use(application: Application) -> None:
    _, owner = somebody(application)

    set_up_app(owner)

    assert has_second_factor(request_of(owner))


def test_the_sign_in_of_an_earlier_user_does_not_count(application: Application) -> None:
    _, visitor = somebody(application)
    set_up_app(visitor)
    visitor.post("/signout")
    bo, _ = somebody(application, name="Bo", email="bo@school.example")

    visitor.sign_in(bo.email)

    assert not has_second_factor(request_of(visitor))


def test_a_passkey_alone_is_two_factors(application: Application) -> None:
    _, visitor = somebody(application)
    request = request_of(visitor)
    used = {"method": "mfa", "at": NOON.timestamp(), "type": "webauthn", "passwordless": True}

    request.session["account_authentication_methods"] = [used]
    of_a_machine = sign_in_of(request)
    request.session["account_authentication_methods"] = [used | {"is_synced": True}]
    of_a_person = sign_in_of(request)

    assert of_a_machine == SignIn(at=NOON, methods=("hwk", "mfa"))
    assert of_a_person == SignIn(at=NOON, methods=("swk", "mfa"))


def test_a_sign_in_is_fresh_for_five_minutes(application: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = somebody(application)
        clock.shift(299)
        before = is_fresh(request_of(visitor))
        clock.shift(1)
        after = is_fresh(request_of(visitor))

    assert (before, after) == (True, False)


def test_confirming_the_password_refreshes_the_sign_in_and_the_session_key(
    application: Application,
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = somebody(application)
        before = visitor.session_id
        clock.shift(3600)
        page = visitor.client.get(sign_in_again(request_of(visitor), back_to=PATH).url)

        response = visitor.post("/account/again", password=PASSWORD, next=PATH)

        assert b"Please confirm it's you" in page.content
        assert response.leads_to == PATH
        assert is_fresh(request_of(visitor))
        assert visitor.session_id != before


def test_the_password_alone_does_not_renew_a_sign_in_with_two_factors(
    application: Application,
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = somebody(application)
        set_up_app(visitor)
        codes = recovery_codes(visitor)
        clock.shift(3600)

        visitor.post("/account/again", password=PASSWORD, next=PATH)
        after_the_password = how(visitor)
        led = sign_in_again(request_of(visitor), back_to=PATH)
        visitor.post(led.url, code=codes[0])
        after_the_code = how(visitor)

    an_hour_later = NOON + timedelta(hours=1)
    assert after_the_password == SignIn(at=NOON, methods=("pwd", "otp", "mfa"))
    assert led.url.startswith("/account/again/code?next=")
    assert after_the_code == SignIn(at=an_hour_later, methods=("pwd", "otp", "mfa"))


def test_a_second_factor_long_after_the_password_leads_to_the_password(
    application: Application,
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, owner = somebody(application)
        set_up_app(owner)
        codes = recovery_codes(owner)
        visitor = Visitor()
        visitor.post(visitor.sign_in().leads_to, code=codes[0])
        clock.shift(3600)

        visitor.post("/account/again/code", code=codes[1], next=PATH)
        led = show_second_factor(request_of(visitor), back_to=PATH)
        visitor.post(led.url, password=PASSWORD)
        renewed = how(visitor)

    assert led.url.startswith("/account/again?next=")
    assert renewed == SignIn(at=NOON + timedelta(hours=1), methods=("otp", "pwd", "mfa"))


def test_a_removed_second_factor_counts_no_longer(application: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = somebody(application)
        set_up_app(visitor)
        visitor.post("/account/app/remove")
        clock.shift(60)
        visitor.post("/account/again", password=PASSWORD, next=PATH)
        renewed = how(visitor)

    assert renewed == SignIn(at=NOON + timedelta(minutes=1), methods=("pwd",))


def test_a_wrong_password_does_not_refresh_the_sign_in(application: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = somebody(application)
        clock.shift(3600)

        response = visitor.post("/account/again", password="a wrong password", next=PATH)

        assert response.field_errors == ["Password: The password is wrong."]
        assert not is_fresh(request_of(visitor))


def test_a_user_without_a_second_factor_is_sent_to_set_one_up(application: Application) -> None:
    _, visitor = somebody(application)

    led = show_second_factor(request_of(visitor), back_to=PATH)

    assert led.url.startswith("/account/second-factor?next=")


def test_a_user_with_a_second_factor_is_asked_for_it(application: Application) -> None:
    _, owner = somebody(application)
    set_up_app(owner)
    code = recovery_codes(owner)[0]

    led = show_second_factor(request_of(owner), back_to=PATH)
    response = owner.post(led.url, code=code)

    assert led.url.startswith("/account/again/code?next=")
    assert response.leads_to == PATH


@pytest.mark.parametrize(
    "path",
    [
        "/account/app",
        "/account/passkeys",
        "/account/recovery-codes/new",
        "/account/app/remove",
    ],
)
def test_changing_sign_in_methods_needs_a_fresh_sign_in(
    application: Application, path: str
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = somebody(application)
        if path != "/account/app":
            set_up_app(visitor)
        clock.shift(3600)

        assert visitor.get(path).leads_to == f"/account/again?next={path.replace('/', '%2F')}"


def test_changing_the_address_needs_a_fresh_sign_in(application: Application) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = somebody(application)
        clock.shift(3600)
        page = visitor.post("/account/email", email="other@school.example")

        response = visitor.post(page.leads_to, password=PASSWORD)

        assert page.leads_to == "/account/again?next=%2Faccount%2Femail"
        assert response.leads_to == "/account/email"
        assert "We sent a link to other@school.example" in visitor.get("/account/email").text
        assert [mail.to for mail in mails()] == [["other@school.example"]]
