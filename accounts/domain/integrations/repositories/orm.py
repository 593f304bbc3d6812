"""ORM repositories of integrations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from accounts import models as rows
from accounts.domain.access import OrganizationId, OrganizationStatus, UserId
from accounts.domain.integrations.entities.deliveries import Delivery, DeliveryId, DeliveryStatus
from accounts.domain.integrations.entities.webhooks import (
    FormerSigningSecret,
    Pause,
    PauseCause,
    Webhook,
    WebhookId,
    WebhookTerms,
)
from accounts.domain.integrations.errors import DeliveryNotFound, WebhookNotFound
from accounts.domain.integrations.repositories.protocols import DELIVERIES, WEBHOOKS
from authsvc.events import models as event_rows
from authsvc.events.catalogue import OutgoingEventType
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.rows import first_of, values_of
from authsvc.storage.tenancy import owned_within

Values = dict[str, Any]

_OPEN: Final = Q(paused_at=None) & (Q(org=None) | Q(org__status=OrganizationStatus.ACTIVE))


class OrmWebhookRepository:
    def add(self, webhook: Webhook, *, position: int, scope: TenantScope) -> None:
        scope.require(webhook.org_id)
        cursor = {
            "position": position,
            "replayed_until": position,
            "lease": None,
            "leased_until": None,
            "resting_until": None,
            "claimed_at": None,
        }
        insert(rows.Webhook, [_webhook_values(webhook) | cursor])

    def get(self, webhook_id: WebhookId, *, scope: TenantScope) -> Webhook:
        return self._get(rows.Webhook.objects.all(), webhook_id, scope)

    def get_for_update(self, webhook_id: WebhookId, *, scope: TenantScope) -> Webhook:
        return self._get(rows.Webhook.objects.select_for_update(), webhook_id, scope)

    def save(self, webhook: Webhook, *, scope: TenantScope) -> None:
        scope.require(webhook.org_id)
        rows.Webhook.objects.filter(pk=webhook.id).update(**_webhook_values(webhook))

    def remove(self, webhook: Webhook, *, scope: TenantScope) -> None:
        scope.require(webhook.org_id)
        rows.Webhook.objects.filter(pk=webhook.id).delete()

    def count_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> int:
        return self._of(org_id, scope).count()

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[Webhook]:
        return page_of_rows(self._of(org_id, scope), request, WEBHOOKS, _webhook)

    def _of(self, org_id: OrganizationId | None, scope: TenantScope) -> QuerySet[rows.Webhook]:
        return rows.Webhook.objects.filter(owned_within(scope), org_id=org_id)

    def _get(
        self, webhooks: QuerySet[rows.Webhook], webhook_id: WebhookId, scope: TenantScope
    ) -> Webhook:
        webhooks = webhooks.filter(owned_within(scope), pk=webhook_id)
        return _webhook(first_of(webhooks, missing=WebhookNotFound))


class OrmWebhookCursorRepository:
    def due(self, *, at: datetime, limit: int) -> list[WebhookId]:
        later = event_rows.OutgoingEvent.objects.filter(position__gt=OuterRef("position"))
        pending = rows.WebhookDelivery.objects.filter(is_pending=True)
        earlier = pending.filter(
            webhook_id=OuterRef("webhook_id"),
            user_id=OuterRef("user_id"),
            position__lt=OuterRef("position"),
        )
        # What is behind another delivery of its user cannot be sent, however long it has been due.
        deliveries = pending.filter(~Exists(earlier), webhook_id=OuterRef("pk"), due_at__lte=at)
        # Apart for the platform and for organizations, so that each condition has an index.
        has_work = (
            Exists(deliveries)
            | (Q(org=None) & Exists(later))
            | (Q(org__isnull=False) & Exists(later.filter(org_id=OuterRef("org_id"))))
        )
        rested = Q(resting_until=None) | Q(resting_until__lte=at)
        webhooks = rows.Webhook.objects.filter(_OPEN, _free(at), rested, has_work)
        by_age = webhooks.order_by(F("claimed_at").asc(nulls_first=True), "id")
        return [WebhookId(pk) for pk in by_age.values_list("pk", flat=True)[:limit]]

    def waiting_since(self, *, of_platform: bool) -> datetime | None:
        pending = rows.WebhookDelivery.objects.filter(webhook_id=OuterRef("pk"), is_pending=True)
        reached = Greatest(OuterRef("position"), OuterRef("replayed_until"))
        later = event_rows.OutgoingEvent.objects.filter(position__gt=reached)
        unread = later if of_platform else later.filter(org_id=OuterRef("org_id"))
        # The first of each by position, which an index finds, however many there are.
        firsts = rows.Webhook.objects.filter(_OPEN, org__isnull=of_platform).annotate(
            queued_at=Subquery(pending.order_by("position").values("created_at")[:1]),
            occurred_at=Subquery(unread.order_by("position").values("occurred_at")[:1]),
        )
        times = firsts.aggregate(Min("queued_at"), Min("occurred_at")).values()
        return min((time for time in times if time is not None), default=None)

    def claim(
        self, webhook_id: WebhookId, lease: UUID, *, at: datetime, until: datetime
    ) -> int | None:
        # The condition on the lease is one of the row itself: only so is it checked again after waiting for its lock.
        is_open = Q(pk__in=rows.Webhook.objects.filter(_OPEN, pk=webhook_id).values("pk"))
        free = rows.Webhook.objects.filter(_free(at), is_open, pk=webhook_id)
        if not free.update(lease=lease, leased_until=until, claimed_at=at):
            return None
        return _leased(webhook_id, lease).values_list("position", flat=True).first()

    def renew(self, webhook_id: WebhookId, lease: UUID, *, until: datetime) -> bool:
        return bool(_leased(webhook_id, lease).update(leased_until=until))

    def advance(self, webhook_id: WebhookId, lease: UUID, *, after: int, to: int) -> bool:
        return bool(_leased(webhook_id, lease).filter(position=after).update(position=to))

    def release(
        self, webhook_id: WebhookId, lease: UUID, *, resting_until: datetime | None
    ) -> None:
        _leased(webhook_id, lease).update(
            lease=None, leased_until=None, resting_until=resting_until
        )

    def rewind(self, webhook_id: WebhookId, *, to: int) -> int:
        webhook = rows.Webhook.objects.filter(pk=webhook_id)
        reached = Greatest("position", "replayed_until")
        webhook.filter(position__gt=to).update(position=to, replayed_until=reached)
        return webhook.values_list("position", flat=True).get()

    def wake(self, webhook_id: WebhookId) -> None:
        rows.Webhook.objects.filter(pk=webhook_id).update(resting_until=None)


class OrmDeliveryRepository:
    def add(self, deliveries: Sequence[Delivery]) -> int:
        return insert(
            rows.WebhookDelivery,
            [_delivery_values(delivery) for delivery in deliveries],
            unless_taken=("webhook_id", "position"),
            among="is_pending",
        )

    def get(self, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
        deliveries = rows.WebhookDelivery.objects.filter(webhook_id=webhook_id, pk=delivery_id)
        return _delivery(first_of(deliveries, missing=DeliveryNotFound))

    def find_pending_for_update(self, webhook_id: WebhookId, position: int) -> Delivery | None:
        locked = rows.WebhookDelivery.objects.select_for_update()
        row = locked.filter(webhook_id=webhook_id, position=position, is_pending=True).first()
        return _delivery(row) if row else None

    def save(self, delivery: Delivery) -> None:
        stored = rows.WebhookDelivery.objects.filter(pk=delivery.id)
        stored.update(**_delivery_values(delivery))

    def pending(self, webhook_id: WebhookId, *, limit: int) -> list[Delivery]:
        pending = rows.WebhookDelivery.objects.filter(webhook_id=webhook_id, is_pending=True)
        return [_delivery(row) for row in pending.order_by("position")[:limit]]

    def revive(self, webhook_id: WebhookId, *, at: datetime) -> None:
        pending = rows.WebhookDelivery.objects.filter(webhook_id=webhook_id, is_pending=True)
        pending.update(status=DeliveryStatus.WAITING, attempts=0, due_at=at)

    def page_of(self, webhook_id: WebhookId, request: PageRequest) -> Page[Delivery]:
        deliveries = rows.WebhookDelivery.objects.filter(webhook_id=webhook_id)
        return page_of_rows(deliveries, request, DELIVERIES, _delivery)

    def remove_delivered(self, *, before: datetime) -> int:
        delivered = rows.WebhookDelivery.objects.filter(is_pending=False)
        return delivered.filter(attempted_at__lt=before).delete()[0]


def _free(at: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lte=at)


def _leased(webhook_id: WebhookId, lease: UUID) -> QuerySet[rows.Webhook]:
    return rows.Webhook.objects.filter(pk=webhook_id, lease=lease)


def _webhook_values(webhook: Webhook) -> Values:
    terms, former, pause = webhook.terms, webhook.former_secret, webhook.pause
    return {
        "id": webhook.id,
        "org_id": webhook.org_id,
        "url": terms.url,
        "description": terms.description,
        "types": sorted(terms.types),
        "encrypted_secret": webhook.encrypted_secret,
        "former_encrypted_secret": former.encrypted if former else "",
        "former_secret_expires_at": former.expires_at if former else None,
        "paused_because": pause.cause if pause else "",
        "paused_at": pause.since if pause else None,
        "created_by_id": webhook.created_by,
        "created_at": webhook.created_at,
    }


def _webhook(row: rows.Webhook) -> Webhook:
    former = (
        FormerSigningSecret(
            encrypted=row.former_encrypted_secret, expires_at=row.former_secret_expires_at
        )
        if row.former_secret_expires_at
        else None
    )
    pause = (
        Pause(cause=PauseCause(row.paused_because), since=row.paused_at) if row.paused_at else None
    )
    return Webhook(
        id=WebhookId(row.id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        terms=WebhookTerms(
            url=row.url,
            description=row.description,
            types=frozenset(OutgoingEventType(type_) for type_ in row.types),
        ),
        encrypted_secret=row.encrypted_secret,
        former_secret=former,
        pause=pause,
        created_by=UserId(row.created_by_id) if row.created_by_id else None,
        created_at=row.created_at,
    )


def _delivery_values(delivery: Delivery) -> Values:
    return values_of(rows.WebhookDelivery, delivery)


def _delivery(row: rows.WebhookDelivery) -> Delivery:
    return Delivery(
        id=DeliveryId(row.id),
        webhook_id=WebhookId(row.webhook_id),
        position=row.position,
        event_id=row.event_id,
        type=OutgoingEventType(row.type),
        user_id=row.user_id,
        status=DeliveryStatus(row.status),
        attempts=row.attempts,
        http_status=row.http_status,
        duration_ms=row.duration_ms,
        error=row.error,
        created_at=row.created_at,
        attempted_at=row.attempted_at,
        due_at=row.due_at,
    )
