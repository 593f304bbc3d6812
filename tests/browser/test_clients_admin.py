"""Clients and organizations in the admin site, on desktop and phone, from the list to what the log has."""

from typing import Final
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.test_looks import faint_words
from tests.browser.test_second_factors import an_admin, set_up_app
from tests.support.chromium import (
    WIDTHS,
    Town,
    fill,
    follow,
    heading,
    in_a_browser_nightly,
    photograph,
    press,
    sign_in,
)

pytestmark = in_a_browser_nightly

REASON: Final = "The contract ended"


def look(page: Page, name: str) -> None:
    assert photograph(page, name) == WIDTHS, name
    assert page.get_by_role("heading", level=1).count() == 1, name
    assert list(faint_words(page)) == [], name


def enter(page: Page, town: Town) -> None:
    """Sign in as a new admin with a second factor."""
    sign_in(page, an_admin(town), at="/admin/")
    set_up_app(page)
    page.emulate_media(reduced_motion="reduce")  # or colours are measured while they change


def made_client(page: Page) -> str:
    """Register Campus library, and return its secret after it has been copied."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/admin/accounts/oauthclient/add/")
    look(page, "client-new")
    page.locator("#id_name").fill("Campus library")
    page.locator("#id_redirect_uris").fill("https://library.example/cb")
    press(page, "Register the client")
    secret = page.locator("#secret").inner_text()
    look(page, "client-secret")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    follow(page, "To the client")
    return secret


def test_a_client_is_created_and_its_secret_rotated_with_an_overlap(page: Page, town: Town) -> None:
    enter(page, town)
    first = made_client(page)
    assert heading(page) == "Campus library"
    look(page, "client-overview")

    follow(page, "Rotate the secret")
    look(page, "client-rotate")
    page.get_by_label("In 1 day").check()
    fill(page, reason="Yearly rotation")
    press(page, "Rotate the secret of Campus library")
    second = page.locator("#secret").inner_text()
    assert second != first
    page.reload()
    expect(page.get_by_text("It was shown once, at")).to_be_visible()
    assert page.locator("#secret").count() == 0
    look(page, "client-secret-shown")
    follow(page, "To the client")

    follow(page, "Secrets")
    expect(page.get_by_role("row").filter(has_text="Current")).to_contain_text(second[-4:])
    expect(page.get_by_role("row").filter(has_text="Former")).to_be_visible()
    look(page, "client-secrets")
    page.get_by_role("link", name="Activity", exact=True).click()
    entry = page.get_by_role("listitem").filter(has_text="Sam Okafor rotated the secret")
    expect(entry).to_contain_text("Yearly rotation")
    look(page, "client-activity")


def made_organization(page: Page) -> str:
    """Create Harbour Academy, and return the address of its invited owner."""
    slug, owner = f"harbour-{uuid4().hex[:8]}", f"olga-{uuid4().hex[:8]}@school.example"
    page.goto("/admin/accounts/organization/add/")
    page.locator("#id_name").fill("Harbour Academy")
    page.locator("#id_slug").fill(slug)
    page.locator("#id_owner").fill(owner)
    look(page, "organization-new")
    press(page, "Create the organization")
    expect(page.get_by_text(f"invited {owner} to be its owner")).to_be_visible()
    look(page, "organization-overview")
    return owner


def test_an_organization_is_created_suspended_and_reopened(page: Page, town: Town) -> None:
    enter(page, town)
    owner = made_organization(page)

    follow(page, "Invite someone")
    fill(page, e_mail_address="cleo@school.example")
    look(page, "organization-invite")
    press(page, "Invite someone to Harbour Academy")
    expect(page.get_by_role("row").filter(has_text="cleo@school.example")).to_be_visible()
    look(page, "organization-invitations")
    for tab in ("Settings", "Members", "What its admins see"):
        page.get_by_role("navigation", name="Harbour Academy").get_by_role(
            "link", name=tab, exact=True
        ).click()
        look(page, f"organization-{tab.split()[-1].lower()}")

    follow(page, "Overview")
    follow(page, "Suspend Harbour Academy")
    look(page, "organization-suspend")
    fill(page, reason=REASON)
    press(page, "Suspend Harbour Academy")
    bar = page.get_by_text("Harbour Academy is suspended")
    expect(bar).to_be_visible()
    look(page, "organization-suspended")
    page.get_by_role("link", name="Reopen", exact=True).click()
    fill(page, reason="They signed again")
    press(page, "Reopen Harbour Academy")

    expect(bar).to_have_count(0)
    page.get_by_role("link", name="Activity", exact=True).click()
    entries = page.get_by_role("listitem").filter(has_text="Sam Okafor suspended the organization")
    expect(entries).to_contain_text(REASON)
    assert town.letters_for(owner)
