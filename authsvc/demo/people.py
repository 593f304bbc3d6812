"""Accounts of the demo school. Nobody knows their passwords, so nobody signs in with them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final
from uuid import uuid4

from accounts.domain.access import (
    OPERATOR,
    PASSWORD,
    Authentication,
    OrganizationId,
    OrgRole,
    Principal,
    Role,
    Scope,
    SessionId,
    UserId,
    rights_of,
)
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT, Session, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.organizations.entities import OrgMembership
from accounts.domain.organizations.services.outgoing_events import membership_added
from authsvc.composition.container import Services
from authsvc.kernel.tenancy import TenantScope

_PASSWORD: Final = token_urlsafe(24)
SIGNED_IN_FOR: Final = timedelta(hours=2)


def account(services: Services, name: str, email: str, role: Role) -> User:
    """A new user with a verified address."""
    user = services.users.create(
        email=email, name=name, password=_PASSWORD, roles=[role], by=OPERATOR
    )
    services.emails.verify(user.id, email=user.email)
    return user


def member(user: User, memberships: Mapping[OrganizationId, OrgRole]) -> Principal:
    """The user, as they are when they are signed in."""
    return Principal(
        user_id=user.id,
        roles=tuple(user.roles),
        rights=rights_of(user.roles),
        scopes=frozenset(Scope),
        client_id=FIRST_PARTY_CLIENT,
        memberships=memberships,
    )


def add_member(
    services: Services, org_id: OrganizationId, user_id: UserId, *, by: Principal
) -> None:
    """Add a learner to an organization without the mail that the service would send them."""
    membership = OrgMembership(
        org_id=org_id,
        user_id=user_id,
        role=OrgRole.LEARNER,
        joined_at=services.ports.clock.now(),
    )
    services.repositories.memberships.add(membership, scope=TenantScope.into(org_id))
    services.event_outbox.record(membership_added(membership))
    services.audit_log.record(
        AuditAction.MEMBER_ADDED,
        AuditSubject(SubjectType.MEMBER, str(user_id), org_id),
        by=by,
        after={"role": OrgRole.LEARNER.value},
    )


def sign_in(services: Services, user_id: UserId, *, until: datetime) -> None:
    """Store a session without checking a password, which would take long. It has ended unless it began lately."""
    now = services.ports.clock.now()
    session = Session(
        id=SessionId(uuid4()),
        user_id=user_id,
        client_id=FIRST_PARTY_CLIENT,
        scopes=frozenset(Scope),
        started_at=now,
        expires_at=now + services.ports.session_policy.ends_after,
        authentication=Authentication(at=now, methods=(PASSWORD,)),
    )
    if now + SIGNED_IN_FOR * 12 < until:
        session = session.ended(at=now + SIGNED_IN_FOR, because=SessionEnd.LOGGED_OUT)
    services.repositories.sessions.add(session)
