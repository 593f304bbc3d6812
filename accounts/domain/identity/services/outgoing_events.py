"""Outgoing events of users: what other systems can learn about a change."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accounts.domain.identity.entities.users import User
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import OutgoingEvent

_PUBLISHED: Final = ("name", "profile", "roles", "is_staff")
"""The members whose changes are published, without their values."""


def changes_of(before: User, after: User, *, at: datetime) -> Iterator[OutgoingEvent]:
    """The outgoing events about a change of a user."""
    changed = [name for name in _PUBLISHED if getattr(before, name) != getattr(after, name)]
    if changed:
        yield OutgoingEvent(
            type=OutgoingEventType.USER_CHANGED,
            occurred_at=at,
            user_id=after.id,
            data={"changed": changed},
        )
    if before.is_active != after.is_active:
        type_ = (
            OutgoingEventType.USER_REACTIVATED
            if after.is_active
            else OutgoingEventType.USER_DEACTIVATED
        )
        yield OutgoingEvent(type=type_, occurred_at=at, user_id=after.id)
