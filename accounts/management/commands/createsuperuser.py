"""Django's name for create_admin, under which many look for it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Not here: create_admin makes an account that may do everything, by the rules of all accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Use manage.py create_admin EMAIL.")
