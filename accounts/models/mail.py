"""Mail model: messages on their way out."""

import uuid

from django.db import models

from accounts.domain.mail.entities import MailKind, MailStatus
from authsvc.storage.columns import enum_column


class OutgoingMail(models.Model):
    """A message and the state of its delivery. The body is emptied when it is sent or given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = enum_column(MailKind, max_length=40)
    recipient = models.EmailField(max_length=254)
    subject = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    status = enum_column(MailStatus, max_length=10)
    attempts = models.PositiveSmallIntegerField()
    error = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    job_id = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "outgoing mail"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
