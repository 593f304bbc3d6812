"""What the tabs of an organization show, and the words for it."""

from typing import Any, Final

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from accounts import models as rows
from accounts.admin.thing_activity import actor_of, newest_of
from accounts.domain.access import (
    RIGHTS_OF_ORG_ROLE,
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    Right,
)
from accounts.domain.audit.entities import AuditAction
from authsvc.admin_site.actions import MOST_AT_ONCE
from authsvc.admin_site.contributed_tabs import ORGANIZATION_TABS
from authsvc.admin_site.pages import Tab
from authsvc.admin_site.people import name_of, names_of, person_link
from authsvc.admin_site.things import SETTINGS
from authsvc.http.actors import staff_of
from authsvc.kernel.text import counted

OVERVIEW: Final = Tab("overview", "Overview")
MEMBERS: Final = Tab("members", "Members")
INVITATIONS: Final = Tab("invitations", "Invitations")
CLIENTS: Final = Tab("clients", "Clients")
ADMINS: Final = Tab("admins", "What its admins see")
ACTIVITY: Final = Tab("activity", "Activity")
RECENT: Final = 5
_PERMISSIONS: Final = {
    MEMBERS: "accounts.view_orgmembership",
    INVITATIONS: "accounts.view_invitation",
    CLIENTS: "accounts.view_oauthclient",
    ADMINS: "accounts.view_organization",
    ACTIVITY: "accounts.view_auditentry",
}
RIGHTS: Final = {
    Right.SEE_MEMBERS: "See the members with names, e-mail addresses and roles",
    Right.AUTHOR_COURSES: "Write and publish courses and pathways of the organization",
    Right.SEE_PROGRESS: "See the progress, attempts and answers of learners on its courses",
    Right.GRADE_ATTEMPTS: "Grade submissions on its courses",
    Right.AWARD_CREDENTIALS: "Define and issue credentials of the organization, and revoke them",
    Right.MANAGE_MEMBERS: "Invite and add learners, remove learners and instructors",
    Right.EDIT_ORGANIZATION: "Change the name of the organization",
    Right.READ_EVENTS: "Read the feed of events of the organization",
    Right.MANAGE_WEBHOOKS: "Set up webhooks and see their deliveries",
    Right.ASSIGN_ROLES: "Change the roles of members, and remove admins and owners",
    Right.MANAGE_CLIENTS: "Register clients that act for the organization, and rotate their secrets",
    Right.READ_AUDIT: "Read the audit log of the organization, with the access of staff",
    Right.DELETE_ORGANIZATION: "Delete the organization",
}
"""What the rights of roles in an organization allow, in words."""
COLUMNS: Final = (OrgRole.OWNER, OrgRole.ADMIN, OrgRole.INSTRUCTOR)
_BADGES: Final = {
    OrganizationStatus.ACTIVE: ("Active", "good"),
    OrganizationStatus.SUSPENDED: ("Suspended", "bad"),
    OrganizationStatus.DELETED: ("Deleted", "bad"),
}
_CLOSED_BY: Final = {
    OrganizationStatus.SUSPENDED: AuditAction.ORGANIZATION_SUSPENDED,
    OrganizationStatus.DELETED: AuditAction.ORGANIZATION_DELETED,
}


def tabs_for(request: HttpRequest) -> list[Tab]:
    """The tabs of people first, then those of other apps."""
    own = [tab for tab, permission in _PERMISSIONS.items() if request.user.has_perm(permission)]
    contributed = [tab.tab for tab in ORGANIZATION_TABS.visible_to(request)]
    of_people = [tab for tab in own if tab in (MEMBERS, INVITATIONS)]
    return [OVERVIEW, SETTINGS, *of_people, *contributed, *own[len(of_people) :]]


def badges_of(row: rows.Organization) -> list[tuple[str, str]]:
    return [_BADGES[OrganizationStatus(row.status)], (f"Plan {row.plan}", "off")]


def notice_of(request: HttpRequest, row: rows.Organization) -> dict[str, Any]:
    """Why the organization is closed, by whom and since when; and whether opening its page was recorded."""
    about = {"is_recorded": not staff_of(request).is_in(OrganizationId(row.pk))}
    action = _CLOSED_BY.get(OrganizationStatus(row.status))
    if action is None:
        return about
    closings = rows.AuditEntry.objects.filter(org=row, subject_id=str(row.pk), action=action)
    entry = closings.order_by("-position").first()
    word, _ = _BADGES[OrganizationStatus(row.status)]
    closed = {"word": word.lower(), "entry": entry, "by": actor_of(request, entry)}
    reopen_url = reverse("admin:accounts_organization_reopen", args=[row.pk])
    return about | {"closed": closed, "reopen_url": reopen_url}


