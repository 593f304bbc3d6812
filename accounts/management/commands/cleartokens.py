"""The toolkit's name for remove_expired."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Not here: remove_expired forgets what is past its time, tokens and codes too."

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Use manage.py remove_expired.")
