"""The commands of pages with curl run and print what is shown."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.docs.shell import blocks_printed_by
from tests.support.documents import ROOT, commands_in, page
from tests.support.server import running_server

PAGES: Final = ("docs/organizations.md",)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home directory in which curl redirects port 8000 to a test server."""
    assert shutil.which("curl"), "These pages are followed with curl; install it."
    environment = {"DATABASE_URL": "", "EMAIL_URL": f"file://{tmp_path}/mail"}
    with running_server(environment) as server:
        rule = f"connect-to = localhost:8000:127.0.0.1:{server.port}\n"
        (tmp_path / ".curlrc").write_text(rule)
        yield tmp_path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_prints_what_it_shows(home: Path, path: str) -> None:
    commands, shown = zip(*commands_in(page(path)), strict=True)

    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "MAIL": str(home / "mail")}
    printed = blocks_printed_by(commands, environment, folder=home)

    assert len(printed) > 10
    assert printed == list(shown)


def test_the_tutor_answers_as_its_page_shows(home: Path) -> None:
    commands, shown = zip(*commands_in(page("docs/tutor.md")), strict=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}

    printed = blocks_printed_by(commands, environment, folder=home)

    assert len(printed) == 5
    assert printed == list(shown)


def test_a_stranger_verifies_a_badge_as_its_page_shows(home: Path) -> None:
    commands, shown = zip(*commands_in(page("docs/verifying-badges.md")), strict=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)}

    printed = blocks_printed_by(commands, environment, folder=home)

    assert len(printed) == 3
    assert printed == list(shown)


@pytest.mark.nightly
def test_the_quickstart_can_be_repeated(home: Path) -> None:
    commands, shown = zip(*commands_in(page("docs/quickstart.md")), strict=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}

    for _ in range(2):
        assert blocks_printed_by(commands, environment, folder=home) == list(shown)
