"""Tables of jobs and their files."""

import uuid
from typing import Final

from django.db import models
from django.db.models import Q

from authsvc.jobs.entities import LONGEST_ERROR, FileRole, JobStatus, Priority, Queue
from authsvc.storage.columns import enum_column

WAITING: Final = Q(due_at__isnull=False)


class Job(models.Model):
    """A job. `due_at` is null once it has ended, and then so is `unique_key`.

    Owners and organizations are stored by id alone: work goes on, and is listed for staff, when they are gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    arguments = models.JSONField()
    queue = enum_column(Queue, max_length=10)
    priority = models.PositiveSmallIntegerField(
        choices=[(level.value, level.name.lower()) for level in Priority]
    )
    unique_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    status = enum_column(JobStatus, max_length=10)
    attempts = models.PositiveSmallIntegerField()
    lease = models.UUIDField(null=True, blank=True)
    done = models.PositiveIntegerField()
    total = models.PositiveIntegerField(null=True, blank=True)
    message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.CharField(max_length=LONGEST_ERROR, blank=True)
    is_cancelled = models.BooleanField()
    owner_id = models.UUIDField(null=True, blank=True)
    org_id = models.UUIDField(null=True, blank=True)
    caller = models.CharField(max_length=255, blank=True, default="")
    trace = models.JSONField(default=dict, blank=True)
    period = models.DurationField(null=True, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["queue", "priority", "due_at"], name="jobs_due", condition=WAITING
            ),
            models.Index(fields=["queue", "due_at"], name="jobs_next_due", condition=WAITING),
            models.Index(fields=["ended_at"], name="jobs_ended", condition=~WAITING),
            models.Index(fields=["owner_id", "-created_at", "id"], name="jobs_by_owner"),
            models.Index(fields=["org_id", "-created_at", "id"], name="jobs_by_org"),
            models.Index(fields=["-created_at"], name="jobs_by_time"),
            models.Index(
                fields=["caller"], name="jobs_by_caller", condition=WAITING & ~Q(caller="")
            ),
            models.Index(fields=["kind", "error"], name="jobs_failing", condition=~Q(error="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class JobFile(models.Model):
    """A file that a job reads or has written, or a piece of one."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    role = enum_column(FileRole, max_length=10)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    number = models.PositiveIntegerField(default=0)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "role", "number"], name="one_file_per_role")
        ]

    def __str__(self) -> str:
        return self.name
