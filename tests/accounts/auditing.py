"""Builders for tests of the audit log."""

from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import OrganizationId, OrganizationStatus, OrgRole, Principal, UserId
from accounts.domain.audit.entities import (
    AuditAct,
    AuditAction,
    AuditEntry,
    AuditEntryId,
    AuditSubject,
    SubjectType,
)
from accounts.domain.audit.repositories.memory import InMemoryAuditLogRepository
from accounts.domain.organizations.entities import Organization, Plan
from accounts.models import AuditHead as AuditHeadRow
from authsvc.composition.container import Services
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.builders import NOON, a_principal
from tests.support.worlds import World

ANNA: Final = UserId(uuid4())


def has_organization(world: World, slug: str = "knots", **parts: Any) -> Organization:
    organization = Organization(
        id=OrganizationId(uuid4()),
        name="School of Knots",
        slug=slug,
        plan=Plan.FREE,
        status=OrganizationStatus.ACTIVE,
        created_at=NOON,
    )
    organization = replace(organization, **parts)
    world.repositories.organizations.add(organization)
    return organization


def a_member(organization: Organization, role: OrgRole = OrgRole.OWNER) -> Principal:
    return replace(a_principal(), memberships={organization.id: role})


def an_act(organization: Organization | None = None, **parts: Any) -> AuditAct:
    """Anna is made an instructor of the organization."""
    act = AuditAct(
        action=AuditAction.MEMBER_ROLE_CHANGED,
        subject_type=SubjectType.MEMBER,
        subject_id=str(ANNA),
        org_id=organization.id if organization else None,
        before={"role": "learner"},
        after={"role": "instructor"},
    )
    return replace(act, **parts)


def record_act(services: Services, act: AuditAct, *, by: Principal) -> None:
    services.audit_log.record(
        act.action,
        AuditSubject(act.subject_type, act.subject_id, act.org_id),
        by=by,
        because=act.reason,
        before=act.before,
        after=act.after,
    )


def an_entry(organization: Organization | None = None, **parts: Any) -> AuditEntry:
    """An entry, by default the first of its chain."""
    entry = AuditEntry(
        id=AuditEntryId(uuid4()),
        sequence=1,
        act=an_act(organization),
        actor_id=UserId(uuid4()),
        client_id="first-party",
        request_id="a" * 32,
        occurred_at=NOON,
        previous_hash="0" * 64,
    )
    return replace(entry, **parts).sealed()


def log_of(world: World, organization: Organization | None = None) -> list[AuditEntry]:
    """The whole chain, oldest entry first."""
    org_id = organization.id if organization else None
    return world.repositories.audit_log.following(org_id, after=0, limit=99, scope=ALL_TENANTS)


def tables_of(world: World) -> InMemoryAuditLogRepository:
    """The in-memory repository of the log, for tests that bypass the services."""
    assert isinstance(world.repositories.audit_log, InMemoryAuditLogRepository)
    return world.repositories.audit_log


def delete_heads(world: World) -> None:
    """Delete all heads, bypassing the services."""
    if isinstance(world.repositories.audit_log, InMemoryAuditLogRepository):
        tables_of(world).heads_store.clear()
    else:
        AuditHeadRow.objects.all().delete()
