"""The frame of the admin site: navigation, search, lists and the dashboard, on desktop and phone."""

from playwright.sync_api import Page, expect

from authsvc.demo.samples import STAFF
from tests.browser.test_looks import faint_words
from tests.browser.test_second_factors import set_up_app
from tests.support.chromium import (
    WIDTHS,
    Town,
    heading,
    in_a_browser,
    photograph,
    press,
    sign_in,
)

pytestmark = in_a_browser

PAGES = {
    "admin-dashboard": "",
    "admin-people": "accounts/user/",
    "admin-new-person": "accounts/user/add/",
    "admin-courses": "courses/course/",
    "admin-empty-list": "accounts/invitation/",
    "admin-data": "data/",
    "admin-search": "search/?q=nobody",
}


def enter(page: Page, town: Town) -> None:
    """Sign in to the admin site as an administrator with a second factor."""
    sign_in(page, STAFF, town.school.password)
    set_up_app(page)


def test_staff_find_their_way_on_desktop_and_phone(page: Page, town: Town) -> None:
    email = town.resident("zelda")
    enter(page, town)

    for name, path in PAGES.items():
        page.goto(f"/admin/{path}")
        assert photograph(page, name) == WIDTHS, name
        assert page.get_by_role("heading", level=1).count() == 1, name
        assert list(faint_words(page)) == [], name

    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("navigation", name="Main").get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    page.get_by_label("Search people").fill(email)
    press(page, "Search", within="banner")
    assert email in page.get_by_role("main").inner_text()

    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Organizations").click()
    expect(page).to_have_url(f"{town.url}/admin/accounts/organization/")
    assert heading(page) == "Organizations"
