"""Accounts of the demo school. Nobody knows their passwords, so nobody signs in with them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final
from uuid import uuid4

from accounts.public import (
    FIRST_PARTY_CLIENT,
    OPERATOR,
    PASSWORD,
    AuditAction,
    AuditSubject,
    Authentication,
    OrganizationId,
    OrgMembership,
    OrgRole,
    Principal,
    Role,
    Scope,
    Session,
    SessionEnd,
    SessionId,
    SignInFailure,
    SignInRecord,
    SignInWay,
    SubjectType,
    User,
    UserId,
    membership_added,
)
from authsvc.composition.container import Services
from authsvc.kernel.tenancy import TenantScope

_PASSWORD: Final = token_urlsafe(24)
SIGNED_IN_FOR: Final = timedelta(hours=2)
WRONG_EVERY: Final = 7


def account(services: Services, name: str, email: str, role: Role) -> User:
    """A new user with a verified address."""
    user = services.users.create(
        email=email, name=name, password=_PASSWORD, roles=[role], by=OPERATOR
    )
    services.emails.verify(user.id, email=user.email)
    return user


def member(user: User, memberships: Mapping[OrganizationId, OrgRole]) -> Principal:
    """The user, as they are when they are signed in. They have no rights but those in their organizations."""
    return replace(
        OPERATOR,
        user_id=user.id,
        roles=tuple(user.roles),
        rights=frozenset(),
        client_id=FIRST_PARTY_CLIENT,
        memberships=memberships,
    )


def founder(user: User) -> Principal:
    """The user, with the right to create an organization whatever the settings are."""
    return replace(member(user, {}), rights=OPERATOR.rights)


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
    _record_sign_in(services, user_id)


def _record_sign_in(services: Services, user_id: UserId) -> None:
    """Show it to staff, on some days after an attempt with a wrong password."""
    now, client_ip = services.ports.clock.now(), f"203.0.113.{user_id.int % 254 + 1}"
    services.sign_in_records.record(user_id, way=SignInWay.PASSWORD, client_ip=client_ip)
    if now.day % WRONG_EVERY == 0:
        failed = SignInRecord.failed(
            SignInFailure.WRONG_PASSWORD,
            user_id=user_id,
            way=SignInWay.PASSWORD,
            client_ip=client_ip,
            at=now - timedelta(minutes=1),
        )
        services.repositories.sign_in_records.save(failed)
