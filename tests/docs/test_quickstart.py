"""The commands of pages with curl run and print what is shown."""

import os
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.docs.shell import blocks_printed_by
from tests.support.documents import ROOT, commands_in, page
from tests.support.memory_mode import MemoryMode
from tests.support.server import running_server

PAGES: Final = {
    "docs/organizations.md": 19,
    "docs/tutor.md": 5,
    "docs/verifying-badges.md": 3,
}
"""The pages, and how many blocks of commands they have."""
PYTHON: Final = Path(sys.executable).parent
"""The folder of the Python that commands run: what `python3` is elsewhere may take many times as long to start."""


def printed_at(path: str, home: Path, *, port: int, mail: Path) -> list[str]:
    """What the commands of a page print, if curl in this home directory redirects port 8000 to a test server."""
    (home / ".curlrc").write_text(f"connect-to = localhost:8000:127.0.0.1:{port}\n")
    environment = {
        "PATH": f"{PYTHON}:{os.environ['PATH']}",
        "HOME": str(home),
        "MAIL": str(mail),
        "PYTHONPATH": str(ROOT),
    }
    commands = [command for command, _ in commands_in(page(path))]
    return blocks_printed_by(commands, environment, folder=home)


def shown_on(path: str) -> list[str]:
    return [output for _, output in commands_in(page(path))]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_prints_what_it_shows(memory_mode: MemoryMode, tmp_path: Path, path: str) -> None:
    printed = printed_at(path, tmp_path, port=memory_mode.server.port, mail=memory_mode.mail)

    assert len(printed) == PAGES[path]
    assert printed == shown_on(path)


@pytest.mark.nightly
def test_the_quickstart_can_be_repeated(tmp_path: Path) -> None:
    path = "docs/quickstart.md"
    with running_server({"DATABASE_URL": ""}) as server:
        for _ in range(2):
            printed = printed_at(path, tmp_path, port=server.port, mail=tmp_path / "mail")
            assert printed == shown_on(path)
