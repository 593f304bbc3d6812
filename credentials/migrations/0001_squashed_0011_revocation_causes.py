"""All tables in their final form: what a new database gets in place of the migrations 0001 to 0011."""

import uuid

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Coalesce

from authsvc.storage.append_only import AppendOnly
from authsvc.storage.new_tables import tables_first

ACHIEVEMENT_TYPES = [
    "Achievement", "Assessment", "Award", "Badge", "Certificate", "CertificateOfCompletion",
    "Certification", "Competency", "Course", "LearningProgram", "License", "Membership",
    "MicroCredential", "QualityAssuranceCredential",
]
REVOCATION_CAUSES = [
    "issued-in-error", "requirements-not-met", "replaced", "holders-request", "key-compromised",
]
VIEWERS = ("Auditors", "Credential officers")


def allow_staff_to_view(apps, schema_editor):
    """Create the permission, too: Django creates it after all migrations, and finds this one."""
    for group in apps.get_model("auth", "Group").objects.filter(name__in=VIEWERS):
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="credentials", model="credentialclaim"
        )
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type,
            codename="view_credentialclaim",
            defaults={"name": "Can view credential claim"},
        )
        group.permissions.add(permission)


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("credentials", "0001_initial"),
        ("credentials", "0002_issued_by_organization"),
        ("credentials", "0003_issued_by_change"),
        ("credentials", "0004_assisted_grades"),
        ("credentials", "0005_issued_by_time"),
        ("credentials", "0006_credential_versions"),
        ("credentials", "0007_signed_credentials"),
        ("credentials", "0008_public_pages"),
        ("credentials", "0009_issued_by_definition"),
        ("credentials", "0010_credential_claims"),
        ("credentials", "0011_revocation_causes"),
    ]

    dependencies = [
        ("accounts", "0001_squashed_0034_invitation_declined"),
        ("courses", "0001_squashed_0003_saved_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = tables_first([
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=200)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("certificate", "certificate"),
                            ("badge", "badge"),
                            ("microcredential", "microcredential"),
                        ],
                        max_length=20,
                    ),
                ),
                ("description", models.TextField(blank=True)),
                (
                    "criteria",
                    models.TextField(
                        help_text="What a holder had to do to earn it; third parties read this."
                    ),
                ),
                ("issuer", models.CharField(max_length=200)),
                ("image_url", models.URLField(blank=True, max_length=2000)),
                (
                    "valid_for_days",
                    models.PositiveIntegerField(
                        blank=True, help_text="Leave empty if it never expires.", null=True
                    ),
                ),
                ("rule", models.JSONField(blank=True, editable=False, null=True)),
                ("tags", models.JSONField(blank=True, editable=False, null=True)),
                ("alignments", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "achievement_type",
                    models.CharField(
                        blank=True,
                        choices=[(value, value) for value in ACHIEVEMENT_TYPES],
                        db_default="",
                        default="",
                        help_text="Leave empty to derive it from the type.",
                        max_length=32,
                    ),
                ),
                ("is_offered", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(editable=False)),
                ("amended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        help_text="Completing this course earns the credential.",
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
        ),
        migrations.CreateModel(
            name="UserCredential",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("credential_version", models.PositiveIntegerField()),
                ("terms", models.JSONField()),
                ("course_version", models.PositiveIntegerField()),
                ("completed_at", models.DateTimeField()),
                ("met_by", models.JSONField(blank=True, null=True)),
                ("assisted_grades", models.JSONField(blank=True, null=True)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revocation_reason", models.TextField(blank=True)),
                (
                    "revocation_cause",
                    models.CharField(
                        blank=True,
                        choices=[(value, value) for value in REVOCATION_CAUSES],
                        db_default="",
                        default="",
                        max_length=24,
                    ),
                ),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                ("suspension_reason", models.TextField(blank=True, db_default="", default="")),
                ("is_current", models.BooleanField(default=True)),
                ("shows_name", models.BooleanField(db_default=False, default=False)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to="courses.course"
                    ),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="credentials.credential",
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
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="credentials.usercredential",
                    ),
                ),
                (
                    "suspended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["org", "issued_at", "id"], name="issued_by_organization"),
                    models.Index(
                        models.F("org"),
                        Coalesce("revoked_at", "issued_at"),
                        name="issued_by_change",
                    ),
                    models.Index(
                        fields=["credential", "issued_at", "id"], name="issued_by_definition"
                    ),
                    models.Index(fields=["issued_at"], name="issued_by_time"),
                    models.Index(
                        condition=models.Q(("revoked_at__isnull", False)),
                        fields=["revoked_at"],
                        name="revoked_by_time",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("user", "credential"),
                        name="one_current_copy_per_holder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revoked_at", None),
                            models.Q(("revocation_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="revocation_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("suspended_at", None),
                            models.Q(("suspension_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="suspension_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusList",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("issuer", models.CharField(max_length=36)),
                ("number", models.PositiveIntegerField()),
                ("version", models.PositiveBigIntegerField()),
                ("changed_at", models.DateTimeField()),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "number"), name="one_list_per_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="CredentialClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("credential_version", models.PositiveIntegerField()),
                ("email", models.EmailField(max_length=254)),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("reason", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "credential",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="credentials.credential",
                    ),
                ),
                (
                    "made_by",
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
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["org", "created_at", "id"], name="claims_by_organization"),
                    models.Index(fields=["email"], name="claims_by_address"),
                    models.Index(fields=["expires_at"], name="claims_by_expiry"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("credential", "email"), name="one_claim_per_address"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CredentialTrigger",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("course", "course"),
                            ("assessment", "assessment"),
                            ("pathway", "pathway"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                (
                    "credential",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name="triggers",
                        to="credentials.credential",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_id", "kind"], name="triggers_by_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("credential", "kind", "subject_id"), name="one_trigger_per_thing"
                    )
                ],
            },
        ),
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
                        on_delete=models.PROTECT,
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
                        on_delete=models.PROTECT,
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
        AppendOnly("CredentialVersion"),
        migrations.CreateModel(
            name="IssuerKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("issuer", models.CharField(max_length=36)),
                (
                    "kind",
                    models.CharField(
                        choices=[("Ed25519", "Ed25519"), ("RSA", "RSA")], max_length=16
                    ),
                ),
                ("public_jwk", models.JSONField()),
                ("encrypted_private", models.TextField(editable=False)),
                ("valid_from", models.DateTimeField()),
                ("is_current", models.BooleanField(default=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("compromised_from", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["issuer", "valid_from", "id"], name="keys_by_issuer")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("issuer", "kind"),
                        name="one_current_key_per_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedCredential",
            fields=[
                (
                    "issued",
                    models.OneToOneField(
                        on_delete=models.PROTECT,
                        primary_key=True,
                        related_name="signed",
                        serialize=False,
                        to="credentials.usercredential",
                    ),
                ),
                ("document", models.TextField()),
                ("token", models.TextField()),
                ("status_index", models.PositiveIntegerField()),
                ("signed_at", models.DateTimeField()),
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
                    "proof_key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="credentials.issuerkey",
                    ),
                ),
                (
                    "status_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="entries",
                        to="credentials.statuslist",
                    ),
                ),
                (
                    "token_key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="credentials.issuerkey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("status_list", "status_index"), name="one_credential_per_status"
                    )
                ],
            },
        ),
        AppendOnly("SignedCredential", is_erasable=True),
        migrations.RunPython(allow_staff_to_view, migrations.RunPython.noop),
    ])
