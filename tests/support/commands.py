"""Output of management commands."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.support.server import ROOT


def output_of(command: str, *arguments: str) -> str:
    """The output of the command, which must succeed."""
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def error_of(command: str, *arguments: str) -> tuple[str, str]:
    """The error of the command, which must fail, and its output."""
    output = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(command, *arguments, stdout=output)
    assert error.value.returncode == 1
    return str(error.value), output.getvalue()


def has_all_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let prepare_development look for no migrations: to read them takes longer than the sample data."""
    target = "authsvc.management.commands.prepare_development.call_command"
    monkeypatch.setattr(target, lambda *_, **__: None)


def manage(environment: dict[str, str], *command: str) -> str:
    """Run a management command in this environment; return its output."""
    ran = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout
