"""Rows of AI sessions: columns and constraints, no behaviour. Texts are stored elsewhere, by their hash."""

from django.conf import settings
from django.db import models

from authsvc.storage.append_only import AppendOnlyRow
from authsvc.storage.columns import enum_column, owner_column
from progress.domain.ai.entities.feedback import FlagOutcome, Rating
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.ports import FinishReason, Role


class AISession(models.Model):
    """A conversation, and the head of its chain: `sequence` and `hash` are those of the last interaction.

    `removed_through` is the number of the last interaction whose text was removed, `texts_since` the time of the first
    one whose text is stored.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    org = owner_column(db_index=False)
    course = models.ForeignKey(
        "courses.Course",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    item_id = models.UUIDField(null=True, blank=True)
    session_type = enum_column(SessionType, max_length=32)
    client_id = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    removed_through = models.PositiveIntegerField()
    texts_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "AI session"
        indexes = [
            models.Index(fields=["user", "started_at", "id"], name="ai_sessions_by_user"),
            models.Index(fields=["course", "started_at", "id"], name="ai_sessions_by_course"),
            models.Index(fields=["org", "started_at", "id"], name="ai_sessions_by_org"),
            models.Index(
                fields=["texts_since", "id"],
                condition=models.Q(texts_since__isnull=False),
                name="ai_sessions_by_text",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(session_type__in=[t.value for t in SessionType]),
                name="ai_session_type_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(item_id=None) | models.Q(course__isnull=False),
                name="ai_item_is_of_a_course",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_through__lte=models.F("sequence")),
                name="ai_texts_removed_are_recorded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_type} of {self.started_at:%Y-%m-%d}"


class AIInteraction(AppendOnlyRow):
    """A message of a session. `position` orders the interactions of all sessions, `sequence` those of one."""

    position = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, editable=False)
    session = models.ForeignKey(
        AISession, on_delete=models.PROTECT, related_name="interactions", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    org = owner_column(db_index=False)
    sequence = models.PositiveIntegerField()
    role = enum_column(Role, max_length=16)
    content_hash = models.CharField(max_length=64)
    provider = models.CharField(max_length=80, blank=True)
    model_id = models.CharField(max_length=200, blank=True)
    input_tokens = models.PositiveIntegerField()
    cached_tokens = models.PositiveIntegerField()
    output_tokens = models.PositiveIntegerField()
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    time_to_first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    finish_reason = enum_column(FinishReason, max_length=16, blank=True)
    prompt_template = models.CharField(max_length=80, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    cost_micro_usd = models.PositiveBigIntegerField()
    is_reported = models.BooleanField()
    occurred_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True, blank=True)
    client_id = models.CharField(max_length=100)
    # Nullable, so that adding it to a large log rewrites no row.
    agent = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001  # as above
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "AI interaction"
        indexes = [
            models.Index(fields=["user", "content_hash"], name="ai_interactions_by_text"),
            models.Index(fields=["occurred_at"], name="ai_interactions_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "sequence"], name="one_ai_interaction_per_sequence"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="ai_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} #{self.sequence}"


class AIFeedback(models.Model):
    """A user's rating of an interaction; a later one replaces it."""

    id = models.BigAutoField(primary_key=True)
    interaction = models.ForeignKey(
        AIInteraction,
        to_field="id",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    org = owner_column(db_index=False)
    rating = enum_column(Rating, max_length=16)
    comment = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = "AI feedback"
        verbose_name_plural = "AI feedback"
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "user"], name="one_ai_feedback_per_user"
            ),
        ]

    def __str__(self) -> str:
        return self.rating


class AIBudgetCounter(models.Model):
    """What was spent of a budget, and what is reserved. `key` has its kind, its subject and its month."""

    key = models.CharField(max_length=64, primary_key=True)
    spent_tokens = models.BigIntegerField()
    spent_micro_usd = models.BigIntegerField()
    reserved_tokens = models.BigIntegerField()
    reserved_micro_usd = models.BigIntegerField()

    class Meta:
        verbose_name = "AI budget"

    def __str__(self) -> str:
        return self.key


class AIReservation(models.Model):
    """What a running call may spend. `keys` are those of its budgets."""

    id = models.UUIDField(primary_key=True, editable=False)
    keys = models.JSONField()
    tokens = models.BigIntegerField()
    micro_usd = models.BigIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = "AI reservation"
        indexes = [models.Index(fields=["expires_at"], name="ai_reservations_by_expiry")]

    def __str__(self) -> str:
        return str(self.id)


class AISettings(models.Model):
    """What an organization or a course has decided about AI; null means the default of the platform."""

    subject_id = models.UUIDField(primary_key=True, editable=False)
    org = owner_column()
    course = models.ForeignKey(
        "courses.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    monthly_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    monthly_cost_micro_usd = models.PositiveBigIntegerField(null=True, blank=True)
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    proposes_grades = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = "AI settings"
        verbose_name_plural = "AI settings"

    def __str__(self) -> str:
        return f"AI settings of {self.subject_id}"


class AIFlag(models.Model):
    """A flag of a user that staff decide about; `is_open` until they have."""

    id = models.UUIDField(primary_key=True, editable=False)
    interaction = models.ForeignKey(
        AIInteraction, to_field="id", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    session = models.ForeignKey(AISession, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    org = owner_column()
    comment = models.TextField(blank=True)
    flagged_at = models.DateTimeField()
    is_open = models.BooleanField()
    outcome = enum_column(FlagOutcome, max_length=16, blank=True)
    note = models.TextField(blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "AI flag"
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "user"],
                condition=models.Q(is_open=True),
                name="one_open_ai_flag_per_user",
            ),
        ]

    def __str__(self) -> str:
        return f"flag of {self.flagged_at:%Y-%m-%d}"
