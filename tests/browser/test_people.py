"""A person in the admin site, on desktop and phone: from their page to the end of a session, as the log has it."""

from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.test_second_factors import an_admin, set_up_app
from tests.support.chromium import (
    WIDTHS,
    Town,
    fill,
    heading,
    in_a_browser_nightly,
    photograph,
    press,
    sign_in,
)

pytestmark = in_a_browser_nightly

REASON: Final = "Shared computer in the library"


def test_a_session_of_a_person_is_ended_with_a_reason(page: Page, town: Town) -> None:
    anna = town.resident("anna")
    sign_in(page, anna)
    page.context.clear_cookies()
    sign_in(page, an_admin(town), at="/admin/")
    set_up_app(page)
    page.goto(f"/admin/accounts/user/?q={anna}")
    page.get_by_role("link", name=anna).click()
    assert heading(page) == "Anna"
    assert photograph(page, "person-overview") == WIDTHS

    page.get_by_role("link", name="Sign-in and sessions").click()
    assert photograph(page, "person-sessions") == WIDTHS
    page.get_by_role("link", name="End the session Chrome on").click()
    assert photograph(page, "person-end-session") == WIDTHS
    fill(page, reason=REASON)
    press(page, "End a session of Anna")

    message = f"Ended 1 session of Anna: Chrome on Linux. Reason: “{REASON}”"
    expect(page.get_by_text(message)).to_be_visible()
    page.get_by_role("link", name="Activity", exact=True).click()
    entry = page.get_by_role("listitem").filter(has_text="Sam Okafor ended a session of Anna")
    expect(entry).to_contain_text(REASON)
    assert photograph(page, "person-activity") == WIDTHS
