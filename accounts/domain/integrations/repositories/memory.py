"""In-memory repositories of integrations."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from accounts.domain.access import OrganizationId
from accounts.domain.integrations.entities.deliveries import Delivery, DeliveryId
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookId
from accounts.domain.integrations.errors import DeliveryNotFound, WebhookNotFound
from accounts.domain.integrations.repositories.protocols import DELIVERIES, WEBHOOKS
from accounts.domain.organizations.entities import Organization
from authsvc.events.entities import OutgoingEvent
from authsvc.kernel.memory import remove_where
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope

Webhooks = MutableMapping[WebhookId, Webhook]
Deliveries = MutableMapping[DeliveryId, Delivery]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The cursor of a webhook, and the lease of the worker that delivers to it."""

    position: int
    replayed_until: int = 0
    lease: UUID | None = None
    leased_until: datetime | None = None
    resting_until: datetime | None = None
    claimed_at: datetime | None = None

    def is_free(self, *, at: datetime) -> bool:
        return self.leased_until is None or self.leased_until <= at

    @property
    def reached(self) -> int:
        """The position up to which events were read, before a replay too."""
        return max(self.position, self.replayed_until)

    def is_resting(self, *, at: datetime) -> bool:
        return self.resting_until is not None and at < self.resting_until


Cursors = MutableMapping[WebhookId, Cursor]


@dataclass(frozen=True, slots=True)
class InMemoryWebhookRepository:
    store: Webhooks = field(default_factory=dict)
    cursors: Cursors = field(default_factory=dict)
    deliveries: Deliveries = field(default_factory=dict)

    def add(self, webhook: Webhook, *, position: int, scope: TenantScope) -> None:
        scope.require(webhook.org_id)
        self.store[webhook.id] = webhook
        self.cursors[webhook.id] = Cursor(position=position)

    def get(self, webhook_id: WebhookId, *, scope: TenantScope) -> Webhook:
        webhook = self.store.get(webhook_id)
        if webhook is None or not scope.covers(webhook.org_id):
            raise WebhookNotFound
        return webhook

    def get_for_update(self, webhook_id: WebhookId, *, scope: TenantScope) -> Webhook:
        return self.get(webhook_id, scope=scope)

    def save(self, webhook: Webhook, *, scope: TenantScope) -> None:
        scope.require(webhook.org_id)
        self.store[webhook.id] = webhook

    def remove(self, webhook: Webhook, *, scope: TenantScope) -> None:
        scope.require(webhook.org_id)
        self.store.pop(webhook.id, None)
        self.cursors.pop(webhook.id, None)
        remove_where(self.deliveries, lambda delivery: delivery.webhook_id == webhook.id)

    def count_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> int:
        return len(self._of(org_id, scope))

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[Webhook]:
        return page_in_memory(self._of(org_id, scope), request, WEBHOOKS)

    def _of(self, org_id: OrganizationId | None, scope: TenantScope) -> list[Webhook]:
        return [webhook for webhook in scope.among(self.store.values()) if webhook.org_id == org_id]


