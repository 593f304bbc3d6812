"""Builders of organizations with people in them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import factory

from accounts.domain.access import OPERATOR, OrgRole, Principal, Right, Role
from accounts.domain.audit.entities import AuditAct
from accounts.domain.oauth.entities.clients import RegisteredClient
from accounts.domain.organizations.entities import Invitation, Organization, OrgMembership
from authsvc.kernel.tenancy import TenantScope
from tests.support.builders import NOON, a_principal
from tests.support.organizations import an_organization
from tests.support.worlds import World


class MembershipFactory(factory.Factory[OrgMembership]):
    class Meta:
        model = OrgMembership

    org_id = factory.LazyFunction(uuid4)
    user_id = factory.LazyFunction(uuid4)
    role = OrgRole.LEARNER
    joined_at = NOON


class InvitationFactory(factory.Factory[Invitation]):
    class Meta:
        model = Invitation

    id = factory.LazyFunction(uuid4)
    org_id = factory.LazyFunction(uuid4)
    email = factory.Sequence(lambda number: f"guest-{number}@school.example")
    role = OrgRole.LEARNER
    token_hash = factory.LazyFunction(lambda: uuid4().hex * 2)
    invited_by = None
    created_at = NOON
    expires_at = NOON + timedelta(days=7)


a_membership = MembershipFactory.build
an_invitation = InvitationFactory.build


ROLES_MANAGED_BY: Final = {
    OrgRole.OWNER: set(OrgRole),
    OrgRole.ADMIN: {OrgRole.LEARNER},
    OrgRole.INSTRUCTOR: set[OrgRole](),
    OrgRole.LEARNER: set[OrgRole](),
}
"""The roles in which members of each role may bring in others."""


def into(*organizations: Organization) -> TenantScope:
    """The view of who is in these organizations, and in no others."""
    return TenantScope.into(*(organization.id for organization in organizations))


def has_organization(world: World, **parts: Any) -> Organization:
    organization = an_organization(**parts)
    world.repositories.organizations.add(organization)
    return organization


def has_membership(world: World, organization: Organization, **parts: Any) -> OrgMembership:
    """That of somebody new, unless a user is named."""
    if "user_id" not in parts:
        parts["user_id"] = world.has_user().id
    membership = a_membership(org_id=organization.id, **parts)
    world.repositories.memberships.add(membership, scope=into(organization))
    return membership


def has_invitation(world: World, organization: Organization, **parts: Any) -> Invitation:
    invitation = an_invitation(org_id=organization.id, **parts)
    world.repositories.invitations.save(invitation, scope=into(organization))
    return invitation


def has_member(
    world: World, organization: Organization, role: OrgRole = OrgRole.LEARNER, **parts: Any
) -> Principal:
    """Somebody new who is in the organization, and signed in; the parts are those of the user."""
    user = world.has_verified_user(**parts)
    has_membership(world, organization, user_id=user.id, role=role)
    return replace(a_principal(user), memberships={organization.id: role})


def has_guest(world: World, **parts: Any) -> Principal:
    """Somebody new who is in no organization, and signed in."""
    return a_principal(world.has_verified_user(**parts))


def has_root(world: World) -> Principal:
    """Somebody new who manages the platform."""
    root = world.has_verified_user(name="Root", roles=(Role.LEARNER, Role.ADMIN))
    return replace(a_principal(root, *Right), roles=root.roles)


def has_service_client(
    world: World, organization: Organization, by: Principal = OPERATOR, **parts: Any
) -> RegisteredClient:
    """A client that may read what an organization has, and expires in a month."""
    given: dict[str, Any] = {
        "name": "Register",
        "scopes": ["orgs:read", "progress:read"],
        "expires_at": NOON + timedelta(days=30),
    }
    return world.services.service_clients.register(organization.id, **given | parts, by=by)


def acts_in(world: World, organization: Organization) -> list[AuditAct]:
    """What is recorded of the organization, the first thing first."""
    recorded = world.repositories.audit_log.following(
        organization.id, after=0, limit=100, scope=OPERATOR.tenant_scope
    )
    return [entry.act for entry in recorded]
