"""The public page of an issued credential, on desktop and phone."""

from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import FOUND, LOOKS
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
from tests.support.javascript import script_of

pytestmark = in_a_browser_nightly

EARNS: Final = """
from accounts.domain.access import OPERATOR
from authsvc.composition.container import services
from tests.support.builders import a_principal, some_terms
from tests.support.learning import Learner, a_course_beside_others
anna = services().users.users.find_by_email({email!r})
learner = Learner(services=services(), principal=a_principal(anna))
course = a_course_beside_others(services())
services().credentials.define(some_terms(course_id=course.id, tags=("Ropework",)), by=OPERATOR)
learner.passes(course)
"""
OFFERS: Final = """
from accounts.domain.access import OPERATOR
from authsvc.composition.container import services
from tests.support.builders import some_terms
from tests.support.claims import stored_claim
from tests.support.learning import a_course_beside_others
anna = services().users.users.find_by_email({email!r})
services().emails.verify(anna.id, email=anna.email)
course = a_course_beside_others(services())
offered = services().credentials.define(some_terms(course_id=course.id), by=OPERATOR)
stored_claim(services(), str(offered.id), email=anna.email, token="a-token")
"""
REVOKES: Final = """
from uuid import UUID
from accounts.domain.access import OPERATOR
from authsvc.composition.container import services
services().issuing.revoke(UUID({issued!r}), reason="Misspelt.", by=OPERATOR)
"""


def findings(page: Page, path: str) -> list[str]:
    """Serious and critical findings of axe-core, on desktop and phone."""
    serious: list[str] = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of its literals
        page.goto(path)
        page.evaluate(script_of("axe-core", "axe.min.js"))
        serious += page.evaluate(FOUND)
    return serious


def look_at_what_is_handed_out(page: Page, town: Town, path: str) -> None:
    """The page with the name of the holder, the certificate, and the transcript, which the verifier accepts."""
    # The browser may show the page of a minute ago.
    page.goto(f"{path}?again=1")
    assert photograph(page, "credential-named") == WIDTHS
    page.get_by_role("link", name="Certificate", exact=True).click()
    expect(page.get_by_text("This certifies that")).to_be_visible()
    assert photograph(page, "certificate") == WIDTHS
    assert findings(page, f"{path}/certificate") == []
    pdf = page.request.get(f"{town.url}{path}/certificate.pdf")
    assert pdf.body().startswith(b"%PDF")
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    transcript = page.request.get(f"{town.url}/account/transcript.json")
    assert transcript.json()["type"][1] == "ClrCredential"
    page.goto("/verify")
    page.get_by_text("Or paste the text").click()
    page.get_by_label("JSON or JWT").fill(transcript.text())
    press(page, "Verify")
    expect(page.get_by_role("heading", name="Credentials in this transcript")).to_be_visible()
    assert photograph(page, "verify-transcript") == WIDTHS


def test_a_holder_shows_their_name_and_a_stranger_verifies_the_credential(
    page: Page, town: Town
) -> None:
    anna = town.resident("anna")
    manage(town.school.environment, "shell", "-c", EARNS.format(email=anna))
    sign_in(page, anna)
    page.goto("/account/credentials")
    path = page.get_by_role("main").locator("h3 a").first.get_attribute("href")
    assert path is not None
    issued = path.rpartition("/")[2]
    path = f"/credentials/{issued}"

    page.goto(path)
    expect(page.get_by_role("status")).to_contain_text("Valid")
    expect(page.get_by_text("Name not shown")).to_be_visible()
    assert photograph(page, "credential-valid") == WIDTHS
    page.goto("/account/credentials")
    button = page.get_by_role("button", name="Show my name on the page of")
    button.click()
    expect(page.get_by_role("status")).to_contain_text("now shows your name")
    assert photograph(page, "own-credentials") == WIDTHS
    page.goto(path)
    press(page, "Verify again")
    expect(page.get_by_role("definition").first).to_have_text("Anna")
    assert findings(page, path) == []

    look_at_what_is_handed_out(page, town, path)

    manage(town.school.environment, "shell", "-c", REVOKES.format(issued=issued))
    page.goto(f"{path}?again=1")
    expect(page.get_by_role("status")).to_contain_text("Revoked: do not rely on this credential")
    assert heading(page) != "Credential"
    assert photograph(page, "credential-revoked") == WIDTHS
    assert findings(page, path) == []


def test_a_claim_is_offered_on_a_page_for_everybody(page: Page, town: Town) -> None:
    anna = town.resident("anna")
    manage(town.school.environment, "shell", "-c", OFFERS.format(email=anna))
    sign_in(page, anna)

    page.goto("/account/claims/a-token")
    expect(page.get_by_role("button", name="Claim")).to_be_visible()
    assert photograph(page, "claim") == WIDTHS
    assert findings(page, "/account/claims/a-token") == []


def test_an_unknown_credential_says_what_to_do(page: Page, town: Town) -> None:
    answer = page.request.get(f"{town.url}/credentials/none", headers={"Accept": "text/html"})

    assert answer.status == 404
    assert "Check it for typing mistakes" in answer.text()