@dataclass(frozen=True, slots=True)
class InMemoryWebhookCursorRepository:
    organizations: Mapping[OrganizationId, Organization]
    webhooks: Webhooks
    deliveries: Deliveries
    events: Mapping[int, OutgoingEvent]
    store: Cursors = field(default_factory=dict)

    def due(self, *, at: datetime, limit: int) -> list[WebhookId]:
        waiting = [
            (cursor.claimed_at or datetime.min.replace(tzinfo=at.tzinfo), webhook_id)
            for webhook_id, cursor in self.store.items()
            if cursor.is_free(at=at)
            and not cursor.is_resting(at=at)
            and self._is_open(self.webhooks[webhook_id])
            and self._has_work(webhook_id, cursor, at)
        ]
        return [webhook_id for _, webhook_id in sorted(waiting)[:limit]]

    def waiting_since(self, *, of_platform: bool) -> datetime | None:
        times = (
            time
            for webhook in self.webhooks.values()
            if (webhook.org_id is None) == of_platform and self._is_open(webhook)
            for time in self._waiting_times(webhook)
        )
        return min(times, default=None)

    def claim(
        self, webhook_id: WebhookId, lease: UUID, *, at: datetime, until: datetime
    ) -> int | None:
        cursor, webhook = self.store.get(webhook_id), self.webhooks.get(webhook_id)
        if cursor is None or webhook is None:
            return None
        if not cursor.is_free(at=at) or not self._is_open(webhook):
            return None
        self.store[webhook_id] = replace(cursor, lease=lease, leased_until=until, claimed_at=at)
        return cursor.position

    def renew(self, webhook_id: WebhookId, lease: UUID, *, until: datetime) -> bool:
        cursor = self._leased(webhook_id, lease)
        if cursor is not None:
            self.store[webhook_id] = replace(cursor, leased_until=until)
        return cursor is not None

    def advance(self, webhook_id: WebhookId, lease: UUID, *, after: int, to: int) -> bool:
        cursor = self._leased(webhook_id, lease)
        if cursor is None or cursor.position != after:
            return False
        self.store[webhook_id] = replace(cursor, position=to)
        return True

    def release(
        self, webhook_id: WebhookId, lease: UUID, *, resting_until: datetime | None
    ) -> None:
        cursor = self._leased(webhook_id, lease)
        if cursor is not None:
            self.store[webhook_id] = replace(
                cursor, lease=None, leased_until=None, resting_until=resting_until
            )

    def rewind(self, webhook_id: WebhookId, *, to: int) -> int:
        cursor = self.store[webhook_id]
        if to < cursor.position:
            self.store[webhook_id] = replace(cursor, position=to, replayed_until=cursor.reached)
        return self.store[webhook_id].position

    def wake(self, webhook_id: WebhookId) -> None:
        self.store[webhook_id] = replace(self.store[webhook_id], resting_until=None)

    def _leased(self, webhook_id: WebhookId, lease: UUID) -> Cursor | None:
        cursor = self.store.get(webhook_id)
        return cursor if cursor is not None and cursor.lease == lease else None

    def _is_open(self, webhook: Webhook) -> bool:
        owner = None if webhook.org_id is None else self.organizations[webhook.org_id]
        return webhook.pause is None and (owner is None or owner.is_open)

    def _has_work(self, webhook_id: WebhookId, cursor: Cursor, at: datetime) -> bool:
        org_id = self.webhooks[webhook_id].org_id
        has_events = any(
            position > cursor.position and org_id in (None, event.org_id)
            for position, event in self.events.items()
        )
        return has_events or any(delivery.is_due(at=at) for delivery in self._first_of(webhook_id))

    def _waiting_times(self, webhook: Webhook) -> Iterator[datetime]:
        """Since when its first pending delivery, and the first event that is new to it, wait."""
        for delivery in islice(self._first_of(webhook.id), 1):
            yield delivery.created_at
        unread = (
            event.occurred_at
            for position, event in sorted(self.events.items())
            if position > self.store[webhook.id].reached and webhook.org_id in (None, event.org_id)
        )
        yield from islice(unread, 1)

    def _first_of(self, webhook_id: WebhookId) -> Iterator[Delivery]:
        """The pending deliveries that are not behind another of their user."""
        users = set[UUID]()
        pending = [
            delivery
            for delivery in self.deliveries.values()
            if delivery.webhook_id == webhook_id and delivery.is_pending
        ]
        for delivery in sorted(pending, key=lambda delivery: delivery.position):
            if delivery.user_id not in users:
                yield delivery
            if delivery.user_id is not None:
                users.add(delivery.user_id)


@dataclass(frozen=True, slots=True)
class InMemoryDeliveryRepository:
    store: Deliveries = field(default_factory=dict)

    def add(self, deliveries: Sequence[Delivery]) -> int:
        added = 0
        for delivery in deliveries:
            pending = {stored.position for stored in self._pending(delivery.webhook_id)}
            if not delivery.is_pending or delivery.position not in pending:
                self.store[delivery.id] = delivery
                added += 1
        return added

    def get(self, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
        delivery = self.store.get(delivery_id)
        if delivery is None or delivery.webhook_id != webhook_id:
            raise DeliveryNotFound
        return delivery

    def find_pending_for_update(self, webhook_id: WebhookId, position: int) -> Delivery | None:
        pending = (stored for stored in self._pending(webhook_id) if stored.position == position)
        return next(pending, None)

    def save(self, delivery: Delivery) -> None:
        if delivery.id in self.store:
            self.store[delivery.id] = delivery

    def pending(self, webhook_id: WebhookId, *, limit: int) -> list[Delivery]:
        return sorted(self._pending(webhook_id), key=lambda stored: stored.position)[:limit]

    def revive(self, webhook_id: WebhookId, *, at: datetime) -> None:
        for delivery in list(self._pending(webhook_id)):
            self.store[delivery.id] = delivery.revived(at=at)

    def page_of(self, webhook_id: WebhookId, request: PageRequest) -> Page[Delivery]:
        deliveries = (
            delivery for delivery in self.store.values() if delivery.webhook_id == webhook_id
        )
        return page_in_memory(deliveries, request, DELIVERIES)

    def remove_delivered(self, *, before: datetime) -> int:
        return remove_where(
            self.store,
            lambda delivery: (
                not delivery.is_pending
                and delivery.attempted_at is not None
                and delivery.attempted_at < before
            ),
        )

    def _pending(self, webhook_id: WebhookId) -> Iterable[Delivery]:
        return (
            delivery
            for delivery in self.store.values()
            if delivery.webhook_id == webhook_id and delivery.is_pending
        )
