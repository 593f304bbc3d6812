"""Audit log models: entries and the heads of their chains."""

import uuid

from django.db import models

from accounts.domain.access import OrganizationId, UserId
from accounts.domain.audit import entities
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

    def as_entry(self) -> entities.AuditEntry:
        """The entity. Raises ValueError if a stored value cannot be one."""
        act = entities.AuditAct(
            action=AuditAction(self.action),
            subject_type=SubjectType(self.subject_type),
            subject_id=self.subject_id,
            org_id=None if self.org_id is None else OrganizationId(self.org_id),
            before=_members(self.before),
            after=_members(self.after),
            reason=self.reason,
        )
        return entities.AuditEntry(
            id=entities.AuditEntryId(self.id),
            sequence=self.sequence,
            act=act,
            actor_id=UserId(self.actor_id) if self.actor_id else None,
            client_id=self.client_id,
            request_id=self.request_id,
            occurred_at=self.occurred_at,
            previous_hash=self.previous_hash,
            hash=self.hash,
        )


class Anchor(AppendOnlyRow):
    """A signed statement about all logs: a compact JWS, and the public key that verifies it."""

    sequence = models.PositiveIntegerField(primary_key=True)
    token = models.TextField()
    public_key = models.JSONField()

    def __str__(self) -> str:
        return f"anchor {self.sequence}"


def _members(value: object) -> entities.Members:
    """Raises ValueError if the stored value is not an object."""
    if not isinstance(value, dict):
        msg = "`before` or `after` is not an object"
        raise ValueError(msg)  # noqa: TRY004  # the stored value is wrong, not the call
    return value
