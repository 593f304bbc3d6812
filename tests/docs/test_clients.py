"""The commands and programs in docs/clients.md run and print what is shown."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from django.urls import reverse
from oauthlib.oauth2 import OAuth2Error

from accounts.domain.oauth.entities.scopes import DESCRIPTIONS
from accounts.oauth import errors
from accounts.oauth.discovery import ENDPOINTS
from tests.docs.shell import blocks_printed_by
from tests.support.documents import ROOT, commands_in, fences, page, table_under
from tests.support.forms import WireBrowser
from tests.support.javascript import printed_after_answering, project_in
from tests.support.provider import Registered, at_a_browser, open_provider, register
from tests.support.school import School
from tests.support.wallets import offered_to

PAGE: Final = page("docs/clients.md")
DESK: Final = "http://localhost:8000"
LANDING: Final = "http://127.0.0.1/callback"
PROGRAMS: Final = [fence.text for fence in fences(PAGE) if fence.language == "python"]
JAVASCRIPT: Final = [fence.text for fence in fences(PAGE) if fence.language == "js"]

# A simulated browser replaces the reader who opens the URL and pastes where it led.
READ: Final = """
read() { printf -v "$3" %s "$(PROMPT=$2 "$PYTHON" manage.py shell --verbosity=0 --command "$PERSON" < /dev/null)"; }
"""
PERSON: Final = """
import os, re
from tests.support.forms import WireBrowser
browser = WireBrowser(os.environ["ISSUER"], email=os.environ["EMAIL"])
print(browser.go_along(re.search("http\\\\S+", os.environ["PROMPT"])[0]).address)
browser.close()
"""


@dataclass(frozen=True)
class Reader:
    """A reader of the page, with a server, a client for the client credentials grant, and a user at a browser."""

    school: School
    anna: WireBrowser
    robot: Registered

    def types(self, commands: tuple[str, ...], folder: Path = ROOT, **variables: str) -> list[str]:
        """Return what each block of commands prints, in one session that stops at the first failure."""
        first, *others = map(self._here, commands)
        environment = os.environ | self.school.environment | self._environment() | variables
        return blocks_printed_by([READ + first, *others], environment, folder=folder)

    def runs(self, program: str) -> None:
        exec(self._here(program), {"input": self._sees})  # noqa: S102  # it is ours, from the page

    def runs_in_node(self, program: str, folder: Path) -> str:
        """Return what the program prints after the URL was pasted, in a folder with its packages."""
        (folder / "sign-in.js").write_text(self._here(program))
        return printed_after_answering(folder, "sign-in.js", "URL:  ", self._sees)

    def _sees(self, prompt: str) -> str:
        address = re.search(r"http\S+", prompt)
        assert address
        return self.anna.go_along(address[0]).address

    def _here(self, text: str) -> str:
        return text.replace(DESK, self.school.server.url).replace(
            ".venv/bin/python", sys.executable
        )

    def _environment(self) -> dict[str, str]:
        return {
            "EMAIL": self.anna.email,
            "ISSUER": self.school.server.url,
            "PERSON": PERSON,
            "PYTHON": sys.executable,
            "ROBOT": self.robot.client_id,
            "ROBOT_SECRET": self.robot.secret,
        }


@pytest.fixture(scope="module")
def reader(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reader")
    with open_provider(folder) as school, closing(at_a_browser(school)) as anna:
        robot = register(school, grant_types=["client_credentials"], redirect_uris=[])
        yield Reader(school, anna, robot)


@pytest.mark.long
@pytest.mark.any_database
def test_the_commands_print_what_is_shown(reader: Reader) -> None:
    commands, shown = zip(*commands_in(PAGE), strict=True)

    printed = reader.types(commands)

    assert len(printed) > 10
    assert printed == list(shown)


@pytest.mark.any_database
def test_a_wallet_collects_a_credential_as_its_page_shows(reader: Reader, tmp_path: Path) -> None:
    offer = offered_to(reader.anna, reader.school)
    commands, shown = zip(*commands_in(page("docs/wallets.md")), strict=True)

    printed = reader.types(commands, tmp_path, OFFER=offer.link, PIN=offer.pin)

    assert len(printed) == 5
    assert printed == list(shown)


@pytest.mark.any_database
def test_the_programs_sign_somebody_in(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = register(reader.school, redirect_uris=[LANDING])
    for name, value in (
        ("CLIENT", client.client_id),
        ("SECRET", client.secret),
        ("OAUTHLIB_INSECURE_TRANSPORT", "1"),
        ("AUTHLIB_INSECURE_TRANSPORT", "1"),
        ("NO_PROXY", "127.0.0.1"),
    ):
        monkeypatch.setenv(name, value)

    for program in PROGRAMS:
        reader.runs(program)

    assert capsys.readouterr().out.splitlines() == ["Anna"] * len(PROGRAMS)
    assert len(PROGRAMS) == 2


@pytest.mark.any_database
@pytest.mark.nightly
def test_the_javascript_program_signs_somebody_in(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    client = register(reader.school, redirect_uris=[LANDING])
    monkeypatch.setenv("CLIENT", client.client_id)
    monkeypatch.setenv("SECRET", client.secret)
    folder = project_in(tmp_path / "client")

    assert [reader.runs_in_node(program, folder) for program in JAVASCRIPT] == ["Anna\n"]


def test_every_scope_is_described_as_on_the_consent_page() -> None:
    assert table_under("## Scopes", PAGE) == [
        [f"`{scope}`", words] for scope, words in DESCRIPTIONS.items()
    ]


@pytest.mark.any_database
def test_every_endpoint_of_discovery_is_named() -> None:
    table = [row[:2] for row in table_under("## Endpoints", PAGE)]

    assert table == [[f"`{name}`", f"`{reverse(view)}`"] for name, view in ENDPOINTS.items()]


def test_every_error_that_is_ours_is_explained() -> None:
    explained = {
        name for row in table_under("## Errors", PAGE) for name in re.findall(r"`(\w+)`", row[0])
    }

    assert _own_errors() - explained == set()


def _own_errors() -> set[str]:
    kinds: list[Any] = [
        thing
        for thing in vars(errors).values()
        if isinstance(thing, type) and issubclass(thing, OAuth2Error)
    ]
    return {kind.error for kind in kinds if kind.error}
