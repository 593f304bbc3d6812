"""Creation of administrator accounts."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.public import OPERATOR, Role
from authsvc.composition.container import services
from authsvc.kernel.text import InvalidName, name_of
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Create an administrator account, which has every right. Prompts for the password, or reads it from the first "
        "line of standard input if that is not a terminal. With --invite, mails a link to choose it instead."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="e-mail address to sign in with")
        parser.add_argument("--name", default="", metavar="NAME", help="display name")
        parser.add_argument(
            "--invite",
            action="store_true",
            help="mail a link to choose the password, valid for an hour",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not services().ports.email_addresses.is_valid(options["email"]):
            raise CommandError(f"{options['email']!r} is not a valid e-mail address.")
        try:
            name = name_of(options["name"])
        except InvalidName as error:
            raise CommandError(str(error)) from None
        user = services().users.create(
            email=options["email"],
            name=name,
            password=None if options["invite"] else _read_password(),
            roles=[Role.ADMIN],
            by=OPERATOR,
        )
        self.stdout.write(f"{user.email} is now an administrator.")


def _read_password() -> str:
    """Read the password. Raises CommandError if it is not repeated correctly."""
    if sys.stdin.isatty():
        password = getpass()
        if getpass("Password (again): ") != password:
            raise CommandError("The passwords differ. No account was created.")
        return password
    return sys.stdin.readline().rstrip("\n")
