"""A walk through every page of the site: accessible, complete, and served by this host alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

from tests.browser.test_accessibility import LOOKS, dress, findings_on
from tests.browser.test_second_factors import an_admin, set_up_app
from tests.support.chromium import Town, in_a_browser_nightly, sign_in
from tests.support.commands import manage
from tests.support.javascript import script_of

pytestmark = in_a_browser_nightly

PREPARE: Final = "from tests.support.site_map import prepare; prepare({email!r})"
TABS: Final = """() => [...document.querySelectorAll('a[href*="tab="]')]
    .map((link) => new URL(link.href))
    .filter((url) => url.pathname === location.pathname)
    .map((url) => url.pathname + url.search)"""
IS_COMPLETE: Final = """() => !document.querySelector("#swagger-ui")
    || document.querySelector("#swagger-ui .opblock")"""
SIGNED_OUT: Final = ("front", "verify", "issued_page", "account_login", "account_signup", "docs")
ON_A_PHONE: Final = (
    *("front", "issued_page", "account", "account_sessions", "account_invitation", "item"),
    *(
        "admin:index",
        "admin:accounts_user_changelist",
        "admin:accounts_user_change",
        "admin:ai_usage",
    ),
)


def test_every_page_is_accessible_and_complete(page: Page, town: Town) -> None:
    email = an_admin(town)
    environment = town.school.environment | {"STAFF_SECOND_FACTOR": "off"}
    printed = manage(environment, "shell", "-c", PREPARE.format(email=email))
    paths = json.loads(printed.splitlines()[-1])
    walk = Walk(page, script_of("axe-core", "axe.min.js"))
    page.on("request", lambda request: walk.note(request, town.url))

    walk.through([paths[name] for name in SIGNED_OUT])
    sign_in(page, email)
    set_up_app(page)
    # The pages of the account come first: some need a recent sign-in.
    walk.through(sorted(paths.values(), key=lambda path: path.startswith("/admin/")))
    dress(page, *LOOKS[1])
    walk.through([paths[name] for name in ON_A_PHONE])

    assert walk.problems == []


@dataclass(frozen=True)
class Walk:
    """A walk through pages, and what was wrong on the way."""

    page: Page
    axe: str
    problems: list[str] = field(default_factory=list)

    def through(self, paths: Sequence[str]) -> None:
        """Open each page, and each tab of it."""
        waiting, done = list(paths), set[str]()
        while waiting:
            path = waiting.pop(0)
            if path not in done:
                done.add(path)
                waiting += self._open(path)

    def note(self, request: Request, site: str) -> None:
        """Take down a request to another host."""
        is_ours = urlsplit(request.url).netloc == urlsplit(site).netloc
        if not is_ours and urlsplit(request.url).scheme != "data":
            self.problems.append(f"{self.page.url} requests {request.url}")

    def _open(self, path: str) -> list[str]:
        """The paths of the tabs of the page."""
        answer = self.page.goto(path)
        if answer is None or answer.status != HTTPStatus.OK:
            self.problems.append(f"{path} answers {answer and answer.status}")
            return []
        self.page.wait_for_function(IS_COMPLETE)
        findings = findings_on(self.page, self.axe)
        self.problems.extend(f"{path}: {finding}" for finding in findings)
        tabs: list[str] = self.page.evaluate(TABS)
        return tabs
