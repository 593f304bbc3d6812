"""Organization models: organizations, memberships and invitations."""

import uuid

from django.db import models

from accounts.domain.access import OrganizationStatus, OrgRole
from accounts.domain.organizations.entities import LONGEST_DESCRIPTION, Plan
from accounts.models.users import User
from authsvc.kernel.urls import LONGEST_URL
from authsvc.storage.changes import index_of_changes
from authsvc.storage.columns import enum_column, organization_column


class Organization(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    slug = models.SlugField(
        max_length=40,
        unique=True,
        help_text="The addresses of its courses begin with it. It never changes.",
    )
    plan = enum_column(Plan, max_length=16)
    status = enum_column(OrganizationStatus, max_length=16)
    created_at = models.DateTimeField()
    url = models.CharField(max_length=LONGEST_URL, blank=True, default="", db_default="")
    description = models.CharField(
        max_length=LONGEST_DESCRIPTION, blank=True, default="", db_default=""
    )
    image_url = models.CharField(max_length=LONGEST_URL, blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["created_at", "id"], name="organizations_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(**{column: ""})
                | models.Q(**{f"{column}__startswith": "https://"}),
                name=f"organization_{column}_is_https",
            )
            for column in ("url", "image_url")
        ]

    def __str__(self) -> str:
        return self.name


class OrgMembership(models.Model):
    id = models.BigAutoField(primary_key=True)
    org = organization_column()
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", db_index=False
    )
    role = enum_column(OrgRole, max_length=16)
    joined_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "membership"
        indexes = [
            index_of_changes("changed_at", "joined_at", within="org", name="members_by_change")
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "org"], name="one_membership_per_organization"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in OrgRole]),
                name="org_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.org}"


class Invitation(models.Model):
    """A pending invitation: the row is deleted when it is accepted or revoked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    org = organization_column()
    email = models.CharField(max_length=254)
    role = enum_column(OrgRole, max_length=16)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "email"], name="one_invitation_per_address")
        ]

    def __str__(self) -> str:
        return self.email
