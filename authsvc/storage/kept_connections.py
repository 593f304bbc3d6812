"""Kept connections: those that the database has closed are replaced before a request uses them."""

import select
from typing import Any

from django.db import connections


def drop_closed_connections(**_: Any) -> None:
    """Close the connections of this thread that PostgreSQL has ended, for example by a restart.

    Django then opens new ones. A receiver of `request_started`: nothing was sent yet, so nothing can be lost or done
    twice. It asks the operating system, not the server, so it costs no statement.
    """
    for connection in connections.all(initialized_only=True):
        is_kept = connection.vendor == "postgresql" and connection.connection is not None
        if is_kept and not connection.in_atomic_block and _has_unread(connection.connection):
            connection.close()


def _has_unread(connection: Any) -> bool:
    """Whether an idle connection has something to read: the end of it, or a message that announces the end."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
