"""Placeholder for django-oauth-toolkit's command."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Not supported: use remove_expired, which also deletes expired tokens and codes."

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Use manage.py remove_expired.")
