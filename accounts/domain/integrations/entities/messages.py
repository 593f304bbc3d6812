"""Webhook messages: body, signatures and headers of a delivery (Standard Webhooks)."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import digest
from typing import Any, Final
from uuid import UUID

from authsvc.events.entities import RecordedEvent
from authsvc.kernel.canonical import utc_text

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # the start of every secret
SECRET_BYTES: Final = 32
PING: Final = "webhook.ping"
"""The type of a message that tests a webhook. It is no event, and has no data."""


def secret_of(key: bytes) -> str:
    """The secret with this key, as receivers configure it."""
    return SECRET_PREFIX + b64encode(key).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMessage:
    """A message to a webhook. Its id is the same in every attempt, so that receivers can ignore repetitions."""

    id: UUID
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, recorded: RecordedEvent) -> "WebhookMessage":
        """The message about an event, whose `data` are the event as the feed shows it."""
        event = recorded.event
        body = _json(event.type.value, event.occurred_at, recorded.members)
        return cls(id=event.id, body=body)

    @classmethod
    def ping(cls, message_id: UUID, *, at: datetime) -> "WebhookMessage":
        return cls(id=message_id, body=_json(PING, at, {}))

    def headers(self, secrets: Iterable[str], *, at: datetime) -> dict[str, str]:
        """The headers of an attempt, with a signature for each secret."""
        timestamp = int(at.timestamp())
        signed = f"{self.id}.{timestamp}.".encode() + self.body
        return {
            "content-type": "application/json",
            "webhook-id": str(self.id),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
        }


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    return f"v1,{b64encode(digest(key, signed, sha256)).decode()}"


def _json(type_: str, timestamp: datetime, data: Mapping[str, Any]) -> bytes:
    members = {"type": type_, "timestamp": utc_text(timestamp), "data": data}
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()
