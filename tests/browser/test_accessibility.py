"""Findings of axe-core on pages of the site, with menu and details open."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.test_admin_frame import enter
from tests.browser.test_learning_admin import set_up_a_course
from tests.browser.test_looks import OF_ANYBODY, OF_STRANGERS
from tests.support.chromium import Town, in_a_browser_nightly, sign_in
from tests.support.javascript import script_of

pytestmark = in_a_browser_nightly

LOOKS: Final = ((1280, "light"), (390, "dark"))
OF_STAFF: Final = (
    "/admin/",
    "/admin/data/",
    "/admin/search/?q=anna",
    "/admin/accounts/user/",
    "/admin/accounts/signinrecord/",
    "/admin/accounts/oauthclient/",
    "/admin/accounts/organization/",
    "/admin/accounts/auditentry/",
    "/admin/courses/course/",
    "/admin/courses/course/new/",
    "/admin/credentials/credential/",
    "/admin/jobs/job/",
    "/admin/progress/courseprogress/courses/",
    "/admin/progress/assessmentattempt/queue/",
)
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
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of its literals
        page.goto(path)
        page.evaluate(axe)
        for finding in page.evaluate(FOUND):
            yield f"{path} {width} {scheme}: {finding}"


def test_public_and_account_pages_have_no_serious_finding(page: Page, town: Town, axe: str) -> None:
    serious = [finding for path in OF_STRANGERS.values() for finding in findings(page, axe, path)]

    sign_in(page, town.resident())
    for path in OF_ANYBODY.values():
        serious += findings(page, axe, path)

    assert serious == []


def test_admin_pages_have_no_serious_finding(page: Page, town: Town, axe: str) -> None:
    set_up_a_course(town, town.resident("bo"))
    enter(page, town)
    serious = [finding for path in OF_STAFF for finding in findings(page, axe, path)]

    assert serious == []
