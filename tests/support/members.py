"""Organizations and their members, on the running application."""

from uuid import UUID

from accounts.domain.entities import (
    AuditAction,
    AuditEntry,
    Organization,
    OrganizationId,
    OrgMembership,
    OrgRole,
    UserId,
)
from authsvc.kernel.reach import EVERYWHERE
from tests.support.builders import NOON
from tests.support.house import House, Person
from tests.support.organizations import an_organization


def founded(house: House, **parts: object) -> Organization:
    organization = an_organization(**parts)
    house.services.repositories.organizations.add(organization)
    return organization


def member_of(house: House, org_id: OrganizationId, role: OrgRole, name: str = "Anna") -> Person:
    """Somebody who is signed in, and in the organization."""
    person = house.signed_in(name=name)
    membership = OrgMembership(
        org_id=org_id, user_id=UserId(UUID(person.id)), role=role, joined_at=NOON
    )
    house.services.repositories.memberships.add(membership, within=EVERYWHERE)
    return person


def looks_into(house: House, org_id: OrganizationId) -> list[AuditEntry]:
    """What is recorded of looks from outside, the first one first."""
    recorded = house.services.repositories.audit_log.following(
        org_id, after=0, limit=100, within=EVERYWHERE
    )
    return [entry for entry in recorded if entry.act.action is AuditAction.LOOKED_INTO]
