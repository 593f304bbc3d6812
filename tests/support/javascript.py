"""Node, and the packages of tests/javascript."""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.support.documents import ROOT
from tests.support.patience import PATIENCE

PROJECT: Final = ROOT / "tests" / "javascript"

_INSTALLED: Final = ROOT / "var" / "javascript"
"""The packages of the lock file, installed once and used until the lock file changes."""

_UNREACHABLE: Final = re.compile(
    r"npm error code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)"
)


def project_in(folder: Path) -> Path:
    """A copy of the project beside its packages. Skips the test without Node, or if npm reaches no registry."""
    _install()
    shutil.copytree(PROJECT, folder)
    (folder / "node_modules").symlink_to(_INSTALLED / "node_modules")
    return folder


def printed_by(folder: Path, *command: str) -> str:
    """The output of a program, or of one in the packages, which must succeed."""
    name, *arguments = command
    path = folder / "node_modules" / ".bin" / name
    done = _run(folder, str(path) if path.exists() else name, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def printed_after_answering(
    folder: Path,
    script: str,
    prompt: str,
    answer: Callable[[str], str],
    *,
    arguments: Sequence[str] = (),
) -> str:
    """The output of a script after its question, which ends with *prompt* and gets the answer to it."""
    with subprocess.Popen(
        ["node", script, *arguments],  # noqa: S607  # its place differs between systems
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        question = ""
        while not question.endswith(prompt):
            character = process.stdout.read(1)
            assert character, f"{script} ended after {question!r}"
            question += character
        rest, _ = process.communicate(f"{answer(question)}\n", timeout=PATIENCE)
    assert process.returncode == 0, rest
    return rest


def script_of(package: str, path: str) -> str:
    """A script of a package. Skips the test without Node, or if npm reaches no registry."""
    _install()
    return (_INSTALLED / "node_modules" / package / path).read_text()


def _install() -> None:
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    lock = (PROJECT / "package-lock.json").read_bytes()
    installed = _INSTALLED / "installed.json"
    if installed.exists() and installed.read_bytes() == lock:
        return
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    installed.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PROJECT / name, _INSTALLED)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    done = _run(_INSTALLED, "npm", "ci", *options)
    if _UNREACHABLE.search(done.stderr):
        pytest.skip("the npm registry cannot be reached")
    assert done.returncode == 0, done.stderr
    installed.write_bytes(lock)


def _run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