def member_count_of(row: rows.Organization) -> str:
    return counted(rows.OrgMembership.objects.filter(org=row).count(), "member")


def contents_of(
    request: HttpRequest, row: rows.Organization, tab: str
) -> tuple[list[str], dict[str, Any]]:
    """The templates of the tab, and their context."""
    for contributed in ORGANIZATION_TABS.visible_to(request):
        if contributed.key == tab:
            return [contributed.template], contributed.load(request, row.pk)
    loaders = {
        OVERVIEW.key: _overview,
        MEMBERS.key: _members,
        INVITATIONS.key: _invitations,
        CLIENTS.key: _clients,
        ADMINS.key: _rights,
        ACTIVITY.key: _activity,
    }
    return [f"admin/accounts/organization/{tab}.html"], loaders[tab](request, row)


def _overview(request: HttpRequest, row: rows.Organization) -> dict[str, Any]:
    memberships = rows.OrgMembership.objects.filter(org=row)
    numbers = dict(memberships.values_list("role").annotate(Count("pk")).order_by())
    owners = memberships.filter(role=OrgRole.OWNER).select_related("user").order_by("joined_at")
    invited = rows.Invitation.objects.filter(org=row, role=OrgRole.OWNER)
    sees_people = request.user.has_perm(_PERMISSIONS[MEMBERS])
    sees_activity = request.user.has_perm(_PERMISSIONS[ACTIVITY])
    return {
        "numbers": [(role.value, numbers.get(role.value, 0)) for role in OrgRole][1:],
        "member_count": sum(numbers.values()),
        "sees_people": sees_people,
        "owners": [
            person_link(request, owner.user_id, name_of(owner.user))
            for owner in owners[:MOST_AT_ONCE]
        ],
        "invited_owners": list(invited.values_list("email", flat=True)[:MOST_AT_ONCE]),
        "sees_activity": sees_activity,
        "recent": _changes_of(request, row) if sees_activity else [],
    }


def _members(request: HttpRequest, row: rows.Organization) -> dict[str, Any]:
    memberships = rows.OrgMembership.objects.filter(org=row).select_related("user")
    listed = memberships.order_by("joined_at", "user_id")[:MOST_AT_ONCE]
    return {
        "members": [
            (member, person_link(request, member.user_id, name_of(member.user)))
            for member in listed
        ],
        "member_count": memberships.count(),
        "most": MOST_AT_ONCE,
    }


def _invitations(request: HttpRequest, row: rows.Organization) -> dict[str, Any]:
    pending = rows.Invitation.objects.filter(org=row).defer("token_hash")
    listed = list(pending.order_by("-created_at", "id")[:MOST_AT_ONCE])
    names = names_of(invitation.invited_by for invitation in listed)
    return {
        "invitations": [
            (invitation, names.get(invitation.invited_by or row.pk, "")) for invitation in listed
        ]
    }


def _clients(request: HttpRequest, row: rows.Organization) -> dict[str, Any]:
    own = rows.OAuthClient.objects.filter(org=row).defer("secret_hash", "former_secret_hash")
    return {"clients": own.order_by("created_at", "id")[:MOST_AT_ONCE]}


def _rights(request: HttpRequest, row: rows.Organization) -> dict[str, Any]:
    return {
        "columns": [role.value.capitalize() for role in COLUMNS],
        "rights": [
            (words, [(role.value, right in RIGHTS_OF_ORG_ROLE[role]) for role in COLUMNS])
            for right, words in RIGHTS.items()
        ],
    }


def _activity(request: HttpRequest, row: rows.Organization) -> dict[str, Any]:
    entries = rows.AuditEntry.objects.filter(org=row)
    return {"entries": newest_of(request, entries, most=MOST_AT_ONCE)}


def _changes_of(request: HttpRequest, row: rows.Organization) -> list[Any]:
    """The newest entries that are no access by staff."""
    looks = AuditAction.LOOKED_INTO
    changes = rows.AuditEntry.objects.filter(org=row).exclude(action=looks)
    return newest_of(request, changes, most=RECENT)
