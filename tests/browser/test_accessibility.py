"""Findings of axe-core on the pages of the site and on all that the admin site links to, with menu and details open."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.test_admin_frame import enter
from tests.browser.test_learning_admin import set_up_a_course
from tests.browser.test_looks import OF_ANYBODY, OF_STRANGERS
from tests.support.chromium import Town, in_a_browser, sign_in
from tests.support.javascript import script_of

pytestmark = [*in_a_browser, pytest.mark.nightly]

LOOKS: Final = ((1280, "light"), (390, "dark"))
START: Final = (
    "/admin/",
    "/admin/accounts/user/",
    "/admin/progress/assessmentattempt/queue/",
)
MOST_PAGES: Final = 200
FOUND: Final = """async () => {
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
    const { violations } = await axe.run(document, { preload: false, resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes }) => `${id}: ${nodes.length} at ${nodes[0].target}: ${nodes[0].html}`);
}"""
LINKS: Final = """() => [...document.querySelectorAll("main a[href], nav a[href]")]
    .filter((link) => !link.download).map((link) => link.href)"""
_IDS: Final = re.compile(r"[0-9a-f-]{36}|/\d+/")


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


def paths_linked_on(page: Page, url: str) -> Iterator[str]:
    """The paths of admin pages that this page links to, without files."""
    for link in page.evaluate(LINKS):
        path = link.removeprefix(url)
        if path.startswith("/admin/") and not re.search(
            r"csv|xlsx|logout|definition/|result/", path
        ):
            yield path.partition("#")[0]


def kind_of(path: str) -> str:
    """What pages have in common that differ only in ids, filters or the order of a list."""
    base, _, query = path.partition("?")
    tab = re.search(r"tab=\w+", query)
    return _IDS.sub("/*/", base) + (tab[0] if tab else "")


def test_public_and_account_pages_have_no_serious_finding(page: Page, town: Town, axe: str) -> None:
    serious = [finding for path in OF_STRANGERS.values() for finding in findings(page, axe, path)]

    sign_in(page, town.resident())
    for path in OF_ANYBODY.values():
        serious += findings(page, axe, path)

    assert serious == []


def test_admin_pages_have_no_serious_finding(page: Page, town: Town, axe: str) -> None:
    set_up_a_course(town, town.resident("bo"))
    enter(page, town)
    waiting, kinds, serious = list(START), set[str](), list[str]()

    while waiting and len(kinds) < MOST_PAGES:
        path = waiting.pop(0)
        if kind_of(path) in kinds:
            continue
        kinds.add(kind_of(path))
        serious += findings(page, axe, path)
        waiting += paths_linked_on(page, town.url)

    assert serious == []
