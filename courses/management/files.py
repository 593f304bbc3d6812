"""Arguments of commands: definition files."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError, CommandParser

from authsvc.kernel.text import decoded
from courses.definitions.formats import LONGEST_TEXT

MOST_BYTES: Final = 4 * LONGEST_TEXT
"""The size of the longest text in UTF-8."""


def add_owner_argument(parser: CommandParser, noun: str) -> None:
    """The argument --org of a command that imports what an organization can own."""
    parser.add_argument(
        "--org",
        metavar="SLUG",
        help=f"the slug of the organization that owns the {noun}; the platform by default",
    )


def text_in(file: str) -> str:
    """The text of the file, or of standard input for -. Raises CommandError."""
    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise unreadable(file, error) from None
    if len(content) > MOST_BYTES:
        raise CommandError(f"{file} is too long for a definition.")
    try:
        return decoded(content)
    except UnicodeDecodeError:
        detail = f"{file} is not text in UTF-8, nor in UTF-16 with a byte order mark."
        raise CommandError(detail) from None


def unreadable(file: str, error: OSError) -> CommandError:
    """The error for a file that cannot be read."""
    return CommandError(f"{file} cannot be read: {error.strerror}.")
