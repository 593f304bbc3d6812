"""Rows of accounts: columns and constraints, no behaviour."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from accounts.domain.entities import DeviceStatus, IdTokenAlgorithm, SessionEnd


class UserManager(BaseUserManager["User"]):
    """Finds a row by its address, for Django's own sign-in."""


class User(AbstractBaseUser, PermissionsMixin):
    """Django's own user, and the row of the entity User.

    `password` holds the entity's hash, `is_superuser` stands for the role admin.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        indexes = [models.Index(fields=["created_at", "id"], name="users_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.email


class _Authenticated(models.Model):
    """How the person had shown who he is, and in which session of a browser."""

    authenticated_at = models.DateTimeField(null=True, blank=True)
    methods = models.JSONField(null=True, blank=True)
    browser_id = models.UUIDField(null=True, blank=True, db_index=True)

    class Meta:
        abstract = True


class Session(_Authenticated):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    client_id = models.CharField(max_length=100)
    scopes = models.JSONField()
    resource = models.CharField(max_length=2000, blank=True, db_default="")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(
        max_length=20, blank=True, choices=[(end.value, end.value) for end in SessionEnd]
    )

    def __str__(self) -> str:
        return str(self.id)


class RefreshToken(models.Model):
    hash = models.CharField(max_length=64, primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(db_default=1)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"refresh token of {self.session_id}"


class LedgerEntry(models.Model):
    id = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    content_type = models.CharField(max_length=100)
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return self.id


class LimitState(models.Model):
    """What one subject has tried under a limit. The key is a keyed hash: neither account nor address is to be seen."""

    key = models.CharField(max_length=64, primary_key=True)
    limit = models.CharField(max_length=30)
    count = models.PositiveIntegerField()
    refusals = models.PositiveIntegerField()
    forgotten_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.limit} of {self.key[:8]}"


class FamiliarAddress(models.Model):
    """That an account was signed in to from an address; the key is a keyed hash of the two."""

    key = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "familiar addresses"

    def __str__(self) -> str:
        return self.key[:8]


class OAuthClient(models.Model):
    """The toolkit's Application."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_id = models.CharField(max_length=100, unique=True)
    secret_hash = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=200)
    is_public = models.BooleanField()
    redirect_uris = models.JSONField(blank=True)
    post_logout_redirect_uris = models.JSONField(blank=True)
    backchannel_logout_uri = models.CharField(max_length=2000, blank=True)
    allowed_origins = models.JSONField(blank=True)
    allowed_scopes = models.JSONField(blank=True)
    grant_types = models.JSONField()
    resources = models.JSONField(blank=True)
    id_token_algorithm = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in IdTokenAlgorithm]
    )
    is_trusted = models.BooleanField(default=False)
    must_push = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "client"
        indexes = [models.Index(fields=["created_at", "id"], name="clients_by_age")]

    def __str__(self) -> str:
        return self.name


class AuthorizationCode(_Authenticated):
    """The toolkit's Grant."""

    hash = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(OAuthClient, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    scopes = models.JSONField()
    resource = models.CharField(max_length=2000, blank=True)
    nonce = models.TextField(blank=True)
    redirect_uri = models.CharField(max_length=2000)
    code_challenge = models.CharField(max_length=128)
    session_id = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"code for {self.client_id}"


class DeviceCode(_Authenticated):
    """The toolkit's DeviceGrant."""

    hash = models.CharField(max_length=64, primary_key=True)
    user_code_hash = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(OAuthClient, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    scopes = models.JSONField()
    status = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in DeviceStatus]
    )
    interval_seconds = models.PositiveIntegerField()
    polled_at = models.DateTimeField(null=True, blank=True)
    session_id = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"device of {self.client_id}"


class PushedRequest(models.Model):
    hash = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(OAuthClient, on_delete=models.CASCADE, related_name="+")
    parameters = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)
    is_opened = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"request of {self.client_id}"


class LogoutNotice(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(OAuthClient, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    browser_id = models.UUIDField()
    due_at = models.DateTimeField(db_index=True)
    failures = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"log-out for {self.client_id}"


class Consent(models.Model):
    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(OAuthClient, on_delete=models.CASCADE, related_name="+")
    scopes = models.JSONField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "client"], name="one_consent_per_client")
        ]

    def __str__(self) -> str:
        return f"consent of {self.user_id}"
