"""Versions of credentials. They begin with the present one of each, and with those that were issued."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from authsvc.storage.append_only import AppendOnly

KINDS = [
    "Achievement", "Assessment", "Award", "Badge", "Certificate", "CertificateOfCompletion", "Certification",
    "Competency", "Course", "LearningProgram", "License", "Membership", "MicroCredential",
    "QualityAssuranceCredential",
]
MEMBERS = ("name", "type", "description", "criteria", "issuer", "image_url", "valid_for_days")


def store_versions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of a version that was never issued and is not the present one, only the audit log knows what changed."""
    versions = apps.get_model("credentials", "CredentialVersion").objects
    definitions = apps.get_model("credentials", "Credential").objects
    for row in definitions.order_by("pk").iterator():
        terms = {member: getattr(row, member) for member in MEMBERS} | {"course_id": str(row.course_id)}
        versions.create(
            credential_id=row.pk,
            number=row.version,
            terms=({"rule": row.rule} if row.rule else {}) | terms,
            created_at=row.created_at,
            org_id=row.org_id,
        )
    issued = apps.get_model("credentials", "UserCredential").objects.order_by("issued_at")
    present = set(definitions.values_list("pk", "version"))
    for row in issued.iterator():
        version = (row.credential_id, row.credential_version)
        if version not in present:
            present.add(version)
            versions.create(
                credential_id=row.credential_id,
                number=row.credential_version,
                terms=row.terms,
                created_at=row.issued_at,
                org_id=row.org_id,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0025_client_pages"),
        ("credentials", "0005_issued_by_time"),
    ]

    operations = [
        migrations.AddField("credential", "tags", models.JSONField(blank=True, editable=False, null=True)),
        migrations.AddField("credential", "alignments", models.JSONField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "credential",
            "achievement_type",
            models.CharField(
                blank=True,
                choices=[(kind, kind) for kind in KINDS],
                db_default="",
                default="",
                help_text="Leave empty to derive it from the type.",
                max_length=32,
            ),
        ),
        migrations.AddField("credential", "amended_at", models.DateTimeField(editable=False, null=True)),
        migrations.CreateModel(
            name="CredentialVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("terms", models.JSONField()),
                ("created_at", models.DateTimeField()),
                (
                    "credential",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="credentials.credential",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("credential", "number"), name="one_credential_version_per_number"
                    )
                ],
            },
        ),
        migrations.RunPython(store_versions, migrations.RunPython.noop),
        AppendOnly("CredentialVersion"),
    ]
