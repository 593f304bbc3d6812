"""Base class of commands that take the place of those of libraries, which would bypass the services."""

from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser


class UnsupportedCommand(BaseCommand):
    """Refuses to run, whatever its arguments, and says what to use instead."""

    instead: ClassVar[str]
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arguments", nargs="*", metavar="…", help="ignored")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(self.instead)
