"""Tenant access: checks and audit of access to organizations."""

from dataclasses import replace

import pytest

from accounts.domain.access import OPERATOR, OrganizationStatus, OrgRole
from accounts.domain.audit.entities import SubjectType
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from tests.support.organizations import an_access
from tests.support.tenants import acts_in, has_guest, has_member, has_organization, has_root, into
from tests.support.worlds import World


def test_access_by_a_non_member_is_recorded_with_its_subject(memory: World) -> None:
    school, root = has_organization(memory), has_root(memory)

    memory.services.tenant_access.record_access(
        school.id, at=SubjectType.COURSE, subject_id=7, by=root
    )

    assert acts_in(memory, school) == [an_access(school, SubjectType.COURSE, "7")]
    (entry,) = memory.repositories.audit_log.following(
        school.id, after=0, limit=2, scope=into(school)
    )
    assert entry.actor_id == root.person


@pytest.mark.parametrize("role", OrgRole)
def test_access_by_a_member_is_not_recorded(memory: World, role: OrgRole) -> None:
    school = has_organization(memory)
    anna = has_member(memory, school, role)
    root = replace(has_root(memory), memberships={school.id: role})

    for by in (anna, root):
        memory.services.tenant_access.record_access(
            school.id, at=SubjectType.COURSE, subject_id=7, by=by
        )

    assert acts_in(memory, school) == []


def test_access_to_the_platform_is_not_recorded(memory: World) -> None:
    memory.services.tenant_access.record_access(
        None, at=SubjectType.COURSE, subject_id=7, by=OPERATOR
    )

    recorded = memory.repositories.audit_log.heads(scope=OPERATOR.tenant_scope)
    assert [head for head in recorded if head.sequence] == []


def test_the_platform_is_always_open(memory: World) -> None:
    memory.services.tenant_access.require_open(None, by=has_guest(memory))


def test_an_active_organization_is_open_to_members_and_platform_admins(memory: World) -> None:
    school = has_organization(memory)

    for by in (has_member(memory, school), has_root(memory), OPERATOR):
        memory.services.tenant_access.require_open(school.id, by=by)


def test_a_suspended_organization_is_closed_to_platform_admins_too(memory: World) -> None:
    school = has_organization(memory, status=OrganizationStatus.SUSPENDED)

    for by in (has_root(memory), OPERATOR):
        with pytest.raises(OrganizationSuspended):
            memory.services.tenant_access.require_open(school.id, by=by)


def test_for_non_members_the_organization_does_not_exist(memory: World) -> None:
    school, other = has_organization(memory), has_organization(memory)
    outsiders = (has_guest(memory), has_member(memory, other, OrgRole.OWNER))

    for by in outsiders:
        with pytest.raises(OrganizationNotFound):
            memory.services.tenant_access.require_open(school.id, by=by)

    assert [memory.services.tenant_access.by_slug(school.slug, by=by) for by in outsiders] == [
        None,
        None,
    ]


def test_an_organization_in_scope_is_found_by_its_slug(memory: World) -> None:
    school = has_organization(memory)
    insiders = (has_member(memory, school), has_root(memory), OPERATOR)

    assert {memory.services.tenant_access.by_slug(school.slug, by=by) for by in insiders} == {
        school
    }
    assert memory.services.tenant_access.by_slug("nowhere", by=OPERATOR) is None
