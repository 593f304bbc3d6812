"""Placeholder for Django's command."""

from accounts.management.unsupported import UnsupportedCommand


class Command(UnsupportedCommand):
    help = "Not supported: use create_admin, which applies the rules for all accounts."
    instead = "Use manage.py create_admin EMAIL."
