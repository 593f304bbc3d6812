"""Audit log models: entries and the heads of their chains."""

import uuid

from django.db import models

from accounts.domain.audit.entities import AuditAction, SubjectType
from authsvc.storage.append_only import AppendOnlyRow
from authsvc.storage.columns import enum_column, owner_column


class AuditHead(models.Model):
    """The head of a chain, and the lock on it. The key is the organization's id, or nil for the platform."""

    id = models.UUIDField(primary_key=True)
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.id} #{self.sequence}"


class AuditEntry(AppendOnlyRow):
    """An entry. `sequence` counts in the chain of its organization, or of the platform."""

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    org = owner_column(db_index=False)
    sequence = models.PositiveIntegerField()
    action = enum_column(AuditAction, max_length=32)
    subject_type = enum_column(SubjectType, max_length=20)
    subject_id = models.CharField(max_length=100)
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField(blank=True)
    actor_id = models.UUIDField(null=True, blank=True)
    client_id = models.CharField(max_length=100)
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [
            models.UniqueConstraint(fields=["org", "sequence"], name="one_entry_per_sequence"),
            models.UniqueConstraint(
                fields=["sequence"],
                condition=models.Q(org=None),
                name="one_platform_entry_per_sequence",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "-position"], name="audit_by_subject"),
            models.Index(fields=["actor_id", "-position"], name="audit_by_actor"),
            models.Index(fields=["occurred_at", "id"], name="audit_by_time"),
            models.Index(fields=["action", "occurred_at", "id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} #{self.sequence}"


class Anchor(AppendOnlyRow):
    """A signed statement about all logs: a compact JWS, and the public key that verifies it."""

    sequence = models.PositiveIntegerField(primary_key=True)
    token = models.TextField()
    public_key = models.JSONField()

    def __str__(self) -> str:
        return f"anchor {self.sequence}"
