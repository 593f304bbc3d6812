"""Authenticator apps, recovery codes and passkeys, and the admin site that requires them."""

from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.application import PASSWORD
from tests.support.chromium import Key, Town, fill, follow, heading, in_a_browser, press, sign_in
from tests.support.commands import manage
from tests.support.totp import code_of
from tests.support.wire import WireCaller

pytestmark = in_a_browser

ADMIN: Final = """
from accounts.domain.access import OPERATOR, Role
from authsvc.composition.container import services
admin = services().users.create(
    email={email!r}, name="Sam Okafor", password={password!r}, roles=[Role.ADMIN], by=OPERATOR
)
services().emails.verify(admin.id, email=admin.email)
"""


def verify(page: Page, town: Town, email: str) -> None:
    page.goto("/account/email")
    press(page, "Send verification link")
    page.goto(town.links_for(email)[-1])
    press(page, "Verify address")


def somebody_verified(page: Page, town: Town) -> str:
    email = town.resident()
    sign_in(page, email)
    verify(page, town, email)
    return email


def an_admin(town: Town) -> str:
    """The e-mail address of a new admin with PASSWORD."""
    email = f"sam-{uuid4().hex[:8]}@school.example"
    script = ADMIN.format(email=email, password=PASSWORD)
    manage(town.school.environment, "shell", "-c", script)
    return email


def set_up_app(page: Page) -> str:
    """Set up an app and return its key; the page then shows recovery codes."""
    page.goto("/account/second-factor")
    follow(page, "Set up an app")
    key = page.locator("code").inner_text()
    fill(page, code=code_of(key))
    press(page, "Set up app")
    return key


def add_passkey(page: Page) -> None:
    page.goto("/account/second-factor")
    follow(page, "Add a passkey")
    fill(page, name_of_the_passkey="Phone")
    press(page, "Add passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")


def sign_out(page: Page) -> None:
    press(page, "Sign out", within="banner")


@pytest.mark.nightly
def test_a_code_of_the_app_signs_in_and_works_once(page: Page, town: Town) -> None:
    email = somebody_verified(page, town)
    key = set_up_app(page)
    assert heading(page) == "Your recovery codes"
    used, unused = code_of(key), code_of(key, steps_from_now=1)
    sign_out(page)

    sign_in(page, email)
    assert heading(page) == "Two-factor authentication"
    fill(page, code=used)
    press(page, "Sign in")
    assert "has already been used" in page.get_by_role("alert").first.inner_text()
    fill(page, code=unused)
    press(page, "Sign in")

    assert heading(page) == "Your account"


@pytest.mark.nightly
def test_the_owner_is_notified_of_new_second_factors(page: Page, town: Town) -> None:
    Key(page)
    email = somebody_verified(page, town)
    add_passkey(page)
    set_up_app(page)
    page.goto("/account/recovery-codes/new")
    press(page, "Generate codes")

    mails = "".join(town.letters_for(email))
    assert "A passkey was added to your account." in mails
    assert "An authenticator app was added to your account." in mails
    assert "New recovery codes were generated for your account." in mails


@pytest.mark.nightly
def test_a_recovery_code_signs_in_once(page: Page, town: Town) -> None:
    email = somebody_verified(page, town)
    set_up_app(page)
    code = page.get_by_role("listitem").first.inner_text()
    sign_out(page)

    sign_in(page, email)
    fill(page, code=code)
    press(page, "Sign in")
    assert heading(page) == "Your account"
    sign_out(page)
    sign_in(page, email)
    fill(page, code=code)
    press(page, "Sign in")

    assert heading(page) == "Two-factor authentication"


def test_a_passkey_signs_in_without_a_password(page: Page, town: Town) -> None:
    Key(page)
    somebody_verified(page, town)
    add_passkey(page)
    sign_out(page)

    page.goto("/signin?next=/account/email")
    press(page, "Sign in with a passkey")

    expect(page).to_have_url(f"{town.url}/account/email")


def test_a_passkey_is_a_second_factor(page: Page, town: Town) -> None:
    key = Key(page)
    email = somebody_verified(page, town)
    add_passkey(page)
    sign_out(page)

    key.is_touched(at_once=False)
    sign_in(page, email)
    assert heading(page) == "Two-factor authentication"
    key.is_touched(at_once=True)
    press(page, "Use a passkey")

    expect(page).to_have_url(f"{town.url}/account")


ASSERTION: Final = """
async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({publicKey})).toJSON();
}
"""


@pytest.mark.nightly
def test_a_passkey_answers_a_challenge_of_the_api(page: Page, town: Town) -> None:
    Key(page)
    email = somebody_verified(page, town)
    add_passkey(page)
    caller, host = WireCaller(town.school.server.port), urlsplit(town.url).netloc
    body = {"email": email, "password": PASSWORD}
    challenged = caller.post("/v1/auth/login", body, Host=host).json

    assertion = page.evaluate(ASSERTION, challenged["passkey_options"])
    answer = {"challenge": challenged["challenge"], "assertion": assertion}
    first = caller.post("/v1/auth/login/verify", answer, Host=host)
    again = caller.post("/v1/auth/login/verify", answer, Host=host)

    assert (first.status, again.code) == (200, "invalid-challenge")
    caller.token = first.json["access_token"]
    (session, *_) = caller.get("/v1/me/sessions").json["items"]
    assert session["amr"] == ["pwd", "hwk", "mfa"]


@pytest.mark.nightly
def test_a_missing_passkey_shows_an_error(page: Page, town: Town) -> None:
    page.goto("/signin")
    Key(page)

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.locator(".problem")).to_contain_text("cancelled or timed out")


@pytest.mark.nightly
def test_a_removed_passkey_does_not_sign_in(page: Page, town: Town) -> None:
    Key(page)
    somebody_verified(page, town)
    add_passkey(page)
    page.goto("/account/second-factor")
    follow(page, "Remove Phone")
    press(page, "Remove passkey")
    sign_out(page)

    page.goto("/signin")
    press(page, "Sign in with a passkey")

    expect(page.get_by_text("The code is wrong or has already been used.")).to_be_visible()


@pytest.mark.nightly
def test_staff_set_up_a_second_factor_before_they_enter_the_admin_site(
    page: Page, town: Town
) -> None:
    email = an_admin(town)
    page.goto("/admin/")
    assert heading(page) == "Sign in"
    fill(page, e_mail_address=email, password=PASSWORD)
    press(page, "Sign in")
    assert heading(page) == "Two-factor authentication"

    key = set_up_app(page)
    page.goto("/admin/accounts/user/")

    expect(page.get_by_role("heading", level=1, name="People")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/admin/")
    fill(page, e_mail_address=email, password=PASSWORD)
    press(page, "Sign in")
    fill(page, code=code_of(key, steps_from_now=1))
    press(page, "Sign in")
    expect(page).to_have_url(f"{town.url}/admin/")


@pytest.mark.nightly
def test_a_password_reset_does_not_bypass_the_second_factor(page: Page, town: Town) -> None:
    email = somebody_verified(page, town)
    set_up_app(page)
    sign_out(page)
    page.goto("/password/reset")
    fill(page, e_mail_address=email)
    press(page, "Send link")
    page.goto(town.links_for(email)[-1])
    fill(page, new_password="a short way back")
    press(page, "Set password")

    sign_in(page, email, "a short way back")

    assert heading(page) == "Two-factor authentication"
    assert PASSWORD != "a short way back"
