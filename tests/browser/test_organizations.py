"""Invitations to an organization, from the mail to membership."""

from typing import Final
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from authsvc.demo.samples import STAFF
from tests.browser.test_looks import look
from tests.support.application import PASSWORD
from tests.support.chromium import Town, fill, follow, heading, in_a_browser_nightly, press, sign_in
from tests.support.commands import manage

pytestmark = in_a_browser_nightly

INVITE: Final = """
from accounts.domain.access import OPERATOR, OrgRole
from authsvc.composition.container import services
owner = services().users.find({owner!r}, by=OPERATOR)
invited = services().repositories.users.find_by_email({email!r})
if invited is not None:
    services().emails.verify(invited.id, email={email!r})
knots = services().organizations.create(name={name!r}, slug={slug!r}, owner_id=owner.id, by=OPERATOR)
services().invitations.invite(knots.id, email={email!r}, role=OrgRole.INSTRUCTOR, by=OPERATOR)
"""


def invited(town: Town, email: str) -> str:
    """The path of the link in an invitation to teach at the School of Knots."""
    slug = f"knots-{uuid4().hex[:8]}"
    script = INVITE.format(owner=STAFF, name="School of Knots", slug=slug, email=email)
    manage(town.school.environment, "shell", "-c", script)
    return town.links_for(email)[-1]


def test_an_invited_user_signs_in_and_joins(page: Page, town: Town) -> None:
    email = town.resident()
    sign_in(page, email, at=invited(town, email))
    assert heading(page) == "Join School of Knots as instructor?"
    look(page, "invitation")

    press(page, "Join")

    expect(page).to_have_url(f"{town.url}/account")
    expect(page.get_by_role("status")).to_have_text("You joined School of Knots.")
    look(page, "joined")


def test_an_invited_person_signs_up_and_joins(page: Page, town: Town) -> None:
    email = "cleo.new@school.example"
    page.goto(invited(town, email))
    follow(page, "Create an account")
    fill(page, name="Cleo", e_mail_address=email, password=PASSWORD)
    press(page, "Create account")
    page.goto(town.links_for(email)[-1])
    press(page, "Verify address")

    press(page, "Join")

    expect(page.get_by_text("You joined School of Knots.")).to_be_visible()


def test_declining_leads_to_the_account_page(page: Page, town: Town) -> None:
    email = town.resident()
    sign_in(page, email, at=invited(town, email))

    follow(page, "Cancel")

    assert heading(page) == "Your account"


def test_a_link_for_another_user_shows_an_error(town: Town, chromium: Browser) -> None:
    page, link = chromium.new_page(base_url=town.url), invited(town, town.resident("cleo"))
    sign_in(page, town.resident())

    page.goto(link)

    assert heading(page) == "This link does not work"
    look(page, "invitation-refused")
    page.context.close()
