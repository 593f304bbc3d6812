"""The toolkit's way to forget clients that it has fetched; we fetch none."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Not here: no client is registered by fetching what it says of itself, so none goes stale."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "Use manage.py remove_expired for what is past its time; clients are removed in the back office."
        )
