"""Base class of management commands that call services."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from accounts.adapters.key_file import UnusableKeys
from accounts.public import OPERATOR, OrganizationId, OrganizationNotFound
from authsvc.composition.container import services
from authsvc.kernel.errors import DomainError, FieldError, Invalid


class OperatorCommand(BaseCommand):
    """Turn domain errors and database failures into a CommandError, so that the command exits with 1."""

    # They examine code, which `manage.py check` does once for all, and would take a quarter of the time of a command.
    requires_system_checks = ()

    def execute(self, *args: Any, **options: Any) -> str | None:
        if not settings.ENVIRONMENT.has_database:
            raise CommandError("DATABASE_URL is not set. This command needs a database.")
        try:
            return super().execute(*args, **options)
        except DomainError as error:
            raise CommandError(_message_of(error)) from None
        except UnusableKeys as error:
            raise CommandError(f"authsvc cannot start: {error}.") from None
        except (OperationalError, ProgrammingError) as error:
            reason = str(error).partition("\n")[0]
            msg = f"The database at DATABASE_URL fails: {reason}. Does `manage.py migrate` succeed?"
            raise CommandError(msg) from error

    def add_output_argument(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--output",
            type=Path,
            metavar="FILE",
            help="the file to write, which is overwritten; standard output by default",
        )

    def write_lines(self, lines: Iterable[str], file: Path | None, *, done: str) -> None:
        """Write the lines to the file and print *done*, or to standard output without a file. Raises CommandError."""
        if file is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        try:
            with file.open("w", encoding="utf-8", newline="\n") as opened:
                opened.writelines(lines)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stdout.write(done)


def organization_at(slug: str | None) -> OrganizationId | None:
    """The id of the organization with this slug; None without a slug. Raises OrganizationNotFound."""
    if slug is None:
        return None
    organization = services().tenant_access.by_slug(slug, by=OPERATOR)
    if organization is None:
        raise OrganizationNotFound
    return organization.id


def _message_of(error: DomainError) -> str:
    """The title and detail; of invalid input, each field error on its own line."""
    field_errors = error.field_errors if isinstance(error, Invalid) else ()
    if not field_errors:
        return f"{error.title}. {error.detail}"
    return "\n".join(
        [f"{error.title}:", *(f"  {_line_of(field_error)}" for field_error in field_errors)]
    )


def _line_of(field_error: FieldError) -> str:
    return f"{field_error.path}: {field_error.detail}" if field_error.path else field_error.detail
