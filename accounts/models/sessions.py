"""Session models: sessions, sessions in browsers and refresh tokens."""

import uuid
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.sign_in_records import SignInWay
from accounts.models.users import User
from authsvc.storage.columns import enum_column, owner_column


class _Authenticated(models.Model):
    """Columns of an authentication: time, methods and browser session."""

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
    ended_because = enum_column(SessionEnd, max_length=20, blank=True)
    org = owner_column()
    claims = models.JSONField(default=dict, db_default={}, blank=True)

    class Meta:
        indexes = [models.Index(fields=["client_id", "-started_at"], name="sessions_by_client")]

    def __str__(self) -> str:
        return str(self.id)


class BrowserSession(AbstractBaseSession):
    """Django's row of a session, and what lists of sessions show of it; without a user nobody is signed in."""

    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    browser_id = models.UUIDField(null=True, blank=True, db_index=True)
    began_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True, db_default="")
    client_ip = models.CharField(max_length=50, blank=True, db_default="")

    class Meta:
        verbose_name = "browser session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore

    def __str__(self) -> str:
        return f"session of {self.user_id} in a browser"


class SignInChallenge(models.Model):
    hash = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)
    passkey_state = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in challenge of {self.user_id}"


class SignInRecord(models.Model):
    """A sign-in, or with a `failure` the attempts that failed alike within one hour."""

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    client_ip = models.CharField("client IP", max_length=50, blank=True)
    way = enum_column(SignInWay, max_length=20)
    failure = enum_column(SignInFailure, max_length=30, blank=True)
    attempts = models.PositiveIntegerField()
    at = models.DateTimeField("time")

    class Meta:
        verbose_name = "sign-in"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attempts__gte=1), name="sign_ins_have_attempts"
            ),
            models.CheckConstraint(
                condition=~models.Q(failure="", user=None), name="sign_ins_have_a_user"
            ),
        ]
        indexes = [
            models.Index(fields=["-at"], name="sign_ins_by_time"),
            models.Index(fields=["user", "-at"], name="sign_ins_by_user"),
            models.Index(fields=["client_ip", "-at"], name="sign_ins_by_address"),
        ]

    def __str__(self) -> str:
        return f"sign-in of {self.at:%Y-%m-%d %H:%M}"


class RefreshToken(models.Model):
    hash = models.CharField(max_length=64, primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(db_default=1)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"refresh token of {self.session_id}"
