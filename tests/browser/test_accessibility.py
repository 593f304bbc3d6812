"""Findings of axe-core on pages, with menu and details open."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.test_second_factors import an_admin, set_up_app
from tests.support.chromium import Town, in_a_browser_nightly, sign_in
from tests.support.javascript import script_of

pytestmark = in_a_browser_nightly

LOOKS: Final = ((1280, "light"), (390, "dark"))
A_FEW: Final = ("/account", "/admin/")
FOUND: Final = """async () => {
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
    const { violations } = await axe.run(document, { preload: false, resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes }) => `${id}: ${nodes.length} at ${nodes[0].target}: ${nodes[0].html}`);
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    return script_of("axe-core", "axe.min.js")


def findings(page: Page, axe: str, path: str) -> Iterator[str]:
    """The serious and critical findings on the page at this path, on desktop and phone."""
    for width, scheme in LOOKS:
        dress(page, width, scheme)
        page.goto(path)
        yield from (f"{path} {width} {scheme}: {finding}" for finding in findings_on(page, axe))


def dress(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of its literals


def findings_on(page: Page, axe: str) -> list[str]:
    """The serious and critical findings on the page as it is shown."""
    page.evaluate(axe)
    findings: list[str] = page.evaluate(FOUND)
    return findings


def test_a_few_pages_have_no_serious_finding(page: Page, town: Town, axe: str) -> None:
    """A daily sample; `test_every_page` walks through the rest."""
    serious = list(findings(page, axe, "/signin"))
    sign_in(page, an_admin(town))
    set_up_app(page)
    serious += [finding for path in A_FEW for finding in findings(page, axe, path)]

    assert serious == []
