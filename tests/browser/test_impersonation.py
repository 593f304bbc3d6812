"""Signing in as a person, on desktop and phone: from their page, below a bar, and back to the log."""

from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.test_second_factors import an_admin, set_up_app
from tests.support.chromium import (
    WIDTHS,
    Town,
    fill,
    in_a_browser_nightly,
    photograph,
    press,
    sign_in,
)

pytestmark = in_a_browser_nightly

REASON: Final = "They cannot find their certificate."


def test_staff_see_the_pages_of_a_person_and_nothing_more(page: Page, town: Town) -> None:
    anna = town.resident("anna")
    sign_in(page, an_admin(town), at="/admin/")
    set_up_app(page)
    page.goto(f"/admin/accounts/user/?q={anna}")
    page.get_by_role("link", name=anna).click()
    page.get_by_role("link", name="Sign in as Anna").click()
    assert photograph(page, "sign-in-as") == WIDTHS
    fill(page, reason=REASON)
    press(page, "Sign in as Anna")

    bar = page.get_by_role("complementary", name="Signed in as someone else")
    expect(bar).to_contain_text("Sam Okafor, you are signed in as Anna until")
    expect(page.get_by_text(anna).first).to_be_visible()
    assert photograph(page, "signed-in-as") == WIDTHS
    page.get_by_role("link", name="Devices and apps").click()
    expect(bar).to_be_visible()

    bar.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("You are no longer signed in as Anna.")).to_be_visible()
    page.get_by_role("link", name="Activity", exact=True).click()
    entry = page.get_by_role("listitem").filter(has_text="Sam Okafor signed in as Anna")
    expect(entry.first).to_contain_text(REASON)
