"""Output of management commands."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


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
