"""All tables in their final form: what a new database gets in place of the migrations 0001 to 0013."""

import uuid

from django.conf import settings
from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from authsvc.storage.append_only import AppendOnly
from authsvc.storage.new_tables import tables_first

FINISH_REASONS = ["stop", "length", "content_filter", "cancelled", "error"]
ATTEMPT_STATUSES = ["started", "submitted", "graded", "expired", "voided"]
EVENT_TYPES = [
    "enrolled", "module_started", "item_completed", "assessment_submitted", "assessment_passed",
    "assessment_failed", "course_completed", "credential_issued", "credential_revoked",
    "version_upgraded", "withdrawn", "attempt_bound", "credential_bound", "assessment_voided",
    "assessment_regraded", "assessment_reopened", "assessment_extended", "credential_suspended",
    "credential_resumed",
]
ENTITY_TYPES = ["course", "module", "item", "attempt", "credential"]
VIEWERS = ("Auditors", "Course editors")


def allow_staff_to_view(apps, schema_editor):
    """Create the permission, too: Django creates it after all migrations, and finds this one."""
    for group in apps.get_model("auth", "Group").objects.filter(name__in=VIEWERS):
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="progress", model="gradeproposal"
        )
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type,
            codename="view_gradeproposal",
            defaults={"name": "Can view proposed score"},
        )
        group.permissions.add(permission)


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("progress", "0001_initial"),
        ("progress", "0002_bindings"),
        ("progress", "0003_voiding_and_deadlines"),
        ("progress", "0004_statement_filters"),
        ("progress", "0005_changed_at"),
        ("progress", "0006_ai_sessions"),
        ("progress", "0007_agents"),
        ("progress", "0008_prompts"),
        ("progress", "0009_ai_agents"),
        ("progress", "0010_grade_proposals"),
        ("progress", "0011_enrolments_by_time"),
        ("progress", "0012_attempt_decisions"),
        ("progress", "0013_suspended_credentials"),
    ]

    dependencies = [
        ("accounts", "0001_squashed_0034_invitation_declined"),
        ("courses", "0001_squashed_0003_saved_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = tables_first([
        migrations.CreateModel(
            name="AIBudgetCounter",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("spent_tokens", models.BigIntegerField()),
                ("spent_micro_usd", models.BigIntegerField()),
                ("reserved_tokens", models.BigIntegerField()),
                ("reserved_micro_usd", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "AI budget",
            },
        ),
        migrations.CreateModel(
            name="PromptTemplate",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("name", models.SlugField(db_index=False, max_length=80)),
                (
                    "session_type",
                    models.CharField(
                        choices=[
                            ("tutoring", "tutoring"),
                            ("assessment_review", "assessment_review"),
                            ("content_generation", "content_generation"),
                        ],
                        max_length=32,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "version"), name="one_prompt_template_per_version"
                    )
                ],
            },
        ),
        AppendOnly("PromptTemplate"),
        migrations.CreateModel(
            name="AIReservation",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("keys", models.JSONField()),
                ("tokens", models.BigIntegerField()),
                ("micro_usd", models.BigIntegerField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "AI reservation",
                "indexes": [models.Index(fields=["expires_at"], name="ai_reservations_by_expiry")],
            },
        ),
        migrations.CreateModel(
            name="AISession",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("item_id", models.UUIDField(blank=True, null=True)),
                (
                    "session_type",
                    models.CharField(
                        choices=[
                            ("tutoring", "tutoring"),
                            ("assessment_review", "assessment_review"),
                            ("content_generation", "content_generation"),
                        ],
                        max_length=32,
                    ),
                ),
                ("client_id", models.CharField(max_length=100)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("sequence", models.PositiveIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("removed_through", models.PositiveIntegerField()),
                ("texts_since", models.DateTimeField(blank=True, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="courses.course",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "AI session",
                "indexes": [
                    models.Index(fields=["user", "started_at", "id"], name="ai_sessions_by_user"),
                    models.Index(
                        fields=["course", "started_at", "id"], name="ai_sessions_by_course"
                    ),
                    models.Index(fields=["org", "started_at", "id"], name="ai_sessions_by_org"),
                    models.Index(
                        condition=models.Q(("texts_since__isnull", False)),
                        fields=["texts_since", "id"],
                        name="ai_sessions_by_text",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "session_type__in",
                                ["tutoring", "assessment_review", "content_generation"],
                            )
                        ),
                        name="ai_session_type_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("item_id", None), ("course__isnull", False), _connector="OR"
                        ),
                        name="ai_item_is_of_a_course",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("removed_through__lte", models.F("sequence"))),
                        name="ai_texts_removed_are_recorded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AIInteraction",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(editable=False, unique=True)),
                ("sequence", models.PositiveIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("system", "system"),
                            ("user", "user"),
                            ("assistant", "assistant"),
                        ],
                        max_length=16,
                    ),
                ),
                ("content_hash", models.CharField(max_length=64)),
                ("provider", models.CharField(blank=True, max_length=80)),
                ("model_id", models.CharField(blank=True, max_length=200)),
                ("input_tokens", models.PositiveIntegerField()),
                ("cached_tokens", models.PositiveIntegerField()),
                ("output_tokens", models.PositiveIntegerField()),
                ("latency_ms", models.PositiveIntegerField(blank=True, null=True)),
                ("time_to_first_token_ms", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "finish_reason",
                    models.CharField(
                        blank=True,
                        choices=[(value, value) for value in FINISH_REASONS],
                        max_length=16,
                    ),
                ),
                ("prompt_template", models.CharField(blank=True, max_length=80)),
                ("prompt_version", models.CharField(blank=True, max_length=40)),
                ("cost_micro_usd", models.PositiveBigIntegerField()),
                ("is_reported", models.BooleanField()),
                ("occurred_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField(blank=True, null=True)),
                ("client_id", models.CharField(max_length=100)),
                ("agent", models.CharField(blank=True, max_length=100, null=True)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="interactions",
                        to="progress.aisession",
                    ),
                ),
            ],
            options={
                "verbose_name": "AI interaction",
                "indexes": [
                    models.Index(fields=["user", "content_hash"], name="ai_interactions_by_text")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "sequence"), name="one_ai_interaction_per_sequence"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["system", "user", "assistant"])),
                        name="ai_role_is_known",
                    ),
                ],
            },
        ),
        AppendOnly("AIInteraction"),
        migrations.CreateModel(
            name="AIFlag",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("comment", models.TextField(blank=True)),
                ("flagged_at", models.DateTimeField()),
                ("is_open", models.BooleanField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "upheld"), ("dismissed", "dismissed")],
                        max_length=16,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("decided_by", models.UUIDField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="progress.aiinteraction",
                        to_field="id",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to="progress.aisession"
                    ),
                ),
            ],
            options={
                "verbose_name": "AI flag",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True)),
                        fields=("interaction", "user"),
                        name="one_open_ai_flag_per_user",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AISettings",
            fields=[
                ("subject_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("monthly_tokens", models.PositiveBigIntegerField(blank=True, null=True)),
                ("monthly_cost_micro_usd", models.PositiveBigIntegerField(blank=True, null=True)),
                ("retention_days", models.PositiveIntegerField(blank=True, null=True)),
                ("proposes_grades", models.BooleanField(db_default=False, default=False)),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="courses.course",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "AI settings",
                "verbose_name_plural": "AI settings",
            },
        ),
        migrations.CreateModel(
            name="AssessmentAttempt",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("course_version", models.PositiveIntegerField()),
                ("item_id", models.UUIDField()),
                ("number", models.PositiveIntegerField()),
                ("max_score", models.PositiveIntegerField()),
                ("pass_score", models.PositiveIntegerField()),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[(value, value) for value in ATTEMPT_STATUSES], max_length=16
                    ),
                ),
                ("is_open", models.BooleanField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("is_late", models.BooleanField()),
                ("responses", models.JSONField()),
                ("score", models.PositiveIntegerField(blank=True, null=True)),
                ("void_reason", models.TextField(blank=True)),
                (
                    "assessment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="courses.assessment",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="courses.course",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "submitted")),
                        fields=["course", "submitted_at", "id"],
                        name="attempts_to_be_graded",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("expires_at__isnull", False), ("status__in", ["started", "expired"])
                        ),
                        fields=["expires_at", "id"],
                        name="attempts_by_deadline",
                    ),
                    models.Index(fields=["assessment", "score"], name="attempts_by_score"),
                    models.Index(
                        condition=models.Q(("status", "graded")),
                        fields=["course", "assessment", "user", "score", "max_score"],
                        name="graded_by_learner",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "assessment", "number"), name="one_attempt_per_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True)),
                        fields=("user", "assessment"),
                        name="one_open_attempt_per_assessment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttemptGrade",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("marks", models.JSONField()),
                ("graded_at", models.DateTimeField()),
                ("graded_by", models.UUIDField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                ("proposals", models.JSONField(blank=True, null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=models.PROTECT,
                        related_name="grades",
                        to="progress.assessmentattempt",
                    ),
                ),
            ],
            options={
                "verbose_name": "grade",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("attempt", "number"), name="one_grade_per_number"
                    )
                ],
            },
        ),
        AppendOnly("AttemptGrade"),
        migrations.CreateModel(
            name="CourseProgress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("course_slug", models.SlugField(db_index=False, max_length=80)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("not_started", "not_started"),
                            ("in_progress", "in_progress"),
                            ("completed", "completed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=16,
                    ),
                ),
                ("course_version", models.PositiveIntegerField()),
                ("percent_complete", models.PositiveSmallIntegerField()),
                ("enrolled_at", models.DateTimeField()),
                ("last_activity_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("completed_items", models.JSONField()),
                ("started_modules", models.JSONField()),
                ("sequence", models.PositiveIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("registration", models.UUIDField(editable=False, null=True, unique=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to="courses.course"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "course progress",
                "indexes": [
                    models.Index(fields=["course", "status"], name="learners_by_status"),
                    models.Index(
                        models.F("course"),
                        Coalesce("changed_at", "last_activity_at"),
                        name="course_progress_by_change",
                    ),
                    models.Index(
                        models.F("org"),
                        Coalesce("changed_at", "last_activity_at"),
                        name="org_progress_by_change",
                    ),
                    models.Index(
                        condition=models.Q(("completed_at__isnull", False)),
                        fields=["course", "completed_at"],
                        name="completions_by_day",
                    ),
                    models.Index(fields=["enrolled_at"], name="enrolments_by_time"),
                    models.Index(
                        condition=models.Q(("completed_at__isnull", False)),
                        fields=["completed_at"],
                        name="completions_by_time",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "course"), name="one_progress_per_course"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent_complete__lte", 100)),
                        name="percent_is_at_most_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percent_complete__lt", 100),
                            ("completed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="complete_means_completed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GradeProposal",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("question_id", models.UUIDField()),
                ("criterion", models.CharField(max_length=80)),
                ("score", models.PositiveIntegerField()),
                ("max_score", models.PositiveIntegerField()),
                ("reason", models.TextField()),
                ("provider", models.CharField(max_length=80)),
                ("model_id", models.CharField(max_length=200)),
                ("prompt_template", models.CharField(max_length=80)),
                ("prompt_version", models.CharField(max_length=40)),
                ("cost_micro_usd", models.PositiveBigIntegerField()),
                ("interaction_id", models.UUIDField()),
                ("requested_by", models.UUIDField()),
                ("created_at", models.DateTimeField()),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="progress.assessmentattempt",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed score",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("attempt", "question_id", "criterion"),
                        name="one_proposal_per_criterion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__lte", models.F("max_score"))),
                        name="proposal_is_within_its_criterion",
                    ),
                ],
            },
        ),
        AppendOnly("GradeProposal"),
        migrations.CreateModel(
            name="ProgressEvent",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sequence", models.PositiveIntegerField()),
                (
                    "type",
                    models.CharField(
                        choices=[(value, value) for value in EVENT_TYPES], max_length=32
                    ),
                ),
                (
                    "entity_type",
                    models.CharField(
                        choices=[(value, value) for value in ENTITY_TYPES], max_length=16
                    ),
                ),
                ("entity_id", models.UUIDField()),
                ("payload", models.JSONField()),
                ("occurred_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField(blank=True, null=True)),
                ("agent", models.CharField(blank=True, max_length=100, null=True)),
                ("idempotency_key", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "course",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="courses.course",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sequence", 1)),
                        fields=["position"],
                        name="streams_by_beginning",
                    ),
                    models.Index(fields=["user", "position"], name="events_by_user"),
                    models.Index(fields=["org", "position"], name="events_by_org"),
                    models.Index(fields=["type", "position"], name="events_by_type"),
                    models.Index(fields=["course", "position"], name="events_by_course"),
                    models.Index(fields=["entity_id", "position"], name="events_by_entity"),
                    models.Index(
                        Cast(KeyTextTransform("assessment_id", "payload"), models.TextField()),
                        models.F("position"),
                        condition=models.Q(("entity_type", "attempt")),
                        name="events_by_assessment",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "course", "sequence"), name="one_event_per_sequence"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("type__in", EVENT_TYPES)), name="event_type_is_known"
                    ),
                ],
            },
        ),
        AppendOnly("ProgressEvent"),
        migrations.CreateModel(
            name="PromptUse",
            fields=[
                (
                    "template",
                    models.OneToOneField(
                        on_delete=models.PROTECT,
                        primary_key=True,
                        related_name="use",
                        serialize=False,
                        to="progress.prompttemplate",
                    ),
                ),
                (
                    "session_type",
                    models.CharField(
                        choices=[
                            ("tutoring", "tutoring"),
                            ("assessment_review", "assessment_review"),
                            ("content_generation", "content_generation"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("trial", "trial"),
                            ("active", "active"),
                            ("retired", "retired"),
                        ],
                        max_length=16,
                    ),
                ),
                ("traffic_percent", models.PositiveSmallIntegerField()),
                ("trial_since", models.DateTimeField(blank=True, null=True)),
                ("activated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "activated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a prompt template",
                "verbose_name_plural": "uses of prompt templates",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "active")),
                        fields=("session_type",),
                        name="one_active_prompt_per_type",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "trial")),
                        fields=("session_type",),
                        name="one_prompt_trial_per_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status", "trial"),
                                ("traffic_percent__gte", 1),
                                ("traffic_percent__lte", 99),
                                ("trial_since__isnull", False),
                            ),
                            models.Q(
                                models.Q(("status", "trial"), _negated=True), ("traffic_percent", 0)
                            ),
                            _connector="OR",
                        ),
                        name="prompt_trials_have_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AIFeedback",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "rating",
                    models.CharField(
                        choices=[
                            ("thumbs_up", "thumbs_up"),
                            ("thumbs_down", "thumbs_down"),
                            ("flag", "flag"),
                        ],
                        max_length=16,
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                ("given_at", models.DateTimeField()),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="progress.aiinteraction",
                        to_field="id",
                    ),
                ),
            ],
            options={
                "verbose_name": "AI feedback",
                "verbose_name_plural": "AI feedback",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("interaction", "user"), name="one_ai_feedback_per_user"
                    )
                ],
            },
        ),
        migrations.RunPython(allow_staff_to_view, migrations.RunPython.noop),
    ])
