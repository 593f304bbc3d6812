"""Database tables of credentials: columns and constraints, no behaviour."""

import uuid

from django.conf import settings
from django.db import models

from authsvc.storage.append_only import AppendOnlyRow, ErasableRow
from authsvc.storage.changes import index_of_changes
from authsvc.storage.columns import actor_column, enum_column, owner_column
from credentials.domain.entities.credentials import RevocationCause
from credentials.domain.entities.definitions import AchievementType, CredentialType
from credentials.domain.entities.rules import TriggerKind
from credentials.openbadges.keys import KeyKind


class Credential(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    name = models.CharField(max_length=200)
    type = enum_column(CredentialType, max_length=20)
    description = models.TextField(blank=True)
    criteria = models.TextField(
        help_text="What a holder had to do to earn it; third parties read this."
    )
    issuer = models.CharField(max_length=200)
    image_url = models.URLField(max_length=2000, blank=True)
    course = models.ForeignKey(
        "courses.Course",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Completing this course earns the credential.",
    )
    org = owner_column()
    valid_for_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Leave empty if it never expires."
    )
    rule = models.JSONField(null=True, blank=True, editable=False)
    tags = models.JSONField(null=True, blank=True, editable=False)
    alignments = models.JSONField(null=True, blank=True, editable=False)
    achievement_type = enum_column(
        AchievementType,
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text="Leave empty to derive it from the type.",
    )
    is_offered = models.BooleanField(default=True)
    created_at = models.DateTimeField(editable=False)
    amended_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.name


class CredentialVersion(AppendOnlyRow):
    """A version of a definition. `terms` holds them as JSON, because a version is read whole and never changes."""

    id = models.BigAutoField(primary_key=True)
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    terms = models.JSONField()
    created_at = models.DateTimeField()
    org = owner_column(db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "number"], name="one_credential_version_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.terms['name']} version {self.number}"


class IssuerKey(models.Model):
    """A key of an issuer, which is the platform or an organization. `issuer` is its name in addresses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.CharField(max_length=36)
    org = owner_column(db_index=False)
    kind = enum_column(KeyKind, max_length=16)
    public_jwk = models.JSONField()
    encrypted_private = models.TextField(editable=False)
    valid_from = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    compromised_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["issuer", "valid_from", "id"], name="keys_by_issuer")]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind"],
                condition=models.Q(is_current=True),
                name="one_current_key_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class CredentialTrigger(models.Model):
    """Index of the things that the rule of a credential requires; empty without a rule."""

    id = models.BigAutoField(primary_key=True)
    credential = models.ForeignKey(
        Credential, on_delete=models.CASCADE, related_name="triggers", db_index=False
    )
    kind = enum_column(TriggerKind, max_length=16)
    subject_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["subject_id", "kind"], name="triggers_by_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "kind", "subject_id"], name="one_trigger_per_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class UserCredential(models.Model):
    """An issued credential. `terms` holds those of the issued version, as JSON."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    credential_version = models.PositiveIntegerField()
    terms = models.JSONField()
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="+")
    org = owner_column()
    course_version = models.PositiveIntegerField()
    completed_at = models.DateTimeField()
    met_by = models.JSONField(null=True, blank=True)
    assisted_grades = models.JSONField(null=True, blank=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.TextField(blank=True)
    revocation_cause = enum_column(
        RevocationCause, max_length=24, blank=True, default="", db_default=""
    )
    revoked_by = actor_column()
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.TextField(blank=True, default="", db_default="")
    suspended_by = actor_column()
    is_current = models.BooleanField(default=True)
    shows_name = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["org", "issued_at", "id"], name="issued_by_organization"),
            index_of_changes("revoked_at", "issued_at", within="org", name="issued_by_change"),
            models.Index(fields=["credential", "issued_at", "id"], name="issued_by_definition"),
            models.Index(fields=["issued_at"], name="issued_by_time"),
            models.Index(
                fields=["revoked_at"],
                condition=models.Q(revoked_at__isnull=False),
                name="revoked_by_time",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "credential"],
                condition=models.Q(is_current=True),
                name="one_current_copy_per_holder",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at=None) | ~models.Q(revocation_reason=""),
                name="revocation_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at=None) | ~models.Q(suspension_reason=""),
                name="suspension_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CredentialClaim(models.Model):
    """A credential that waits for the owner of an e-mail address; deleted once issued, cancelled or expired."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    credential_version = models.PositiveIntegerField()
    org = owner_column(db_index=False)
    email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.TextField()
    made_by = actor_column()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["org", "created_at", "id"], name="claims_by_organization"),
            models.Index(fields=["email"], name="claims_by_address"),
            models.Index(fields=["expires_at"], name="claims_by_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["credential", "email"], name="one_claim_per_address")
        ]

    def __str__(self) -> str:
        return str(self.id)


class StatusList(models.Model):
    """A status list of an issuer. `version` counts the changes of what it says."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.CharField(max_length=36)
    org = owner_column(db_index=False)
    number = models.PositiveIntegerField()
    version = models.PositiveBigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="one_list_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.number}"


class SignedCredential(ErasableRow):
    """The signed forms of an issued credential, as texts: they are served byte for byte."""

    issued = models.OneToOneField(
        UserCredential, on_delete=models.PROTECT, primary_key=True, related_name="signed"
    )
    org = owner_column(db_index=False)
    document = models.TextField()
    token = models.TextField()
    proof_key = models.ForeignKey(
        IssuerKey, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    token_key = models.ForeignKey(
        IssuerKey, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status_list = models.ForeignKey(
        StatusList, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    status_index = models.PositiveIntegerField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="one_credential_per_status"
            )
        ]

    def __str__(self) -> str:
        return str(self.issued_id)
