"""The toolkit's way to register clients; ours is a page of the back office."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Not here: staff register clients in the back office, where what is agreed with them is checked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("said", nargs="*", metavar="…", help="makes no difference")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Register clients in the back office: /admin/accounts/oauthclient/add/.")
