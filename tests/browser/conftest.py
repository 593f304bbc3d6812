"""Fixtures: the server of the tests of clients, too, and a new browser context for each test.

The server outlives the package, because in random order tests of others come between; Playwright's event loop does not.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.support.chromium import CHROMIUM, Town
from tests.support.school import School

PATIENCE_MS: Final = 60_000


@pytest.fixture(scope="session")
def town(provider: School) -> Town:
    return Town(provider, Path(provider.environment["DATA_DIR"]) / "mail")


@pytest.fixture(scope="package")
def chromium(town: Town) -> Iterator[Browser]:
    """After the server, because Django refuses to make its database beside Playwright's event loop."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )


@pytest.fixture
def page(town: Town, chromium: Browser) -> Iterator[Page]:
    """An empty page that must end without console errors, policy violations or missing files."""
    context = chromium.new_context(base_url=town.url)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    window, errors = context.new_page(), list[str]()
    window.on("pageerror", lambda error: errors.append(str(error)))
    window.on("console", lambda message: errors.extend(_errors_in(message)))
    yield window
    context.close()
    assert errors == []


def _errors_in(message: ConsoleMessage) -> list[str]:
    return [f"{message.location['url']}: {message.text}"] if message.type == "error" else []
