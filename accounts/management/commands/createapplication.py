"""Placeholder for django-oauth-toolkit's command, which would bypass the checks of the admin site."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Not supported: register clients in the admin site, which validates their terms."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arguments", nargs="*", metavar="…", help="ignored")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Register clients in the admin site: /admin/accounts/oauthclient/add/.")
