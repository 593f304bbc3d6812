"""Delivery entities: events on their way to a webhook, their attempts, and when they are repeated."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final, NewType
from uuid import UUID

from accounts.domain.integrations.entities.webhooks import PauseCause, WebhookId
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import RecordedEvent

DeliveryId = NewType("DeliveryId", UUID)

PAUSES: Final = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
)
"""Pauses between the attempts, which vary by up to a quarter: nine attempts within 39 to 65 hours."""
LONGEST_ERROR: Final = 200


class DeliveryStatus(StrEnum):
    """A `failed` delivery has paused its webhook, and is attempted again when that is resumed."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """What an attempt came to. `error` says what was wrong if there was no response, or none that is acceptable."""

    http_status: int | None = None
    duration_ms: int
    error: str = ""

    @property
    def is_success(self) -> bool:
        return not self.error

    @classmethod
    def answered(cls, status: int, *, duration_ms: int) -> "AttemptResult":
        """Any status of success means that the event was received (Standard Webhooks); redirects are not followed."""
        is_success = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        error = "" if is_success else f"the receiver answered {status}"
        return cls(http_status=status, duration_ms=duration_ms, error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event for a webhook. It is pending until it is delivered, and due at `due_at` unless it failed.

    `attempts` counts since it was queued, or since the webhook was resumed. Status, duration and error are those of the
    last attempt.
    """

    id: DeliveryId
    webhook_id: WebhookId
    position: int
    event_id: UUID
    type: OutgoingEventType
    user_id: UUID | None
    status: DeliveryStatus = DeliveryStatus.WAITING
    attempts: int = 0
    http_status: int | None = None
    duration_ms: int | None = None
    error: str = ""
    created_at: datetime
    attempted_at: datetime | None = None
    due_at: datetime | None

    @classmethod
    def queued(
        cls,
        delivery_id: DeliveryId,
        recorded: RecordedEvent,
        webhook_id: WebhookId,
        *,
        at: datetime,
    ) -> "Delivery":
        event = recorded.event
        return cls(
            id=delivery_id,
            webhook_id=webhook_id,
            position=recorded.position,
            event_id=event.id,
            type=event.type,
            user_id=event.user_id,
            created_at=at,
            due_at=at,
        )

    @property
    def is_pending(self) -> bool:
        return self.status is not DeliveryStatus.DELIVERED

    def is_due(self, *, at: datetime) -> bool:
        return self.due_at is not None and self.due_at <= at

    def attempted(self, result: AttemptResult, *, at: datetime, jitter: float) -> "Delivery":
        """The delivery after an attempt; `jitter` is a number from 0 to 1."""
        attempts = self.attempts + 1
        status, due_at = DeliveryStatus.DELIVERED, None
        if not result.is_success:
            is_last = attempts > len(PAUSES) or result.http_status == HTTPStatus.GONE
            status = DeliveryStatus.FAILED if is_last else DeliveryStatus.WAITING
            due_at = None if is_last else at + PAUSES[attempts - 1] * (0.75 + jitter / 2)
        return replace(
            self,
            status=status,
            attempts=attempts,
            http_status=result.http_status,
            duration_ms=result.duration_ms,
            error=result.error[:LONGEST_ERROR],
            attempted_at=at,
            due_at=due_at,
        )

    @property
    def pause_cause(self) -> PauseCause:
        """Why its webhook is paused when it has failed."""
        is_gone = self.http_status == HTTPStatus.GONE
        return PauseCause.GONE if is_gone else PauseCause.FAILING

    def revived(self, *, at: datetime) -> "Delivery":
        """The pending delivery, due at once, and attempted as often as a new one."""
        return replace(self, status=DeliveryStatus.WAITING, attempts=0, due_at=at)

    def repeated(self, delivery_id: DeliveryId, *, at: datetime) -> "Delivery":
        """A new delivery of the event of a delivered one, which remains in the log."""
        return replace(
            self,
            id=delivery_id,
            status=DeliveryStatus.WAITING,
            attempts=0,
            http_status=None,
            duration_ms=None,
            error="",
            created_at=at,
            attempted_at=None,
            due_at=at,
        )
