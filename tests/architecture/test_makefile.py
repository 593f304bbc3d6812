"""The Makefile: what its targets run exists. The server, the benchmarks and the files are tested elsewhere, too."""

import re
import subprocess
from functools import cache
from importlib.util import find_spec
from typing import Final

import pytest
from django.core.management import get_commands

from tests.support.documents import page
from tests.support.server import ROOT

TARGETS: Final = re.findall(r"^\.PHONY: (\S+)$", page("Makefile"), re.MULTILINE)
HELP: Final = re.findall(r"^([a-z-]+):.*?## ", page("Makefile"), re.MULTILINE)


@cache
def commands_of(target: str) -> str:
    """What `make` would run."""
    return subprocess.run(
        ["make", "--dry-run", "--no-print-directory", target],  # noqa: S607  # its place differs between systems
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_every_target_is_explained() -> None:
    assert sorted(HELP) == sorted(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_target_runs_exists(target: str) -> None:
    commands = commands_of(target)

    assert commands
    for module in re.findall(r"python -m ([\w.]+)", commands):
        assert find_spec(module), module
    for command in re.findall(r"manage\.py (\w+)", commands):
        assert command in get_commands(), command
    for path in re.findall(r"\btests/[\w/]+", commands):
        assert (ROOT / path).exists(), path
    for program in re.findall(r"\.venv/bin/([\w-]+)", commands):
        assert (ROOT / ".venv" / "bin" / program).exists(), program
