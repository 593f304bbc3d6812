"""Invitations to an organization, from the mail to membership."""

from typing import Final
from uuid import uuid4

from playwright.sync_api import Page, expect

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


def test_an_invited_user_reads_the_invitation_then_signs_in_and_joins(
    page: Page, town: Town
) -> None:
    email = town.resident()
    page.goto(invited(town, email))
    assert heading(page) == "Join School of Knots as an instructor"
    look(page, "invitation")
    follow(page, "Sign in to accept")
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    fill(page, password=PASSWORD)
    press(page, "Sign in")
    look(page, "invitation-signed-in")

    press(page, "Join School of Knots")

    expect(page).to_have_url(f"{town.url}/account")
    expect(page.get_by_role("status")).to_have_text("You joined School of Knots.")
    look(page, "joined")


def test_an_invited_person_signs_up_and_joins(page: Page, town: Town) -> None:
    email = "cleo.new@school.example"
    page.goto(invited(town, email))
    follow(page, "Create an account")
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    fill(page, name="Cleo", password=PASSWORD)
    press(page, "Create account")
    page.goto(town.links_for(email)[-1])
    press(page, "Verify address")

    press(page, "Join School of Knots")

    expect(page.get_by_text("You joined School of Knots.")).to_be_visible()


def test_whoever_opens_the_link_can_decline(page: Page, town: Town) -> None:
    page.goto(invited(town, town.resident()))

    press(page, "decline the invitation")

    assert heading(page) == "Invitation declined"
    look(page, "invitation-declined")


def test_somebody_else_can_sign_out_to_use_the_link(page: Page, town: Town) -> None:
    cleo = town.resident("cleo")
    link = invited(town, cleo)
    sign_in(page, town.resident())
    page.goto(link)
    look(page, "invitation-for-another")

    press(page, f"Sign out and use {cleo}")

    expect(page).to_have_url(f"{town.url}{link}")
    expect(page.get_by_role("link", name="Sign in to accept")).to_be_visible()
