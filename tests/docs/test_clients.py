"""The commands and programs in docs/clients.md run and print what is shown."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from django.urls import reverse
from oauthlib.oauth2 import OAuth2Error

from accounts.domain.oauth.entities.scopes import DESCRIPTIONS
from accounts.oauth import errors
from accounts.oauth.discovery import ENDPOINTS
from tests.docs.reader import Reader
from tests.support.documents import commands_in, fences, page, table_under
from tests.support.javascript import project_in
from tests.support.provider import register
from tests.support.wallets import offered_to

PAGE: Final = page("docs/clients.md")
LANDING: Final = "http://127.0.0.1/callback"
PROGRAMS: Final = [fence.text for fence in fences(PAGE) if fence.language == "python"]
JAVASCRIPT: Final = [fence.text for fence in fences(PAGE) if fence.language == "js"]


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
