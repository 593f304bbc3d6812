"""Layout and contrast of every page, on desktop and phone, light and dark; SUITE=full photographs them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.test_second_factors import set_up_app, somebody_verified
from tests.support.application import PASSWORD
from tests.support.chromium import (
    WIDTHS,
    Key,
    Town,
    fill,
    follow,
    in_a_browser_nightly,
    photograph,
    press,
    sign_in,
)

pytestmark = in_a_browser_nightly

OF_STRANGERS = {
    "front": "/",
    "verify": "/verify",
    "problem-types": "/problems",
    "problem-type": "/problems/already-enrolled",
    "sign-in": "/signin",
    "sign-up": "/signup",
    "mail-sent": "/email/sent",
    "wrong-link": "/email/verify/none",
    "wrong-move": "/email/move/none",
    "forgotten-password": "/password/reset",
    "reset-sent": "/password/reset/sent",
    "reset-done": "/password/reset/done",
    "wrong-reset": f"/password/reset/{'0' * 32}-none",
    "signed-out": "/signout/done",
    "inactive": "/signin/inactive",
}
OF_ANYBODY = {
    "account": "/account",
    "password": "/account/password",
    "address": "/account/email",
    "sign-out": "/signout",
    "second-factor": "/account/second-factor",
    "again": "/account/again",
    "end-other-sessions": "/account/sessions/end-others",
    "sessions": "/account/sessions",
    "courses": "/account/courses",
    "credentials": "/account/credentials",
    "organizations": "/account/organizations",
    "sign-in-settings": "/account/sign-in",
    "profile": "/account/profile",
}
OF_CAREFUL_PEOPLE = {
    "second-factor-on": "/account/second-factor",
    "remove-app": "/account/app/remove",
    "recovery-codes-seen": "/account/recovery-codes",
    "new-recovery-codes": "/account/recovery-codes/new",
    "add-passkey": "/account/passkeys",
    "again-by-code": "/account/again/code",
}


def look(page: Page, name: str) -> None:
    """Check that nothing overflows and that the page is accessible."""
    assert photograph(page, name) == WIDTHS
    assert page.title().endswith(" · authsvc")
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("main").count() == 1
    for field in page.locator("input:not([type=hidden])").all():
        assert page.locator(f"label[for={field.get_attribute('id')}]").count() == 1
    assert list(faint_words(page)) == []


def faint_words(page: Page) -> Iterator[str]:
    """Texts with less contrast than WCAG 2.2 requires (1.4.3)."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        yield from page.evaluate(CONTRAST)


CONTRAST = """() => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        const colour = getComputedStyle(element).backgroundColor;
        return element.parentElement && colour.endsWith(", 0)") ? ground(element.parentElement) : colour;
    };
    return [...document.querySelectorAll("body *")]
        .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .filter((element) => element.checkVisibility())
        .filter((element) => {
            const [one, other] = [getComputedStyle(element).color, ground(element)].map(light);
            return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5;
        })
        .map((element) => element.textContent.trim());
}"""


@pytest.mark.parametrize("name", OF_STRANGERS)
def test_public_pages(page: Page, name: str) -> None:
    page.goto(OF_STRANGERS[name])

    look(page, name)


def test_pages_for_a_signed_in_user(page: Page, town: Town) -> None:
    sign_in(page, town.resident())

    for name, path in OF_ANYBODY.items():
        page.goto(path)
        look(page, name)


def test_pages_for_a_user_with_a_second_factor(page: Page, town: Town) -> None:
    key = Key(page)
    email = somebody_verified(page, town)
    page.goto("/account/app")
    look(page, "set-up-app")
    set_up_app(page)
    look(page, "recovery-codes")
    page.goto("/account/passkeys")
    fill(page, name_of_the_passkey="Phone")
    press(page, "Add passkey")
    page.wait_for_url("**/account/second-factor")

    for name, path in OF_CAREFUL_PEOPLE.items():
        page.goto(path)
        look(page, name)
    page.goto("/account/second-factor")
    follow(page, "Remove Phone")
    look(page, "remove-passkey")
    page.goto("/account/again/passkey")
    look(page, "again-by-passkey")
    page.context.clear_cookies()
    key.is_touched(at_once=False)
    sign_in(page, email)
    look(page, "second-factor-asked")


def test_forms_with_errors(page: Page) -> None:
    sign_in(page, "nobody@school.example")
    look(page, "sign-in-refused")

    page.goto("/signup")
    fill(page, e_mail_address="nobody@school", password=PASSWORD[:3])
    page.locator("form").first.evaluate("form => form.noValidate = true")
    press(page, "Create account")
    look(page, "sign-up-refused")


def test_mailed_links(page: Page, town: Town) -> None:
    email = town.resident()
    page.goto("/password/reset")
    fill(page, e_mail_address=email)
    press(page, "Send link")
    page.goto(town.links_for(email)[-1])
    look(page, "new-password")

    sign_in(page, email, at="/signin?next=/account/email")
    press(page, "Send verification link")
    page.goto(town.links_for(email)[-1])
    look(page, "verify-address")
    page.goto("/account/email")
    fill(page, new_e_mail_address="another@school.example")
    press(page, "Send link")
    page.goto(town.links_for("another@school.example")[-1])
    look(page, "move-address")
