"""Make somebody who may do everything."""

import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from accounts.public import OPERATOR, Role
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Make an account that may do everything, in the back office too. It asks for the password; where nobody "
        "sits at a terminal, the first line of standard input is taken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="the address to sign in with")
        parser.add_argument("--name", default="", metavar="NAME", help="what people call them")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError(f"{options['email']!r} is no e-mail address.") from None
        user = services().users.create(
            email=options["email"],
            name=options["name"],
            password=_asked_for(),
            roles=[Role.ADMIN],
            by=OPERATOR,
        )
        self.stdout.write(f"{user.email} may do everything now.")


def _asked_for() -> str:
    """Raises CommandError when it is typed in two ways."""
    if sys.stdin.isatty():
        password = getpass()
        if getpass("Again: ") != password:
            raise CommandError("These are two passwords; nothing was made.")
        return password
    return sys.stdin.readline().rstrip("\n")
