"""Placeholder for django-oauth-toolkit's command, which would bypass the checks of the admin site."""

from accounts.management.unsupported import UnsupportedCommand


class Command(UnsupportedCommand):
    help = "Not supported: register clients in the admin site, which validates their terms."
    instead = "Register clients in the admin site: /admin/accounts/oauthclient/add/."
