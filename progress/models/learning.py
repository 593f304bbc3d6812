"""Rows of events, progress and attempts: columns and constraints, no behaviour."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from authsvc.storage.append_only import AppendOnlyRow
from authsvc.storage.changes import index_of_changes
from authsvc.storage.columns import enum_column, owner_column
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.events import EntityType, EventType
from progress.domain.entities.progress import ProgressStatus


class ProgressEvent(AppendOnlyRow):
    """An event. `position` orders the whole log, `sequence` the stream of a learner on a course."""

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    course = models.ForeignKey(
        "courses.Course", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    org = owner_column(db_index=False)
    sequence = models.PositiveIntegerField()
    type = enum_column(EventType, max_length=32)
    entity_type = enum_column(EntityType, max_length=16)
    entity_id = models.UUIDField()
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True, blank=True)
    # Nullable, so that adding it to a large log rewrites no row.
    agent = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001  # as above
    idempotency_key = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(
                fields=["position"], condition=models.Q(sequence=1), name="streams_by_beginning"
            ),
            models.Index(fields=["user", "position"], name="events_by_user"),
            models.Index(fields=["org", "position"], name="events_by_org"),
            models.Index(fields=["type", "position"], name="events_by_type"),
            models.Index(fields=["course", "position"], name="events_by_course"),
            models.Index(fields=["entity_id", "position"], name="events_by_entity"),
            models.Index(
                Cast(KeyTextTransform("assessment_id", "payload"), models.TextField()),
                "position",
                condition=models.Q(entity_type=EntityType.ATTEMPT.value),
                name="events_by_assessment",
            ),
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
    """The projection of a stream, and its head.

    `registration` follows from the ids of the learner and the course; null if a version without it stored the row,
    as is `changed_at`.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="+")
    course_slug = models.SlugField(max_length=80, db_index=False)
    org = owner_column()
    status = enum_column(ProgressStatus, max_length=16)
    course_version = models.PositiveIntegerField()
    percent_complete = models.PositiveSmallIntegerField()
    enrolled_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_items = models.JSONField()
    started_modules = models.JSONField()
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    registration = models.UUIDField(unique=True, null=True, editable=False)

    class Meta:
        verbose_name_plural = "course progress"
        indexes = [
            models.Index(fields=["course", "status"], name="learners_by_status"),
            index_of_changes(
                "changed_at", "last_activity_at", within="course", name="course_progress_by_change"
            ),
            index_of_changes(
                "changed_at", "last_activity_at", within="org", name="org_progress_by_change"
            ),
            models.Index(
                fields=["course", "completed_at"],
                condition=models.Q(completed_at__isnull=False),
                name="completions_by_day",
            ),
            models.Index(fields=["enrolled_at"], name="enrolments_by_time"),
            models.Index(
                fields=["completed_at"],
                condition=models.Q(completed_at__isnull=False),
                name="completions_by_time",
            ),
        ]
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


class AssessmentAttempt(models.Model):
    """`responses` holds the answers with question ids, `score` is that of the last grade, `is_open` means started."""

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    course = models.ForeignKey(
        "courses.Course", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    org = owner_column()
    course_version = models.PositiveIntegerField()
    item_id = models.UUIDField()
    assessment = models.ForeignKey(
        "courses.Assessment", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()
    max_score = models.PositiveIntegerField()
    pass_score = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    status = enum_column(AttemptStatus, max_length=16)
    is_open = models.BooleanField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField()
    responses = models.JSONField()
    score = models.PositiveIntegerField(null=True, blank=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = "attempt"
        indexes = [
            models.Index(
                fields=["course", "submitted_at", "id"],
                condition=models.Q(status=AttemptStatus.SUBMITTED.value),
                name="attempts_to_be_graded",
            ),
            models.Index(
                fields=["expires_at", "id"],
                condition=models.Q(
                    status__in=[AttemptStatus.STARTED.value, AttemptStatus.EXPIRED.value],
                    expires_at__isnull=False,
                ),
                name="attempts_by_deadline",
            ),
            models.Index(fields=["assessment", "score"], name="attempts_by_score"),
            models.Index(
                fields=["course", "assessment", "user", "score", "max_score"],
                condition=models.Q(status=AttemptStatus.GRADED.value),
                name="graded_by_learner",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "assessment", "number"], name="one_attempt_per_number"
            ),
            models.UniqueConstraint(
                fields=["user", "assessment"],
                condition=models.Q(is_open=True),
                name="one_open_attempt_per_assessment",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}"


class AttemptGrade(AppendOnlyRow):
    """One grading of an attempt; a later one supersedes it but does not replace the row."""

    id = models.BigAutoField(primary_key=True)
    attempt = models.ForeignKey(AssessmentAttempt, on_delete=models.PROTECT, related_name="grades")
    number = models.PositiveIntegerField()
    marks = models.JSONField()
    graded_at = models.DateTimeField()
    graded_by = models.UUIDField(null=True, blank=True)
    reason = models.TextField(blank=True)
    # Nullable, so that adding it to a large table rewrites no row.
    proposals = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = "grade"
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="one_grade_per_number")
        ]

    def __str__(self) -> str:
        return f"grade {self.number}"


class GradeProposal(AppendOnlyRow):
    """A score that a language model has proposed for one criterion of one answer."""

    id = models.UUIDField(primary_key=True, editable=False)
    attempt = models.ForeignKey(
        AssessmentAttempt, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    org = owner_column()
    question_id = models.UUIDField()
    criterion = models.CharField(max_length=80)
    score = models.PositiveIntegerField()
    max_score = models.PositiveIntegerField()
    reason = models.TextField()
    provider = models.CharField(max_length=80)
    model_id = models.CharField(max_length=200)
    prompt_template = models.CharField(max_length=80)
    prompt_version = models.CharField(max_length=40)
    cost_micro_usd = models.PositiveBigIntegerField()
    interaction_id = models.UUIDField()
    requested_by = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "proposed score"
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question_id", "criterion"], name="one_proposal_per_criterion"
            ),
            models.CheckConstraint(
                condition=models.Q(score__lte=models.F("max_score")),
                name="proposal_is_within_its_criterion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score} of {self.max_score} for {self.criterion}"
