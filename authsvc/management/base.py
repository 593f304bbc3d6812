"""What the operator types: commands that act on what is kept, and say a refusal as a sentence."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from accounts.adapters.key_file import UnusableKeys
from authsvc.kernel.errors import DomainError, FieldError, Invalid


class OperatorCommand(BaseCommand):
    """Ends with a CommandError, and so with 1, when a service refuses or there is no database that can serve it."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        if not settings.ENVIRONMENT.has_database:
            raise CommandError("There is no DATABASE_URL, so nothing is kept that this could use.")
        try:
            return super().execute(*args, **options)
        except DomainError as refusal:
            raise CommandError(_told(refusal)) from None
        except UnusableKeys as error:
            raise CommandError(f"authsvc cannot start: {error}.") from None
        except (OperationalError, ProgrammingError) as error:
            reason = str(error).partition("\n")[0]
            msg = f"The database at DATABASE_URL fails: {reason}. Does `manage.py migrate` succeed?"
            raise CommandError(msg) from error


def counted(number: int, noun: str) -> str:
    """The noun in its number: 1 module, 2 modules."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _told(refusal: DomainError) -> str:
    """What is refused and why; each complaint on a line of its own."""
    field_errors = refusal.field_errors if isinstance(refusal, Invalid) else ()
    if not field_errors:
        return f"{refusal.title}. {refusal.detail}"
    return "\n".join([f"{refusal.title}:", *(f"  {_placed(each)}" for each in field_errors)])


def _placed(field_error: FieldError) -> str:
    return f"{field_error.path}: {field_error.detail}" if field_error.path else field_error.detail
