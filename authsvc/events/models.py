"""Table of outgoing events: columns and indexes, no behaviour."""

import uuid

from django.db import models

from authsvc.storage.append_only import AppendOnlyRow


class OutgoingEvent(AppendOnlyRow):
    """An event. Its ids refer to rows of other apps, which may be gone, so they are no foreign keys."""

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Without choices: the catalogue grows, and a migration for each type would protect nothing.
    type = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    org_id = models.UUIDField(null=True, blank=True)
    user_id = models.UUIDField(null=True, blank=True)
    data = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["org_id", "position"], name="outgoing_by_org"),
            models.Index(fields=["type", "position"], name="outgoing_by_type"),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.position}"
