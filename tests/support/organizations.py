"""Builders of organizations and members."""

from dataclasses import replace
from uuid import uuid4

import factory

from accounts.domain.access import OrganizationId, OrganizationStatus, OrgRole, Principal
from accounts.domain.audit.entities import AuditAct, AuditAction, SubjectType
from accounts.domain.identity.entities.users import User
from accounts.domain.organizations.entities import Organization, Plan
from authsvc.composition.container import Services
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.builders import NOON, a_principal


class OrganizationFactory(factory.Factory[Organization]):
    class Meta:
        model = Organization

    id = factory.LazyFunction(uuid4)
    name = "School of Knots"
    slug = factory.Sequence(lambda number: f"school-{number}")
    plan = Plan.FREE
    status = OrganizationStatus.ACTIVE
    created_at = NOON


an_organization = OrganizationFactory.build


def a_member(
    org_id: OrganizationId, role: OrgRole = OrgRole.LEARNER, user: User | None = None
) -> Principal:
    """A member of this organization with every scope and no rights on the platform."""
    return replace(a_principal(user), memberships={org_id: role})


def an_access(organization: Organization, subject_type: SubjectType, subject_id: str) -> AuditAct:
    """Access to something of the organization from outside."""
    return AuditAct(
        action=AuditAction.LOOKED_INTO,
        subject_type=subject_type,
        subject_id=subject_id,
        org_id=organization.id,
    )


def acts_in(services: Services, org_id: OrganizationId | None) -> list[AuditAct]:
    """The audit entries of the organization, or of the platform, oldest first."""
    log = services.repositories.audit_log
    entries = log.following(org_id, after=0, limit=100, scope=ALL_TENANTS)
    return [entry.act for entry in entries]


def closed(services: Services, organization: Organization) -> None:
    """Suspend it directly in the repository."""
    services.repositories.organizations.save(organization.suspended(), scope=ALL_TENANTS)
