"""Rows of progress: columns and constraints, no behaviour."""

import uuid

from django.conf import settings
from django.db import models

from authsvc.storage.append_only import AppendOnlyRow
from progress.domain.entities import EntityType, EventType, ProgressStatus


class ProgressEvent(AppendOnlyRow):
    """The log. `position` orders it as a whole, `sequence` within a learner's course."""

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    course = models.ForeignKey(
        "courses.Course", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    org = models.ForeignKey(
        "accounts.Organization",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    sequence = models.PositiveIntegerField()
    type = models.CharField(max_length=32, choices=[(t.value, t.value) for t in EventType])
    entity_type = models.CharField(max_length=16, choices=[(t.value, t.value) for t in EntityType])
    entity_id = models.UUIDField()
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True, blank=True)
    idempotency_key = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(
                fields=["position"], condition=models.Q(sequence=1), name="streams_by_beginning"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course", "sequence"], name="one_event_per_sequence"
            ),
            models.CheckConstraint(
                condition=models.Q(type__in=[t.value for t in EventType]),
                name="event_type_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.sequence}"


class CourseProgress(models.Model):
    """The projection of one stream, and its head."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="+")
    course_slug = models.SlugField(max_length=80, db_index=False)
    org = models.ForeignKey(
        "accounts.Organization",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    status = models.CharField(max_length=16, choices=[(s.value, s.value) for s in ProgressStatus])
    course_version = models.PositiveIntegerField()
    percent_complete = models.PositiveSmallIntegerField()
    enrolled_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_items = models.JSONField()
    started_modules = models.JSONField()
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "course progress"
        constraints = [
            models.UniqueConstraint(fields=["user", "course"], name="one_progress_per_course"),
            models.CheckConstraint(
                condition=models.Q(percent_complete__lte=100), name="percent_is_at_most_100"
            ),
            models.CheckConstraint(
                condition=models.Q(percent_complete__lt=100) | models.Q(completed_at__isnull=False),
                name="complete_means_completed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_slug}: {self.percent_complete} %"
