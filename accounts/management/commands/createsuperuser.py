"""Placeholder for Django's command."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Not supported: use create_admin, which applies the rules for all accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Use manage.py create_admin EMAIL.")
