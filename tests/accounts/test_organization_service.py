"""Organization service: reading, editing, suspending and deleting."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import NotPermitted, OrganizationStatus, OrgRole, Principal
from accounts.domain.audit.entities import AuditAct, AuditAction, SubjectType
from accounts.domain.organizations.entities import (
    Organization,
    OrganizationChanges,
    OwnOrganization,
    Plan,
)
from accounts.domain.organizations.errors import (
    OrganizationNotFound,
    OrganizationSuspended,
    UnsuitableOrganization,
)
from accounts.domain.organizations.services.organizations import OrganizationService
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.tenants import (
    acts_in,
    has_guest,
    has_member,
    has_membership,
    has_organization,
    has_root,
)
from tests.support.worlds import World

Act = Callable[[OrganizationService, Organization, Principal], object]

CHANGES: dict[str, Act] = {
    "edit": lambda service, school, by: service.edit(
        school.id, OrganizationChanges(name="Bends"), by=by
    ),
    "suspend": lambda service, school, by: service.suspend(school.id, reason="Unpaid", by=by),
    "reopen": lambda service, school, by: service.reopen(school.id, by=by),
    "delete": lambda service, school, by: service.delete(school.id, by=by),
}
LOOK: Act = lambda service, school, by: service.get(school.id, by=by)  # noqa: E731  # a row of the table
EVERY_ROLE = set(OrgRole)


def stored(world: World, school: Organization) -> Organization:
    return world.repositories.organizations.get(school.id, scope=ALL_TENANTS)


def act_on(school: Organization, action: AuditAction, **parts: Any) -> AuditAct:
    return AuditAct(
        action=action,
        subject_type=SubjectType.ORGANIZATION,
        subject_id=str(school.id),
        org_id=school.id,
        **parts,
    )


@pytest.mark.parametrize("role", OrgRole)
def test_members_see_their_organization_and_role(memory: World, role: OrgRole) -> None:
    school = has_organization(memory)
    anna = has_member(memory, school, role)

    own = memory.services.organizations.get(school.id, by=anna)

    assert own == OwnOrganization(organization=school, role=role)
    assert acts_in(memory, school) == []


def test_access_by_a_platform_admin_is_recorded(memory: World) -> None:
    school, root = has_organization(memory), has_root(memory)

    own = memory.services.organizations.get(school.id, by=root)

    assert own == OwnOrganization(organization=school, role=None)
    assert acts_in(memory, school) == [act_on(school, AuditAction.LOOKED_INTO)]


@pytest.mark.parametrize("act", [*CHANGES.values(), LOOK], ids=[*CHANGES, "get"])
def test_for_non_members_the_organization_does_not_exist(memory: World, act: Act) -> None:
    school, other = has_organization(memory), has_organization(memory)

    for outsider in (has_guest(memory), has_member(memory, other, OrgRole.OWNER)):
        with pytest.raises(OrganizationNotFound):
            act(memory.services.organizations, school, outsider)

    assert stored(memory, school) == school
    assert acts_in(memory, school) == []


@pytest.mark.parametrize("act", [*CHANGES.values(), LOOK], ids=[*CHANGES, "get"])
def test_a_deleted_organization_is_not_found_by_anyone(memory: World, act: Act) -> None:
    school = has_organization(memory, status=OrganizationStatus.DELETED)
    owner = has_member(memory, school, OrgRole.OWNER)

    for by in (owner, has_root(memory)):
        with pytest.raises(OrganizationNotFound):
            act(memory.services.organizations, school, by)


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ("edit", {OrgRole.OWNER, OrgRole.ADMIN}),
        ("delete", {OrgRole.OWNER}),
        ("suspend", set[OrgRole]()),
        ("reopen", set[OrgRole]()),
    ],
)
def test_each_change_requires_a_role_or_a_platform_right(
    memory: World, change: str, allowed: set[OrgRole]
) -> None:
    by_role = {}
    for role in OrgRole:
        school = has_organization(memory)
        by_role[role] = (school, has_member(memory, school, role))

    for role in allowed:
        CHANGES[change](memory.services.organizations, *by_role[role])
    for role in EVERY_ROLE - allowed:
        with pytest.raises(NotPermitted):
            CHANGES[change](memory.services.organizations, *by_role[role])
        assert acts_in(memory, by_role[role][0]) == []
    CHANGES[change](memory.services.organizations, has_organization(memory), has_root(memory))


def test_an_edit_is_stored_and_recorded_with_the_differences(world: World) -> None:
    school = has_organization(world, name="Knots")
    anna = has_member(world, school, OrgRole.ADMIN)

    edited = world.services.organizations.edit(
        school.id, OrganizationChanges(name="Bends"), by=anna
    )

    assert edited == stored(world, school) == replace(school, name="Bends")
    assert acts_in(world, school) == [
        act_on(
            school,
            AuditAction.ORGANIZATION_EDITED,
            before={"name": "Knots"},
            after={"name": "Bends"},
        )
    ]


def test_owners_cannot_change_the_plan(memory: World) -> None:
    school = has_organization(memory, plan=Plan.FREE)
    anna = has_member(memory, school, OrgRole.OWNER)
    edit = memory.services.organizations.edit

    with pytest.raises(NotPermitted):
        edit(school.id, OrganizationChanges(plan=Plan.ENTERPRISE), by=anna)

    assert edit(school.id, OrganizationChanges(plan=Plan.FREE), by=anna) == school
    assert (
        edit(school.id, OrganizationChanges(plan=Plan.TEAM), by=has_root(memory)).plan is Plan.TEAM
    )


def test_an_empty_name_is_refused(memory: World) -> None:
    school = has_organization(memory)
    anna = has_member(memory, school, OrgRole.OWNER)

    with pytest.raises(UnsuitableOrganization):
        memory.services.organizations.edit(school.id, OrganizationChanges(name=" "), by=anna)

    assert stored(memory, school) == school


def test_a_suspended_organization_cannot_be_edited(memory: World) -> None:
    school = has_organization(memory, status=OrganizationStatus.SUSPENDED)

    with pytest.raises(OrganizationSuspended):
        memory.services.organizations.edit(
            school.id, OrganizationChanges(name="Bends"), by=has_root(memory)
        )

    assert stored(memory, school) == school
    assert acts_in(memory, school) == []


def test_an_organization_is_suspended_with_a_reason_and_reopened_unchanged(world: World) -> None:
    school, root = has_organization(world), has_root(world)

    suspended = world.services.organizations.suspend(school.id, reason="Unpaid", by=root)
    then = stored(world, school)
    reopened = world.services.organizations.reopen(school.id, by=root)

    assert suspended == then == school.suspended()
    assert reopened == stored(world, school) == school
    active, closed = {"status": "active"}, {"status": "suspended"}
    assert acts_in(world, school) == [
        act_on(
            school,
            AuditAction.ORGANIZATION_SUSPENDED,
            before=active,
            after=closed,
            reason="Unpaid",
        ),
        act_on(school, AuditAction.ORGANIZATION_REOPENED, before=closed, after=active),
    ]


@pytest.mark.parametrize("status", [OrganizationStatus.ACTIVE, OrganizationStatus.SUSPENDED])
def test_an_organization_is_deleted_for_good_and_its_log_stays(
    world: World, status: OrganizationStatus
) -> None:
    school, root = has_organization(world, status=status), has_root(world)

    world.services.organizations.delete(school.id, reason="Closed down", by=root)

    with pytest.raises(OrganizationNotFound):
        stored(world, school)
    assert acts_in(world, school) == [
        act_on(
            school,
            AuditAction.ORGANIZATION_DELETED,
            before={"status": status.value},
            after={"status": "deleted"},
            reason="Closed down",
        )
    ]


def test_members_list_their_organizations_by_name(memory: World) -> None:
    knots, bends = has_organization(memory, name="Knots"), has_organization(memory, name="Bends")
    has_organization(memory)
    anna = has_member(memory, knots, OrgRole.OWNER)
    has_membership(memory, bends, user_id=anna.person)

    page = memory.services.organizations.page_of(PageRequest(limit=1), by=anna)

    assert page == Page(
        items=(
            OwnOrganization(organization=bends, role=OrgRole.LEARNER),
            OwnOrganization(organization=knots, role=OrgRole.OWNER),
        ),
        next_cursor=None,
    )


def test_a_service_client_lists_its_organization(memory: World) -> None:
    school = has_organization(memory)
    program = replace(has_guest(memory), user_id=None, memberships={school.id: OrgRole.ADMIN})

    page = memory.services.organizations.page_of(PageRequest(), by=program)

    assert page.items == (OwnOrganization(organization=school, role=OrgRole.ADMIN),)


def test_managers_of_organizations_list_all_oldest_first(memory: World) -> None:
    schools = [has_organization(memory) for _ in range(3)]
    schools.sort(key=lambda school: school.id)
    root = replace(has_root(memory), memberships={schools[1].id: OrgRole.LEARNER})
    page_of = memory.services.organizations.page_of

    first = page_of(PageRequest(limit=2), by=root)
    rest = page_of(PageRequest(limit=2, cursor=first.next_cursor), by=root)

    assert first.items == (
        OwnOrganization(organization=schools[0], role=None),
        OwnOrganization(organization=schools[1], role=OrgRole.LEARNER),
    )
    assert rest == Page(
        items=(OwnOrganization(organization=schools[2], role=None),), next_cursor=None
    )
