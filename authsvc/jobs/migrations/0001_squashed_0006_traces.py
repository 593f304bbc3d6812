"""All tables in their final form: what a new database gets in place of the migrations 0001 to 0006."""

import uuid

from django.db import migrations, models

from authsvc.storage.new_tables import tables_first

STATUSES = ["queued", "running", "succeeded", "failed", "cancelled"]


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("jobs", "0001_initial"),
        ("jobs", "0002_failing"),
        ("jobs", "0003_webhooks_queue"),
        ("jobs", "0004_callers"),
        ("jobs", "0005_file_pieces"),
        ("jobs", "0006_traces"),
    ]

    operations = tables_first([
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("arguments", models.JSONField()),
                (
                    "queue",
                    models.CharField(
                        choices=[
                            ("outbound", "outbound"),
                            ("long", "long"),
                            ("webhooks", "webhooks"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "high"), (1, "normal"), (2, "low")]
                    ),
                ),
                (
                    "unique_key",
                    models.CharField(blank=True, max_length=120, null=True, unique=True),
                ),
                (
                    "status",
                    models.CharField(choices=[(value, value) for value in STATUSES], max_length=10),
                ),
                ("attempts", models.PositiveSmallIntegerField()),
                ("lease", models.UUIDField(blank=True, null=True)),
                ("done", models.PositiveIntegerField()),
                ("total", models.PositiveIntegerField(blank=True, null=True)),
                ("message", models.CharField(blank=True, max_length=200)),
                ("result", models.JSONField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("is_cancelled", models.BooleanField()),
                ("owner_id", models.UUIDField(blank=True, null=True)),
                ("org_id", models.UUIDField(blank=True, null=True)),
                ("caller", models.CharField(blank=True, default="", max_length=255)),
                ("trace", models.JSONField(blank=True, default=dict)),
                ("period", models.DurationField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["queue", "priority", "due_at"],
                        name="jobs_due",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["queue", "due_at"],
                        name="jobs_next_due",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False), _negated=True),
                        fields=["ended_at"],
                        name="jobs_ended",
                    ),
                    models.Index(fields=["owner_id", "-created_at", "id"], name="jobs_by_owner"),
                    models.Index(fields=["org_id", "-created_at", "id"], name="jobs_by_org"),
                    models.Index(fields=["-created_at"], name="jobs_by_time"),
                    models.Index(
                        condition=models.Q(
                            ("due_at__isnull", False), models.Q(("caller", ""), _negated=True)
                        ),
                        fields=["caller"],
                        name="jobs_by_caller",
                    ),
                    models.Index(
                        condition=models.Q(("error", ""), _negated=True),
                        fields=["kind", "error"],
                        name="jobs_failing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("input", "input"), ("result", "result")], max_length=10
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("number", models.PositiveIntegerField(default=0)),
                ("content", models.BinaryField()),
                (
                    "job",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="jobs.job"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("job", "role", "number"), name="one_file_per_role"
                    )
                ],
            },
        ),
    ])
