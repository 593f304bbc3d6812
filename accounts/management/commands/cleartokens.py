"""Placeholder for django-oauth-toolkit's command."""

from accounts.management.unsupported import UnsupportedCommand


class Command(UnsupportedCommand):
    help = "Not supported: use remove_expired, which also deletes expired tokens and codes."
    instead = "Use manage.py remove_expired."
