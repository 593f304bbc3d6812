"""Builders and paths for tests of organizations in the admin site."""

from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole
from accounts.domain.identity.entities.users import User
from accounts.domain.organizations.entities import Organization
from accounts.models import AuditEntry
from accounts.models import Invitation as InvitationRow
from accounts.models import OrgMembership as MembershipRow
from tests.support.application import Application
from tests.support.members import add_member
from tests.support.staff import a_user_of

ORGANIZATIONS: Final = "accounts/organization/"
MEMBERS: Final = "accounts/orgmembership/"
INVITATIONS: Final = "accounts/invitation/"


def has_organization(
    application: Application, owner: User | None = None, **parts: Any
) -> Organization:
    """An organization with its owner, who is Olga by default."""
    given = {"name": "School of Knots", "slug": f"knots-{uuid4().hex[:8]}"} | parts
    owner_id = (owner or a_user_of(application, "Olga")).id
    return application.services.organizations.create(**given, owner_id=owner_id, by=OPERATOR)


def has_member(
    application: Application,
    organization: Organization,
    user: User,
    role: OrgRole = OrgRole.LEARNER,
) -> int:
    """Add a member, which no log records; return the primary key of the membership."""
    joined_at = application.services.ports.clock.now()
    add_member(application, organization.id, user.id, role, at=joined_at)
    return key_of(organization, user)


def key_of(organization: Organization, user: User) -> int:
    return MembershipRow.objects.get(org=organization.id, user=user.id).pk


def role_of(organization: Organization, user: User) -> str | None:
    memberships = MembershipRow.objects.filter(org=organization.id, user=user.id)
    return memberships.values_list("role", flat=True).first()


def has_invitation(
    application: Application, organization: Organization, email: str
) -> InvitationRow:
    application.services.invitations.invite(
        organization.id, email=email, role=OrgRole.LEARNER, by=OPERATOR
    )
    return InvitationRow.objects.get(org=organization.id, email=email)


def suspend(application: Application, organization: Organization) -> None:
    application.services.organizations.suspend(organization.id, reason="Unpaid.", by=OPERATOR)


def page_of(organization: Organization, tab: str = "") -> str:
    return f"{ORGANIZATIONS}{organization.id}/change/{f'?tab={tab}' if tab else ''}"


def settings_of(organization: Organization) -> str:
    return page_of(organization, "settings")


def act_on(organization: Organization, act: str) -> str:
    return f"{ORGANIZATIONS}{organization.id}/{act}/"


def list_page_of(organization: Organization) -> str:
    return f"{ORGANIZATIONS}{organization.id}/members/"


def now(application: Application, organization: Organization) -> Organization:
    return application.services.organizations.get(organization.id, by=OPERATOR).organization


def recorded(org_id: OrganizationId) -> list[tuple[str, str, str]]:
    """The audit log of an organization: action, subject and reason, oldest first."""
    entries = AuditEntry.objects.filter(org=org_id).order_by("sequence")
    return list(entries.values_list("action", "subject_id", "reason"))


def recorded_access(organization: Organization) -> list[tuple[str, str, object]]:
    """The recorded access by non-members: subject type, subject and actor."""
    entries = AuditEntry.objects.filter(org=organization.id, action="looked-into")
    accesses = entries.order_by("sequence").values_list("subject_type", "subject_id", "actor_id")
    return list(accesses)
