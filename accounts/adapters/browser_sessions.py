"""Browser sessions: Django's session engine, on a table with the user and the device of each session."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

BROWSER_ID: Final = "browser_id"
BEGAN_AT: Final = "began_at"
SEEN_AT: Final = "seen_at"
USER_AGENT: Final = "user_agent"
CLIENT_IP: Final = "client_ip"
"""Keys of the session whose values are columns, too."""


class SessionStore(db.SessionStore):
    """Django's database engine. Deleting the row ends the session."""

    @classmethod
    def get_model_class(cls) -> Any:
        return apps.get_model("accounts", "BrowserSession")

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.browser_id = UUID(data[BROWSER_ID]) if BROWSER_ID in data else None
        row.began_at, row.seen_at = _time_in(data, BEGAN_AT), _time_in(data, SEEN_AT)
        row.user_agent, row.client_ip = data.get(USER_AGENT, ""), data.get(CLIENT_IP, "")
        return row


def _time_in(data: dict[str, Any], key: str) -> datetime | None:
    return datetime.fromtimestamp(data[key], UTC) if key in data else None


def clear_browser_sessions() -> None:
    """Delete the expired ones. In memory mode they are cookies, and there is nothing to delete."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
