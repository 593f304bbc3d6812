"""Start-up in real processes, and the error message when it fails."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accounts.adapters.keys import new_key_ring
from authsvc.config.variables import ROOT, VARIABLES
from tests.support.patience import PATIENCE

KEY = "k" * 50
PASSWORD = "open-sesame"
NOTHING_SET = {name: "" for name, _, _ in VARIABLES} | {"APP_ENV": "test"}
PRODUCTION = {
    "APP_ENV": "prod",
    "DATABASE_URL": "sqlite://:memory:",
    "SECRET_KEY": KEY,
    "SIGNING_KEYS_FILE": "keys.json",
    "ALLOWED_HOSTS": "auth.example",
    "PUBLIC_URL": "https://auth.example",
    "EMAIL_URL": "smtp://mail.example",
}
SERVER = ("-c", "import authsvc.wsgi")
CHECK = ("manage.py", "check")
ADDRESS = ("-c", "from authsvc.settings import ENVIRONMENT as e; print(e.public_url, e.app_env)")


def start(
    *command: str, given: dict[str, str], directory: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """Run Python in this environment, and in nobody else's."""
    names = {name for name, _, _ in VARIABLES}
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, *command],
        cwd=directory,
        env=inherited | given,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize(
    ("command", "given", "reason"),
    [
        (CHECK, {"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of "),
        (SERVER, {"DATABASE_URL": f"postgres://a:{PASSWORD}@b"}, "DATABASE_URL must name "),
        (SERVER, {"APP_ENV": "prod"}, "APP_ENV=prod needs SECRET_KEY and "),
        (SERVER, PRODUCTION | {"SECRET_KEY": PASSWORD}, "SECRET_KEY must have at least 50 "),
        (SERVER, {"SIGNING_KEYS_FILE": "no-such-file.json"}, "the signing keys at "),
    ],
)
def test_a_process_that_cannot_start_says_why_in_one_sentence(
    command: tuple[str, ...], given: dict[str, str], reason: str
) -> None:
    outcome = start(*command, given=NOTHING_SET | given)

    (sentence,) = outcome.stderr.splitlines()
    assert outcome.returncode == 1
    assert outcome.stdout == ""
    assert sentence.startswith(f"authsvc cannot start: {reason}")
    assert sentence.endswith(".")
    assert PASSWORD not in sentence


@pytest.mark.parametrize(
    "content",
    ["keys", json.dumps(new_key_ring().public_keys(at=datetime.now(UTC)))],
    ids=["no JSON", "public keys"],
)
def test_a_server_does_not_start_on_keys_that_cannot_sign(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)

    outcome = start(*SERVER, given=NOTHING_SET | {"SIGNING_KEYS_FILE": str(path)})

    (sentence,) = outcome.stderr.splitlines()
    assert outcome.returncode == 1
    assert sentence.startswith(f"authsvc cannot start: {path} ")
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "DATA_DIR must be a writable directory"),
        ({"SECRET_KEY": KEY}, "signing keys cannot be stored at "),
    ],
)
def test_development_does_not_start_if_secrets_cannot_be_stored(
    tmp_path: Path, given: dict[str, str], reason: str
) -> None:
    path = tmp_path / "file"
    path.touch()
    development = {"APP_ENV": "dev", "DATABASE_URL": "sqlite://:memory:", "DATA_DIR": str(path)}

    outcome = start(*SERVER, given=NOTHING_SET | development | given)

    (sentence,) = outcome.stderr.splitlines()
    assert outcome.returncode == 1
    assert sentence.startswith(f"authsvc cannot start: {reason}")


def test_a_server_without_a_database_starts_and_warns_that_data_is_lost() -> None:
    outcome = start(*SERVER, given=NOTHING_SET)

    assert outcome.returncode == 0
    assert "/v1" in outcome.stderr
    assert "learner@authsvc.example" in outcome.stderr
    assert outcome.stderr.splitlines()[-1] == (
        "DATABASE_URL is not set: all data is lost when this process ends."
    )


def test_a_production_server_starts_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(new_key_ring().private_json())
    (tmp_path / "static").mkdir()
    here = {"SIGNING_KEYS_FILE": str(path), "DATA_DIR": str(tmp_path), "EMBEDDED_WORKER": "off"}

    outcome = start(*SERVER, given=NOTHING_SET | PRODUCTION | here)

    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "", "")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with an .env of its own."""
    shutil.copytree(ROOT / "authsvc", tmp_path / "authsvc")
    (tmp_path / ".env").write_text("PUBLIC_URL=http://dev.example\n")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://dev.example dev"),
        ({"PUBLIC_URL": "http://shell.example"}, "http://shell.example dev"),
        ({"PUBLIC_URL": ""}, "http://localhost:8000 dev"),
        ({"APP_ENV": "test"}, "http://localhost:8000 test"),
    ],
)
def test_the_file_env_adds_variables_in_development_and_never_in_tests(
    project: Path, given: dict[str, str], address: str
) -> None:
    outcome = start(*ADDRESS, given=given, directory=project)

    assert outcome.stdout == f"{address}\n", outcome.stderr
