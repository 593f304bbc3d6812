"""User model, for Django and for the domain."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from authsvc.storage.changes import index_of_changes


class UserManager(BaseUserManager["User"]):
    """Finds a row by e-mail address, for Django's own sign-in."""


class User(AbstractBaseUser, PermissionsMixin):
    """Django's user model, and the row of the entity User.

    `password` is the entity's password hash; `is_superuser` is set for the role admin; searches compare `folded_name`.
    `seen_at` is updated every few minutes, `LastSeenService`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    folded_name = models.TextField(default="", db_default="", blank=True, editable=False)
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    profile_members = models.JSONField(default=dict, db_default={}, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    required_actions = models.JSONField(default=list, db_default=[], blank=True)
    actions_required_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        permissions = [
            ("impersonate_user", "Can sign in as a user, to read"),
            ("act_as_user", "Can also change things while signed in as a user"),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="users_by_age"),
            index_of_changes("changed_at", "created_at", name="users_by_change"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.email
