"""All tables in their final form: what a new database gets in place of the migrations 0001 to 0003."""

import uuid

from django.conf import settings
from django.db import migrations, models

from authsvc.storage.append_only import AppendOnly
from authsvc.storage.new_tables import tables_first



class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("courses", "0001_initial"),
        ("courses", "0002_folded_search_text"),
        ("courses", "0003_saved_drafts"),
    ]

    dependencies = [
        ("accounts", "0001_squashed_0034_invitation_declined"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = tables_first([
        migrations.CreateModel(
            name="Course",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True)),
                ("search_text", models.TextField(editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("retired", "retired"),
                        ],
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("pathways", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
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
                "indexes": [
                    models.Index(
                        fields=["status", "created_at", "id"], name="courses_by_status_and_age"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseDraft",
            fields=[
                (
                    "course",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="courses.course",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "saved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CourseModule",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("key", models.SlugField(max_length=80)),
                ("title", models.CharField(max_length=200)),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="modules", to="courses.coursedraft"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("draft", "position"), name="one_module_per_position"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("item_id", models.UUIDField()),
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
                    "course",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to="courses.course"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CourseVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("slug", models.SlugField(max_length=80)),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True)),
                ("outline", models.JSONField()),
                ("checksum", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="versions", to="courses.course"
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
                    "published_by",
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
                        fields=("course", "number"), name="one_version_per_number"
                    )
                ],
            },
        ),
        AppendOnly("CourseVersion"),
        migrations.CreateModel(
            name="LearningPathway",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("retired", "retired"),
                        ],
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("stages", models.JSONField()),
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
                "indexes": [
                    models.Index(
                        fields=["status", "created_at", "id"], name="pathways_by_status_and_age"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ModuleItem",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("key", models.SlugField(max_length=80)),
                ("title", models.CharField(max_length=200)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("lesson", "lesson"),
                            ("assessment", "assessment"),
                            ("external", "external"),
                        ],
                        max_length=16,
                    ),
                ),
                ("is_required", models.BooleanField(default=True)),
                ("body", models.TextField(blank=True)),
                ("url", models.URLField(blank=True, max_length=2000)),
                ("assessment", models.JSONField(blank=True, null=True)),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="items", to="courses.coursemodule"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("module", "position"), name="one_item_per_position"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PathwayCourse",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to="courses.course"
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name="courses",
                        to="courses.learningpathway",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pathway", "course"), name="one_place_per_course"
                    )
                ],
            },
        ),
    ])
