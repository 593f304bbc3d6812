"""A TypeScript client that openapi-typescript makes from the OpenAPI file."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from tests.http.conftest import MemoryMode
from tests.support.application import PASSWORD
from tests.support.documents import ROOT

PROJECT: Final = Path(__file__).with_name("typescript_client")
PACKAGES: Final = ROOT / "var" / "typescript-client"
"""The packages of the lock file, installed once and used again until the lock file changes."""

UNREACHABLE: Final = re.compile(
    r"npm error code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed project beside its packages, with the schema generated."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    install_packages()
    folder = tmp_path_factory.mktemp("typescript") / "client"
    shutil.copytree(PROJECT, folder)
    (folder / "node_modules").symlink_to(PACKAGES / "node_modules")
    schema = str(ROOT / "docs" / "openapi.json")
    printed_by(folder, program("openapi-typescript"), schema, "--output", "schema.d.ts")
    return folder


def install_packages() -> None:
    """Install the packages of the lock file, and skip the test if their registry cannot be reached."""
    lock = (PROJECT / "package-lock.json").read_bytes()
    installed = PACKAGES / "installed.json"
    if installed.exists() and installed.read_bytes() == lock:
        return
    PACKAGES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PROJECT / name, PACKAGES)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    done = run(PACKAGES, "npm", "ci", *options)
    if UNREACHABLE.search(done.stderr):
        pytest.skip("the npm registry cannot be reached")
    assert done.returncode == 0, done.stderr
    installed.write_bytes(lock)


def program(name: str) -> str:
    """The path of a program in the packages."""
    return str(PACKAGES / "node_modules" / ".bin" / name)


def run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def printed_by(folder: Path, *command: str) -> str:
    done = run(folder, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.memory
@pytest.mark.nightly
def test_a_generated_typescript_client_enrols(memory_mode: MemoryMode, project: Path) -> None:
    printed_by(project, program("tsc"))  # noEmitOnError: with an error of types there is no program

    base = f"http://127.0.0.1:{memory_mode.server.port}"
    email = f"anna-{uuid4().hex[:8]}@school.example"
    report = json.loads(printed_by(project, "node", "built/enrolment.js", base, email, PASSWORD))

    assert report == {
        "course": "intro-to-claude",
        "enrolled": "in_progress",
        "repeated": True,
        "rejection": "already-enrolled",
        "completed": True,
        "percent": 5,
    }
