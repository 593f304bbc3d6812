"""Organizations and their members, on the running application."""

from datetime import datetime
from uuid import UUID

from accounts.domain.access import OrganizationId, OrgRole, UserId
from accounts.domain.audit.entities import AuditAction, AuditEntry
from accounts.domain.organizations.entities import Organization, OrgMembership
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.application import Application, Person
from tests.support.builders import NOON
from tests.support.organizations import an_organization


def add_organization(application: Application, **parts: object) -> Organization:
    organization = an_organization(**parts)
    application.services.repositories.organizations.add(organization)
    return organization


def member_of(
    application: Application, org_id: OrganizationId, role: OrgRole, name: str = "Anna"
) -> Person:
    """A signed-in member of the organization."""
    person = application.signed_in(name=name)
    add_member(application, org_id, UserId(UUID(person.id)), role)
    return person


def add_member(
    application: Application,
    org_id: OrganizationId,
    user_id: UserId,
    role: OrgRole,
    *,
    at: datetime = NOON,
) -> None:
    """Store a member. No log records it."""
    membership = OrgMembership(org_id=org_id, user_id=user_id, role=role, joined_at=at)
    application.services.repositories.memberships.add(membership, scope=ALL_TENANTS)


def access_entries(application: Application, org_id: OrganizationId) -> list[AuditEntry]:
    """The audit entries about access from outside, oldest first."""
    recorded = application.services.repositories.audit_log.following(
        org_id, after=0, limit=100, scope=ALL_TENANTS
    )
    return [entry for entry in recorded if entry.act.action is AuditAction.LOOKED_INTO]
