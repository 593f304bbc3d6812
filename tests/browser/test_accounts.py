"""Sign-up, sign-in, sign-out and password reset."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.application import PASSWORD
from tests.support.chromium import Town, fill, follow, heading, in_a_browser, press, sign_in

pytestmark = in_a_browser

NEW = "a short way back"


def test_a_user_signs_up_and_follows_the_link(page: Page, town: Town) -> None:
    page.goto("/signin?next=/account/email")
    follow(page, "Create an account")
    fill(page, name="Anna Ek", e_mail_address="anna.ek@school.example", password=PASSWORD)
    press(page, "Create account")
    assert heading(page) == "Check your inbox"

    (link,) = town.links_for("anna.ek@school.example")
    page.goto(link)
    press(page, "Verify address")

    expect(page).to_have_url(f"{town.url}/account/email")
    expect(page.get_by_text("anna.ek@school.example is verified.").first).to_be_visible()


@pytest.mark.nightly
def test_a_user_signs_in_and_out(page: Page, town: Town) -> None:
    sign_in(page, town.resident(), at="/signin?next=/account/email")
    expect(page).to_have_url(f"{town.url}/account/email")

    press(page, "Sign out", within="banner")

    assert heading(page) == "You are signed out"
    page.goto("/account")
    assert heading(page) == "Sign in"


def test_an_error_is_announced_and_links_to_its_field(page: Page) -> None:
    page.goto("/signup")
    fill(page, e_mail_address="bo@school.example", password="short")
    press(page, "Create account")

    alert = page.get_by_role("alert")
    assert "This password is too short." in alert.inner_text()
    alert.get_by_role("link", name="Password").click()
    field = page.get_by_label("Password")
    assert page.evaluate("document.activeElement.name || location.hash") in {
        "password1",
        "#id_password1",
    }
    assert field.get_attribute("aria-invalid") == "true"
    described = page.locator(f"#{(field.get_attribute('aria-describedby') or '').split()[-1]}")
    assert "too short" in described.inner_text()


@pytest.mark.nightly
def test_a_forgotten_password_is_reset_by_mail(page: Page, town: Town) -> None:
    email = town.resident()
    page.goto("/signin")
    follow(page, "Forgot your password?")
    fill(page, e_mail_address=email)
    press(page, "Send link")

    (link,) = town.links_for(email)
    page.goto(link)
    fill(page, new_password=NEW)
    press(page, "Set password")
    assert heading(page) == "Your password is set"

    sign_in(page, email, NEW)
    assert heading(page) == "Your account"
    page.goto(link)
    assert heading(page) == "This link does not work"


@pytest.mark.nightly
def test_the_address_of_an_account_is_changed(page: Page, town: Town) -> None:
    old, new = town.resident(), "moved@school.example"
    sign_in(page, old, at="/signin?next=/account/email")
    fill(page, new_e_mail_address=new)
    press(page, "Send link")

    (link,) = town.links_for(new)
    page.goto(link)
    press(page, "Change address")

    expect(page.get_by_text(f"{new}, verified")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, new)
    assert heading(page) == "Your account"


@pytest.mark.nightly
def test_everything_but_passkeys_works_without_scripts(
    page: Page, chromium: Browser, town: Town
) -> None:
    email = town.resident()
    context = chromium.new_context(base_url=town.url, java_script_enabled=False)
    plain = context.new_page()

    sign_in(plain, email)
    assert heading(plain) == "Your account"
    plain.goto("/account/password")
    fill(plain, current_password=PASSWORD, new_password=NEW)
    press(plain, "Change password")
    assert heading(plain) == "Your account"
    plain.goto("/signout")
    press(plain, "Sign out")
    assert heading(plain) == "You are signed out"
    sign_in(plain, email, NEW)
    assert heading(plain) == "Your account"
    context.close()


def test_sign_in_works_with_the_keyboard_alone(page: Page, town: Town) -> None:
    email = town.resident()
    page.goto("/signin")

    page.get_by_label("E-mail address").focus()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{town.url}/account")
