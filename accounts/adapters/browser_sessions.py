"""Browser sessions of Django."""

from importlib import import_module

from django.conf import settings


def clear_browser_sessions() -> None:
    """Delete the expired ones. In memory mode they are cookies, and there is nothing to delete."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
