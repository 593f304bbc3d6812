"""Webhook deliveries as their owners see them: the log, test messages, redelivery and replay."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from accounts.domain.access import OrganizationId, Principal
from accounts.domain.audit.entities import AuditAction
from accounts.domain.integrations.entities.deliveries import AttemptResult, Delivery, DeliveryId
from accounts.domain.integrations.entities.messages import WebhookMessage
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookId
from accounts.domain.integrations.errors import UnsuitableReplay, WebhookPaused
from accounts.domain.integrations.repositories.protocols import (
    DeliveryRepository,
    WebhookCursorRepository,
)
from accounts.domain.integrations.services.webhook_access import WebhookAccess, event_scope_of
from accounts.domain.integrations.services.webhook_sender import WebhookSender
from authsvc.events.repositories.protocols import OutgoingEventRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork

KEPT_FOR: Final = timedelta(days=30)
"""How long deliveries are shown after they have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveries:
    """Methods raise what WebhookAccess does."""

    deliveries: DeliveryRepository
    cursors: WebhookCursorRepository
    events: OutgoingEventRepository
    access: WebhookAccess
    sender: WebhookSender
    unit_of_work: UnitOfWork
    clock: Clock

    def page_of(
        self,
        org_id: OrganizationId | None,
        webhook_id: WebhookId,
        request: PageRequest,
        *,
        by: Principal,
    ) -> Page[Delivery]:
        """Newest first; the id breaks ties."""
        with self.unit_of_work.atomic():
            self.access.to_read(org_id, webhook_id, by=by)
            return self.deliveries.page_of(webhook_id, request)

    def ping(
        self, org_id: OrganizationId | None, webhook_id: WebhookId, *, by: Principal
    ) -> AttemptResult:
        """Send a signed test message now, also to a paused webhook.

        Raises OrganizationSuspended, WebhookBudgetSpent.
        """
        with self.unit_of_work.atomic():
            webhook = self.access.to_change(org_id, webhook_id, by=by)
            self.access.record(AuditAction.WEBHOOK_PINGED, webhook, by=by)
        message = WebhookMessage.ping(uuid4(), at=self.clock.now())
        return self.sender.send(webhook, message)

    def redeliver(
        self,
        org_id: OrganizationId | None,
        webhook_id: WebhookId,
        delivery_id: DeliveryId,
        *,
        by: Principal,
    ) -> Delivery:
        """Deliver the event again, with the same id: a pending delivery now, a delivered one by a new delivery.

        While an event is pending, no second delivery of it is queued. Return the delivery that is due. Raises
        DeliveryNotFound, OrganizationSuspended, WebhookPaused.
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            webhook = self.access.to_change(org_id, webhook_id, by=by)
            if webhook.pause is not None:
                raise WebhookPaused
            stored = self.deliveries.get(webhook_id, delivery_id)
            pending = self.deliveries.find_pending_for_update(webhook_id, stored.position)
            if pending is not None:
                delivery = pending.revived(at=now)
                self.deliveries.save(delivery)
            else:
                delivery = stored.repeated(DeliveryId(uuid4()), at=now)
                self.deliveries.add([delivery])
            self.cursors.wake(webhook_id)
            after = {"event_id": str(delivery.event_id)}
            self.access.record(AuditAction.WEBHOOK_REDELIVERED, webhook, by=by, after=after)
        return delivery

    def replay(
        self,
        org_id: OrganizationId | None,
        webhook_id: WebhookId,
        *,
        after: int | None = None,
        since: datetime | None = None,
        by: Principal,
    ) -> int:
        """Deliver again, with their ids, the events after a position, or those that occurred since a time.

        Return the position after which events are delivered now: that of the webhook, if it had not come so far.
        Raises OrganizationSuspended, UnsuitableReplay unless either is given.
        """
        with self.unit_of_work.atomic():
            webhook = self.access.to_change(org_id, webhook_id, by=by)
            position = self._start_of_replay(webhook, after, since)
            moved_to = self.cursors.rewind(webhook_id, to=position)
            members = {"after": moved_to}
            self.access.record(AuditAction.WEBHOOK_REPLAYED, webhook, by=by, after=members)
        return moved_to

    def remove_expired(self) -> int:
        """Delete what was delivered KEPT_FOR ago; return how much."""
        with self.unit_of_work.atomic():
            return self.deliveries.remove_delivered(before=self.clock.now() - KEPT_FOR)

    def _start_of_replay(self, webhook: Webhook, after: int | None, since: datetime | None) -> int:
        """Raises UnsuitableReplay."""
        if after is not None and since is None:
            return after
        if after is None and since is not None:
            return self.events.position_before(since, scope=event_scope_of(webhook))
        field_error = FieldError(path="after", detail=UnsuitableReplay.explanation)
        raise UnsuitableReplay(field_error)
