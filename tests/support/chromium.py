"""A real browser (Chromium) in front of a real server."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from authsvc.config.variables import ROOT
from tests.support.application import PASSWORD
from tests.support.jobs import wait_for_mail
from tests.support.school import School
from tests.support.wire import WireCaller

CHROMIUM: Final = shutil.which("chromium") or shutil.which("google-chrome")
SCREENSHOTS: Final = ROOT / "var" / "screenshots"
WIDTHS: Final = {"desktop": 1280, "phone": 390}
each_width = pytest.mark.parametrize(
    "width", [WIDTHS["desktop"], pytest.param(WIDTHS["phone"], marks=pytest.mark.nightly)]
)

in_a_browser: Final = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium"),
]
in_a_browser_nightly: Final = [*in_a_browser, pytest.mark.nightly]
"""For journeys through pages that are tested over HTTP in every run."""


@dataclass(frozen=True)
class Town:
    """A school, and the folder with its mails."""

    school: School
    mail: Path

    @property
    def url(self) -> str:
        """By host name, because a passkey is bound to a name and not to an IP address."""
        return f"http://localhost:{self.school.server.port}"

    def resident(self, name: str = "anna") -> str:
        """The e-mail address of a new user with PASSWORD."""
        email = f"{name}-{uuid4().hex[:8]}@school.example"
        body = {"email": email, "password": PASSWORD, "name": name.title()}
        answer = WireCaller(self.school.server.port).post("/v1/auth/register", body)
        assert answer.status == 201, answer.text
        return email

    def letters_for(self, email: str) -> list[str]:
        """The mails to this e-mail address, oldest first, once the worker has sent all that is queued."""
        wait_for_mail(self.school.environment["DATABASE_URL"])
        files = sorted(self.mail.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
        return [path.read_text() for path in files if f"To: {email}" in path.read_text()]

    def links_for(self, email: str) -> list[str]:
        """The paths of the links mailed to this e-mail address, oldest first."""
        letters = self.letters_for(email)
        links = [link for letter in letters for link in re.findall(r"http://\S+/\S+", letter)]
        return [urlsplit(link).path for link in links]


def fill(page: Page, **fields: str) -> None:
    """Type into the fields of a form, each found by its label, in which underscores stand for spaces."""
    for label, text in fields.items():
        page.get_by_label(re.compile(f"^{label.replace('_', '.')}$", re.IGNORECASE)).fill(text)


def press(page: Page, button: str, *, within: Literal["banner", "main"] = "main") -> None:
    """Press a button that leads to another page, and wait for that page.

    Whoever goes elsewhere before the answer has come abandons the request, and with it the answer's cookies.
    """
    with page.expect_navigation():
        page.get_by_role(within).get_by_role("button", name=button, exact=True).click()


def follow(page: Page, link: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=link).click()


def sign_in(page: Page, email: str, password: str = PASSWORD, *, at: str = "/signin") -> None:
    page.goto(at)
    fill(page, e_mail_address=email, password=password)
    press(page, "Sign in")


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def photograph(page: Page, name: str) -> dict[str, int]:
    """Return the width of the page on desktop and phone; the full suite saves screenshots of both, light and dark."""
    widths = {}
    page.emulate_media(reduced_motion="reduce")  # or colours are photographed while they change
    for device, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        if os.environ.get("SUITE") == "full":
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                path = SCREENSHOTS / f"{name}-{device}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
        widths[device] = page.evaluate("document.documentElement.scrollWidth")
    return widths


class Key:
    """A virtual authenticator that requires a user gesture."""

    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        kind = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        device = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
        self._id = device["authenticatorId"]

    def is_touched(self, *, at_once: bool) -> None:
        """Whether the user touches it, and so confirms every request."""
        self._devtools.send(
            "WebAuthn.setAutomaticPresenceSimulation",
            {"authenticatorId": self._id, "enabled": at_once},
        )
