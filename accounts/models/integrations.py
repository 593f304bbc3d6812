"""Integration models: webhooks and their deliveries."""

import uuid
from typing import Final

from django.db import models
from django.db.models import Q

from accounts.domain.integrations.entities.deliveries import LONGEST_ERROR, DeliveryStatus
from accounts.domain.integrations.entities.webhooks import LONGEST_DESCRIPTION, PauseCause
from authsvc.kernel.urls import LONGEST_URL
from authsvc.storage.columns import actor_column, enum_column, owner_column

PENDING: Final = Q(is_pending=True)


class Webhook(models.Model):
    """A webhook and its cursor in the log of outgoing events. Secrets are encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    org = owner_column()
    url = models.CharField(max_length=LONGEST_URL)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    types = models.JSONField(blank=True)
    encrypted_secret = models.CharField(max_length=400)
    former_encrypted_secret = models.CharField(max_length=400, blank=True)
    former_secret_expires_at = models.DateTimeField(null=True, blank=True)
    paused_because = enum_column(PauseCause, max_length=10, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    created_by = actor_column()
    created_at = models.DateTimeField()
    position = models.BigIntegerField()
    # The position before the last replay: events up to it were read before.
    replayed_until = models.BigIntegerField(default=0, db_default=0)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    resting_until = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["org", "created_at", "id"], name="webhooks_by_org")]

    def __str__(self) -> str:
        return self.description or self.url


class WebhookDelivery(models.Model):
    """An event for a webhook. The event itself is in the log of outgoing events."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    position = models.BigIntegerField()
    event_id = models.UUIDField()
    type = models.CharField(max_length=40)
    user_id = models.UUIDField(null=True, blank=True)
    status = enum_column(DeliveryStatus, max_length=10)
    is_pending = models.BooleanField()
    attempts = models.PositiveSmallIntegerField()
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    error = models.CharField(max_length=LONGEST_ERROR, blank=True)
    created_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "position"],
                condition=PENDING,
                name="one_pending_delivery",
            )
        ]
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="deliveries_by_webhook"),
            models.Index(fields=["webhook", "due_at"], name="deliveries_due", condition=PENDING),
            models.Index(fields=["attempted_at"], name="deliveries_delivered", condition=~PENDING),
            models.Index(fields=["-created_at"], name="deliveries_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
