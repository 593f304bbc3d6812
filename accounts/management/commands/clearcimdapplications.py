"""Placeholder for django-oauth-toolkit's command."""

from accounts.management.unsupported import UnsupportedCommand


class Command(UnsupportedCommand):
    help = "Not supported: clients are never registered from a client ID metadata document."
    instead = (
        "Use manage.py remove_expired to delete expired data, and the admin site to remove clients."
    )
