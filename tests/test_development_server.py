"""The development server, and the commands that share its database and address."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from authsvc.config import development
from authsvc.config.databases import databases
from authsvc.config.development import (
    FILE,
    development_environment,
    join_development_server,
    record,
)
from authsvc.config.environment import read_environment
from authsvc.config.mail import mail
from authsvc.demo import serve
from authsvc.demo.samples import LEARNER
from authsvc.demo.serve import HOST
from tests.support.patience import PATIENCE
from tests.support.postgres import free_port
from tests.support.server import ROOT

SHARED: Final = ("DATABASE_URL", "PUBLIC_URL", "EMAIL_URL")
ODD_FOLDER: Final = "Anna's courses #1 (100%25) für alle?"
MARK: Final = "---- the next command ----"
COMMANDS: Final = f"""
from django.core.management import call_command
call_command("export_course", "intro-to-claude")
print("{MARK}")
call_command("try_client")
"""
"""A command that reads the database, and one that uses the address, in one process, which joins the server once."""


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which no variable is set, and no file .env is there."""
    for name in (*SHARED, "APP_ENV"):
        # Absent variables are not restored, so what a command sets would stay.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(development, "ROOT", tmp_path)


def variables_of_process() -> dict[str, str]:
    return {name: os.environ[name] for name in SHARED if name in os.environ}


def test_by_default_everything_is_in_the_data_folder(tmp_path: Path) -> None:
    environment = development_environment(8123)

    assert {name: environment[name] for name in SHARED} == {
        "DATABASE_URL": f"sqlite:///{tmp_path}/var/authsvc.sqlite3",
        "PUBLIC_URL": "http://localhost:8123",
        "EMAIL_URL": f"file://{tmp_path}/var/mail",
    }


def test_a_folder_can_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ODD_FOLDER
    monkeypatch.setenv("DATA_DIR", str(folder))

    environment = read_environment(development_environment(8000))

    assert databases(environment)["default"]["NAME"] == str(folder / "authsvc.sqlite3")
    assert mail(environment.email_url).folder == str(folder / "mail")


def test_variables_and_the_file_env_take_precedence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=sqlite:////srv/a.sqlite3\nEMAIL_URL=\n")
    monkeypatch.setenv("EMAIL_URL", "smtp://localhost")

    environment = development_environment(8000)

    assert environment["DATABASE_URL"] == "sqlite:////srv/a.sqlite3"
    assert environment["EMAIL_URL"] == "smtp://localhost"


@pytest.mark.parametrize(
    "password", ["secret", "it's", 'a "b" $HOME ${HOME} `c`', "back\\", "ä=\n"]
)
def test_a_command_joins_the_last_server(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("EMAIL_URL", f"smtp://anna:{password}@localhost")
    environment = development_environment(8123)
    monkeypatch.delenv("EMAIL_URL")
    record(environment)

    join_development_server()

    assert variables_of_process() == {name: environment[name] for name in SHARED}


def test_the_record_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    record(development_environment(8000))

    assert (tmp_path / "var" / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "variables",
    [
        {"DATABASE_URL": ""},
        {"DATABASE_URL": "sqlite:////srv/b.sqlite3"},
        {"APP_ENV": "prod"},
        {"APP_ENV": "test"},
    ],
)
def test_a_command_with_an_environment_of_its_own_joins_none(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    record(development_environment(8000))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    before = variables_of_process()

    join_development_server()

    assert variables_of_process() == before


@pytest.mark.parametrize("data_dir", ["absent", "file"])
def test_without_a_server_a_command_has_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_dir: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / data_dir))

    join_development_server()

    assert variables_of_process() == {}


@contextmanager
def development_server(port: int, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        _server_at(port),
        cwd=ROOT,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def _wait_until_it_answers(port: int, server: "subprocess.Popen[str]") -> None:
    """The port alone tells nothing: it is reserved, by a socket that never answers, before the server has it."""
    while server.poll() is None:
        with suppress(OSError), urlopen(f"http://{HOST}:{port}/health"):
            return
        time.sleep(0.05)
    pytest.fail(f"The server ended with {server.returncode} before it answered.")


def _server_at(port: int) -> list[str]:
    return [sys.executable, "-m", "authsvc.demo.serve", f"--port={port}"]


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "DEMO": "off",
    }


@pytest.mark.long
@pytest.mark.any_database
def test_a_new_server_shares_its_database_and_address_with_commands(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / ODD_FOLDER
    with development_server(port, folder) as server:
        assert server.stdout is not None
        printed = list[str]()
        while not printed or not printed[-1].startswith("Serving"):
            printed.append(next(server.stdout))
        _wait_until_it_answers(port, server)
        ran = subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", COMMANDS],
            cwd=ROOT,
            env=_environment(folder),
            check=True,
            capture_output=True,
            text=True,
        )
    exported, _, signed_in = ran.stdout.partition(MARK)
    demo_client = json.loads((folder / "demo-client.json").read_text())

    assert sum("@authsvc.example" in line for line in printed) == 2
    assert printed[0] == f"Preparing the database sqlite:///{quote(str(folder))}/authsvc.sqlite3\n"
    assert printed[-2] == f"  mail     {folder.as_uri()}/mail\n"
    assert list((folder / "mail").iterdir()) == []
    assert printed[-1] == f"Serving on http://localhost:{port} (press Ctrl-C to stop)\n"
    assert "title: Introduction to Claude" in exported
    assert signed_in.startswith(f"\n{LEARNER} has signed in at http://localhost:{port}.\n")
    assert f'"aud": "{demo_client["client_id"]}"' in signed_in
    assert f'"email": "{LEARNER}"' in signed_in


@pytest.mark.parametrize("port", ["", "0", "-1", "65536", "099999", "8000x", "٨٠٠٠", "8 0"])
def test_a_port_that_is_none_is_reported(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setattr(sys, "argv", ["serve", f"--port={port}"])

    with pytest.raises(SystemExit, match=r"^PORT must be a number from 1 to 65535\.$"):
        serve.main()


@pytest.mark.any_database
def test_a_port_in_use_is_reported_before_anything_else(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        ended = subprocess.run(
            _server_at(port),
            cwd=ROOT,
            env=_environment(tmp_path),
            check=False,
            capture_output=True,
            text=True,
        )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        f"Port {port} cannot be used: Address already in use. Set PORT to choose another one.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "error"),
    [
        (
            "file://{folder}/file/mail",
            "EMAIL_URL must name a folder that can be written: Not a directory.",
        ),
        (
            "file://var/mail",
            "EMAIL_URL must be file:///path: three slashes, then the path.",
        ),
    ],
)
@pytest.mark.any_database
def test_a_mail_folder_that_cannot_be_made_is_reported(
    tmp_path: Path, url: str, error: str
) -> None:
    (tmp_path / "file").touch()
    ended = subprocess.run(
        [*_server_at(free_port()), "--memory"],
        cwd=ROOT,
        env=_environment(tmp_path) | {"EMAIL_URL": url.format(folder=tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert ended.stderr == f"{error}\n"
