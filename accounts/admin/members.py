"""Who is in organizations, and who is invited to them, for staff."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import models as rows
from accounts.domain.entities import (
    InvitationId,
    OrganizationId,
    OrgRole,
    Principal,
    Right,
    SubjectType,
    UserId,
)
from authsvc.container import services
from authsvc.staff import LookOnlyAdmin, OfOrganizations, staff_action


@admin.register(rows.OrgMembership)
class OrgMembershipAdmin(OfOrganizations, LookOnlyAdmin):
    right = Right.MANAGE_ORGANIZATIONS
    looked_at = SubjectType.MEMBER
    list_display = ["user", "org", "role", "joined_at"]
    list_filter = ["role"]
    list_select_related = ["user", "org"]
    search_fields = ["user__email", "org__name", "org__slug"]
    ordering = ["-joined_at"]
    fields = ["user", "org", "role", "joined_at"]
    actions = ["make_owner", "make_admin", "make_instructor", "make_learner", "remove"]

    def looked_into(self, row: rows.OrgMembership) -> tuple[Any, Any]:
        return row.org_id, row.user_id

    @staff_action("Make owners of", done="made owner")
    def make_owner(self, row: rows.OrgMembership, reason: str, by: Principal) -> None:
        _assign(row, OrgRole.OWNER, by)

    @staff_action("Make admins of", done="made admin")
    def make_admin(self, row: rows.OrgMembership, reason: str, by: Principal) -> None:
        _assign(row, OrgRole.ADMIN, by)

    @staff_action("Make instructors of", done="made instructor")
    def make_instructor(self, row: rows.OrgMembership, reason: str, by: Principal) -> None:
        _assign(row, OrgRole.INSTRUCTOR, by)

    @staff_action("Make learners of", done="made learner")
    def make_learner(self, row: rows.OrgMembership, reason: str, by: Principal) -> None:
        _assign(row, OrgRole.LEARNER, by)

    @staff_action("Remove", done="removed", asks_why=True)
    def remove(self, row: rows.OrgMembership, reason: str, by: Principal) -> None:
        org_id, user_id = OrganizationId(row.org_id), UserId(row.user_id)
        services().members.remove(org_id, user_id, reason=reason, by=by)


@admin.register(rows.Invitation)
class InvitationAdmin(OfOrganizations, LookOnlyAdmin):
    right = Right.MANAGE_ORGANIZATIONS
    looked_at = SubjectType.INVITATION
    list_display = ["email", "org", "role", "created_at", "expires_at"]
    list_filter = ["role"]
    list_select_related = ["org"]
    search_fields = ["email", "org__name", "org__slug"]
    ordering = ["-created_at"]
    fields = ["email", "org", "role", "invited_by", "created_at", "expires_at"]
    actions = ["take_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """By what the mailed link is known again is not for staff."""
        return super().get_queryset(request).defer("token_hash")

    @staff_action("Take back", done="taken back")
    def take_back(self, row: rows.Invitation, reason: str, by: Principal) -> None:
        services().invitations.take_back(OrganizationId(row.org_id), InvitationId(row.id), by=by)


def _assign(row: rows.OrgMembership, role: OrgRole, by: Principal) -> None:
    org_id, user_id = OrganizationId(row.org_id), UserId(row.user_id)
    services().members.assign(org_id, user_id, role=role, by=by)
