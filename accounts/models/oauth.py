"""OAuth models: clients, codes, requests, log-out notices and consents."""

import uuid

from django.db import models

from accounts.domain.oauth.entities.authorizations import DeviceStatus
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from accounts.models.sessions import _Authenticated
from accounts.models.users import User
from authsvc.storage.columns import enum_column, owner_column


class OAuthClient(models.Model):
    """The Application model of django-oauth-toolkit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_id = models.CharField(max_length=100, unique=True)
    secret_hash = models.CharField(max_length=64, blank=True)
    secret_hint = models.CharField(max_length=4, blank=True, db_default="")
    name = models.CharField(max_length=200)
    is_public = models.BooleanField()
    redirect_uris = models.JSONField(blank=True)
    post_logout_redirect_uris = models.JSONField(blank=True)
    backchannel_logout_uri = models.CharField(max_length=2000, blank=True)
    allowed_origins = models.JSONField(blank=True)
    allowed_scopes = models.JSONField(blank=True)
    grant_types = models.JSONField()
    resources = models.JSONField(blank=True)
    id_token_algorithm = enum_column(IdTokenAlgorithm, max_length=10)
    is_trusted = models.BooleanField(default=False)
    must_push = models.BooleanField(default=False)
    claims_in_id_token = models.BooleanField(default=False, db_default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    org = owner_column()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    former_secret_hash = models.CharField(max_length=64, blank=True, db_default="")
    former_secret_expires_at = models.DateTimeField(null=True, blank=True)
    registration_hash = models.CharField(max_length=64, blank=True, db_default="")
    pkce_waived_because = models.CharField(max_length=1000, blank=True, db_default="")

    class Meta:
        verbose_name = "client"
        indexes = [models.Index(fields=["created_at", "id"], name="clients_by_age")]

    def __str__(self) -> str:
        return self.name


class AuthorizationCode(_Authenticated):
    """The Grant model of django-oauth-toolkit."""

    hash = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(OAuthClient, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    scopes = models.JSONField()
    resource = models.CharField(max_length=2000, blank=True)
    nonce = models.TextField(blank=True)
    claims = models.JSONField(default=dict, db_default={}, blank=True)
    redirect_uri = models.CharField(max_length=2000)
    code_challenge = models.CharField(max_length=128)
    session_id = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"code for {self.client_id}"


class DeviceCode(_Authenticated):
    """The DeviceGrant model of django-oauth-toolkit."""

    hash = models.CharField(max_length=64, primary_key=True)
    user_code_hash = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(OAuthClient, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    scopes = models.JSONField()
    status = enum_column(DeviceStatus, max_length=10)
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


class PreAuthorizedCode(models.Model):
    hash = models.CharField(max_length=64, primary_key=True)
    pin_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    credential_id = models.UUIDField()
    configuration_id = models.CharField(max_length=50)
    session_id = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"pre-authorized code of {self.user_id}"


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
