"""A person's walk through their account, on desktop and phone."""

from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import (
    WIDTHS,
    Town,
    heading,
    in_a_browser_nightly,
    photograph,
    press,
    sign_in,
)
from tests.support.commands import manage

pytestmark = in_a_browser_nightly

LEARNS = """
from accounts.domain.access import OPERATOR
from authsvc.composition.container import services
from tests.support.builders import a_principal, some_terms
from tests.support.learning import Learner, a_course_beside_others, items_of
anna = services().users.users.find_by_email({email!r})
services().emails.verify(anna.id, email=anna.email)
learner = Learner(services=services(), principal=a_principal(anna))
passed, begun = a_course_beside_others(services()), a_course_beside_others(services())
services().credentials.define(some_terms(course_id=passed.id), by=OPERATOR)
learner.passes(passed)
learner.enrols(begun)
learner.completes(begun, items_of(services(), begun)[0])
services().organizations.create(name="School of Knots", slug="k-" + str(anna.id)[:8], owner_id=anna.id, by=OPERATOR)
"""


def test_the_account_from_the_overview_to_the_end_of_other_sessions(
    page: Page, town: Town, chromium: Browser
) -> None:
    anna = town.resident("anna")
    manage(town.school.environment, "shell", "-c", LEARNS.format(email=anna))
    elsewhere = chromium.new_context(base_url=town.url)
    sign_in(elsewhere.new_page(), anna)
    elsewhere.close()
    sign_in(page, anna)
    assert photograph(page, "account-overview") == WIDTHS
    expect(page.get_by_text("1 of 3 items")).to_be_visible()
    expect(page.get_by_role("region", name="My organizations")).to_contain_text("an owner")

    tabs = page.get_by_role("navigation", name="Account")
    for tab in ("Courses", "Credentials", "Organizations", "Profile", "Sign-in"):
        tabs.get_by_role("link", name=tab, exact=True).click()
        assert photograph(page, f"account-{tab.lower()}") == WIDTHS
    tabs.get_by_role("link", name="Credentials", exact=True).click()
    page.get_by_role("button", name="Add to a wallet").click()
    expect(page.get_by_role("img", name="QR code of the offer")).to_be_visible()
    page.get_by_text("Show the PIN").click()
    assert photograph(page, "account-wallet") == WIDTHS
    tabs.get_by_role("link", name="Devices and apps").click()
    expect(page.get_by_text("Ends 1 browser session")).to_be_visible()
    assert photograph(page, "account-devices") == WIDTHS
    page.get_by_role("link", name="End all other sessions").click()
    press(page, "End all other sessions")

    assert heading(page) == "Devices and apps"
    expect(page.get_by_role("status")).to_contain_text("Ended 1 browser session")
    expect(page.get_by_text("This browser", exact=True)).to_be_visible()
