"""A stranger verifies badges on the public page, at desktop and phone widths."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from credentials.openbadges.baking import baked
from credentials.pages import verify
from tests.browser.test_accessibility import FOUND
from tests.browser.test_looks import look
from tests.credentials.openbadges.awards import AWARD
from tests.credentials.openbadges.images import png
from tests.credentials.verifying import FOREIGN, signed
from tests.support.chromium import in_a_browser_nightly, press
from tests.support.javascript import script_of

pytestmark = in_a_browser_nightly

BADGES: Final = {
    "valid": (signed(), "Valid"),
    "unchecked": (
        signed(replace(FOREIGN, status=AWARD.status)),
        "Authentic, but not checked for revocation",
    ),
    "forged": (signed().replace("Anna's work", "Bo's work"), "Not valid"),
}


def require_accessible(page: Page) -> None:
    page.evaluate(script_of("axe-core", "axe.min.js"))
    assert page.evaluate(FOUND) == []


@pytest.mark.parametrize("name", BADGES)
def test_the_result_of_an_upload_has_the_focus(page: Page, tmp_path: Path, name: str) -> None:
    badge, verdict = BADGES[name]
    image = tmp_path / "badge.png"
    image.write_bytes(baked(png(), badge))
    page.goto("/")
    page.get_by_role("link", name="Upload a file instead").click()
    page.get_by_label("File").set_input_files(image)

    press(page, "Verify")

    status = page.get_by_role("status")
    expect(status).to_contain_text(verdict)
    expect(status).to_be_focused()
    require_accessible(page)
    look(page, f"verify-{name}")


def test_errors_are_at_the_field(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Verify a credential").fill("https://other.example/badges/1")

    press(page, "Verify")

    expect(page.get_by_role("alert")).to_contain_text(verify.OTHER_HOST)
    expect(page.get_by_label("Or its address")).to_have_accessible_description(
        f"{verify.VerifyForm().fields['address'].help_text} {verify.OTHER_HOST}"
    )
    require_accessible(page)
    look(page, "verify-error")
