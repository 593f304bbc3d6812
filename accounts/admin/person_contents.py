"""What the tabs of a person show, and the words for it."""

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from accounts import models as rows
from accounts.admin.people_filters import last_seen_of
from accounts.admin.person_activity import MOST_LISTED, activity_of, done_by, done_to
from accounts.admin.sign_ins import VIEW as VIEW_SIGN_INS
from accounts.admin.sign_ins import recent_sign_ins_of
from accounts.domain.access import Right, Role, UserId
from accounts.domain.identity.entities.browsers import EndedSessions
from accounts.domain.identity.entities.second_factors import FactorMethod
from accounts.domain.identity.entities.users import RequiredAction
from authsvc.admin_site.actions import MOST_AT_ONCE
from authsvc.admin_site.contributed_tabs import ContributedTab
from authsvc.admin_site.pages import Tab
from authsvc.admin_site.people import name_of
from authsvc.admin_site.tenants import sees_organizations
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.kernel.text import counted

OVERVIEW: Final = Tab("overview", "Overview")
SESSIONS: Final = Tab("sessions", "Sign-in and sessions")
ORGANIZATIONS: Final = Tab("organizations", "Organizations")
ACTIVITY: Final = Tab("activity", "Activity")
EDIT: Final = "edit"
RECENT: Final = 5
ONLY_ADMIN: Final = "This is the only active admin. Make someone else an admin first."
OWN_ACCOUNT: Final = "This is your own account. Ask another admin."
FACTORS: Final = {
    FactorMethod.APP: "authenticator app",
    FactorMethod.RECOVERY_CODE: "recovery codes",
    FactorMethod.PASSKEY: "passkey",
}
ACTIONS: Final = {
    RequiredAction.CHANGE_PASSWORD: "Choose a new password",
    RequiredAction.SET_UP_SECOND_FACTOR: "Set up a second factor",
}


def sees_activity(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("accounts.view_user"))


def may_act_on(request: HttpRequest, row: rows.User) -> bool:
    """Whether the caller may act on the account: those who may not appoint staff act on no staff."""
    return not row.is_staff or staff_of(request).may(Right.APPOINT_STAFF)


def reason_against_deactivation(request: HttpRequest, row: rows.User) -> str:
    """Why the account cannot be deactivated, if so; the service refuses it."""
    admins = rows.User.objects.filter(is_superuser=True, is_active=True)
    is_admin = row.is_superuser and row.is_active
    if is_admin and not admins.exclude(pk=row.pk).exists():
        return ONLY_ADMIN
    return OWN_ACCOUNT if row.pk == request.user.pk else ""


def contents_of(
    request: HttpRequest, row: rows.User, current: str, contributed: list[ContributedTab]
) -> tuple[list[str], dict[str, Any]]:
    """The templates of the tab, and their context."""
    context = _account_of(row)
    for tab in contributed:
        if tab.key == current:
            return [tab.template], context | tab.load(request, row.pk)
    if current == ORGANIZATIONS.key:
        return ["admin/accounts/user/organizations.html"], context | _memberships_of(row)
    if current == ACTIVITY.key:
        did = activity_of(request, done_by(row.pk)[:MOST_LISTED])
        done = activity_of(request, done_to(row.pk)[:MOST_LISTED])
        return ["admin/accounts/user/activity.html"], context | {"did": did, "done": done}
    context["sessions"] = services().user_sessions.of(UserId(row.pk))
    if current == SESSIONS.key:
        if request.user.has_perm(VIEW_SIGN_INS):
            context["sign_ins"] = recent_sign_ins_of(row.pk)
        return ["admin/accounts/user/sessions.html"], context
    parts = [tab for tab in contributed if tab.is_in_overview]
    for tab in parts:
        context |= tab.load(request, row.pk)
    context["contributed"] = [tab.template for tab in parts]
    context["recent"] = activity_of(request, (done_by(row.pk) | done_to(row.pk))[:RECENT])
    groups = ", ".join(group.name for group in row.groups.all())
    context["last_seen"] = last_seen_of(row.pk)
    context["groups"] = groups or "None: no access to the admin site"
    context |= _memberships_of(row) if sees_organizations(request) else {}
    return ["admin/accounts/user/overview.html"], context


def _account_of(row: rows.User) -> dict[str, Any]:
    methods = services().repositories.second_factors.methods_of(UserId(row.pk))
    return {
        "is_verified": services().emails.verified(UserId(row.pk)) is not None,
        "has_factor": bool(methods),
        "factors": f"Password, {words_for(methods)}" if methods else "Password",
        "roles": ", ".join(Role(role).value.capitalize() for role in row.roles),
        "required": required_words(RequiredAction(value) for value in row.required_actions),
    }


def _memberships_of(row: rows.User) -> dict[str, Any]:
    memberships = rows.OrgMembership.objects.filter(user=row).select_related("org")
    return {"memberships": memberships.order_by("org__name")[:MOST_AT_ONCE]}


def words_for(methods: Any) -> str:
    return ", ".join(FACTORS[method] for method in methods)


def required_words(actions: Any) -> str:
    labels = [ACTIONS[action] for action in actions]
    return f"{', '.join(labels)}." if labels else "Nothing required."


def and_ended(ended: EndedSessions) -> str:
    return f" and ended {counted(ended.total, 'session')}" if ended.total else ""


def badges_of(row: rows.User, context: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Active", "good") if row.is_active else ("Deactivated", "bad"),
        ("E-mail verified", "good") if context["is_verified"] else ("E-mail not verified", "warn"),
        *([("Second factor on", "good")] if context["has_factor"] else []),
        *([("Staff", "off")] if row.is_staff else []),
        *((Role(role).value.capitalize(), "off") for role in row.roles),
    ]


def tools_for(request: HttpRequest, row: rows.User) -> list[tuple[str, str]]:
    password = reverse("admin:accounts_user_password", args=[row.pk])
    sign_in_as = reverse("admin:accounts_user_sign_in_as", args=[row.pk])
    return [
        ("Send a password reset", password),
        *([(f"Sign in as {name_of(row)}", sign_in_as)] if may_sign_in_as(request, row) else []),
        ("Edit", f"?tab={EDIT}"),
    ]


def may_sign_in_as(request: HttpRequest, row: rows.User) -> bool:
    by = staff_of(request)
    is_allowed = by.may(Right.IMPERSONATE)
    return is_allowed and not services().impersonation.obstacle(UserId(row.pk), by=by)
