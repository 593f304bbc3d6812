"""Start-up in real processes, and the error message when it fails."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.adapters.key_file import UnusableKeys
from accounts.adapters.keys import new_key_ring
from authsvc.composition.ports import ports
from authsvc.config.environment import read_environment
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
UNUSED = {
    "authsvc.composition.opentelemetry_tracing",
    "PIL",
    "anthropic",
    "httpx2",
    "openai",
    "openpyxl",
    "qrcode",
    "opentelemetry.exporter",
    "prometheus_client",
    "pydantic",
    "pyld",
    "redis",
    "reportlab",
}
"""Modules that take long to import, for what few installations want, or few requests."""
ADDRESSES = """
import json, os, sys
for given in json.loads(sys.argv[1]):
    os.environ |= given
    from authsvc.settings import ENVIRONMENT as environment
    print(environment.public_url, environment.app_env)
    del sys.modules["authsvc.settings"]
    for name in given:
        del os.environ[name]
"""
"""The settings, read again with these variables of the process and those again."""


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


def test_development_does_not_start_if_secrets_cannot_be_stored(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    development = {"APP_ENV": "dev", "DATABASE_URL": "sqlite://:memory:", "DATA_DIR": str(path)}

    outcome = start(*SERVER, given=NOTHING_SET | development)

    (sentence,) = outcome.stderr.splitlines()
    assert outcome.returncode == 1
    assert sentence.startswith("authsvc cannot start: DATA_DIR must be a writable directory")
    with pytest.raises(UnusableKeys, match=f"signing keys cannot be stored at {path}/"):
        ports(read_environment(development), secret_key=KEY)


def test_a_production_server_starts_in_silence_without_what_it_does_not_use(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(new_key_ring().private_json())
    (tmp_path / "static").mkdir()
    here = {"SIGNING_KEYS_FILE": str(path), "DATA_DIR": str(tmp_path), "EMBEDDED_WORKER": "off"}

    shows_imports = f"import sys, authsvc.wsgi; print(sorted({UNUSED}.intersection(sys.modules)))"

    outcome = start("-c", shows_imports, given=NOTHING_SET | PRODUCTION | here)

    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "[]\n", "")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with an .env of its own."""
    shutil.copytree(ROOT / "authsvc", tmp_path / "authsvc")
    (tmp_path / ".env").write_text("PUBLIC_URL=http://dev.example\n")
    return tmp_path


def test_the_file_env_adds_variables_in_development_and_never_in_tests(project: Path) -> None:
    addresses = [
        ({}, "http://dev.example dev"),
        ({"PUBLIC_URL": "http://shell.example"}, "http://shell.example dev"),
        ({"PUBLIC_URL": ""}, "http://localhost:8000 dev"),
        ({"APP_ENV": "test"}, "http://localhost:8000 test"),
    ]
    given = json.dumps([variables for variables, _ in addresses])

    outcome = start("-c", ADDRESSES, given, given={}, directory=project)

    assert outcome.stdout.splitlines() == [address for _, address in addresses], outcome.stderr
