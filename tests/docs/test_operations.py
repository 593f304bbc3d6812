"""docs/operations.md describes the variables and the commands that there are, and its first start works."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.core.management import get_commands

from authsvc.environment import VARIABLES
from tests.support.paper import ROOT, fences, page, table_under

PAGE: Final = page("docs/operations.md")
HOUSE: Final = ("authsvc", "accounts", "courses", "progress", "credentials")


def test_every_variable_is_described_as_the_code_describes_it() -> None:
    described = table_under("## Configuration", PAGE)

    assert described == [
        [f"`{name}`", f"`{default}`" if default else "", meaning]
        for name, default, meaning in VARIABLES
    ]


def test_every_command_is_described() -> None:
    described = [row[0].strip("`").split()[0] for row in table_under("## Commands", PAGE)]

    assert sorted(described) == sorted(name for name, app in get_commands().items() if app in HOUSE)


@pytest.mark.database
def test_the_first_start_succeeds_as_it_is_described(tmp_path: Path) -> None:
    steps = "\n".join(fence.text for fence in fences(PAGE) if fence.language == "sh")

    started = subprocess.run(
        ["bash", "-eu", "-c", steps.replace(".venv/bin/python", sys.executable)],  # noqa: S607  # its place differs between systems
        cwd=ROOT,
        env=_production(tmp_path),
        input="a long walk home\n",
        start_new_session=True,  # so that there is no terminal to ask for a password
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert started.returncode == 0, started.stdout + started.stderr
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert _users(tmp_path / "authsvc.sqlite3") == [("root@school.example", 1)]


def _production(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "APP_ENV": "prod",
        "DATABASE_URL": f"sqlite:///{folder}/authsvc.sqlite3",
        "DATA_DIR": str(folder),
        "SECRET_KEY": "a secret of fifty characters and more, for this test alone",
        "SIGNING_KEYS_FILE": str(folder / "keys.json"),
        "ALLOWED_HOSTS": "auth.example",
        "PUBLIC_URL": "https://auth.example",
    }


def _users(database: Path) -> list[tuple[str, int]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute("SELECT email, is_superuser FROM accounts_user").fetchall()
    finally:
        connection.close()
