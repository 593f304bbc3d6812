"""Placeholder for django-oauth-toolkit's command."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Not supported: clients are never registered from a client ID metadata document."

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "Use manage.py remove_expired to delete expired data, and the admin site to remove clients."
        )
