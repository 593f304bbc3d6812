"""Access to the members of an organization."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.domain.access import (
    OPERATOR,
    NotPermitted,
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    Principal,
    UserId,
)
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import (
    InvitationNeeded,
    MemberNotFound,
    OrganizationNotFound,
    OrganizationSuspended,
)
from accounts.domain.organizations.services.members import MemberService
from authsvc.kernel.paging import PageRequest
from tests.accounts.inviting import BO
from tests.support.organizations import an_access
from tests.support.tenants import acts_in, has_guest, has_member, has_organization, has_root, into
from tests.support.worlds import World

Act = Callable[[MemberService, OrganizationId, UserId, Principal], object]
CHANGES: dict[str, Act] = {
    "add": lambda service, org, user, by: service.add(org, user, role=OrgRole.LEARNER, by=by),
    "assign": lambda service, org, user, by: service.assign(org, user, role=OrgRole.OWNER, by=by),
    "remove": lambda service, org, user, by: service.remove(org, user, by=by),
}
ACTS = CHANGES | {
    "page_of": lambda service, org, user, by: service.page_of(org, PageRequest(), by=by)
}


def listed(world: World, school: Organization, by: Principal) -> list[UserId]:
    page = world.services.members.page_of(school.id, PageRequest(), by=by)
    return [member.membership.user_id for member in page.items]


@pytest.mark.parametrize("role", [OrgRole.OWNER, OrgRole.ADMIN, OrgRole.INSTRUCTOR])
def test_instructors_admins_and_owners_see_the_members(memory: World, role: OrgRole) -> None:
    school, other = has_organization(memory), has_organization(memory)
    by, anna = has_member(memory, school, role), has_member(memory, school)
    has_member(memory, other)

    assert listed(memory, school, by) == sorted([by.person, anna.person])
    assert acts_in(memory, school) == []


def test_learners_do_not_see_the_members(memory: World) -> None:
    school = has_organization(memory)
    anna = has_member(memory, school)

    with pytest.raises(NotPermitted):
        listed(memory, school, anna)


def test_access_to_the_members_by_a_non_member_is_recorded(memory: World) -> None:
    school, root = has_organization(memory), has_root(memory)
    anna = has_member(memory, school)

    assert listed(memory, school, root) == [anna.person]
    assert acts_in(memory, school) == [an_access(school, SubjectType.MEMBER, "all")]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_for_non_members_the_organization_does_not_exist(memory: World, act: Act) -> None:
    school, other = has_organization(memory), has_organization(memory)
    anna = has_member(memory, school)

    for outsider in (has_guest(memory), has_member(memory, other, OrgRole.OWNER)):
        with pytest.raises(OrganizationNotFound):
            act(memory.services.members, school.id, anna.person, outsider)

    scope = into(school)
    stored = memory.repositories.memberships.get(school.id, anna.person, scope=scope)
    assert stored.role is OrgRole.LEARNER


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_the_members_of_a_suspended_organization_cannot_be_changed(memory: World, act: Act) -> None:
    school = has_organization(memory, status=OrganizationStatus.SUSPENDED)
    owner, anna = has_member(memory, school, OrgRole.OWNER), has_member(memory, school)

    for by in (has_root(memory), owner):
        with pytest.raises(OrganizationSuspended):
            act(memory.services.members, school.id, anna.person, by)

    assert acts_in(memory, school) == []


def test_platform_admins_may_read_a_suspended_organization(memory: World) -> None:
    school = has_organization(memory, status=OrganizationStatus.SUSPENDED)
    anna = has_member(memory, school)

    assert listed(memory, school, has_root(memory)) == [anna.person]


@pytest.mark.parametrize("is_root", [True, False], ids=["root", "operator"])
def test_platform_admins_change_members_without_being_members(
    memory: World, *, is_root: bool
) -> None:
    school, bo = has_organization(memory), memory.has_verified_user(name="Bo")
    by, members = (has_root(memory) if is_root else OPERATOR), memory.services.members

    members.add(school.id, bo.id, role=OrgRole.OWNER, by=by)
    members.add(school.id, memory.has_verified_user().id, role=OrgRole.OWNER, by=by)
    members.assign(school.id, bo.id, role=OrgRole.ADMIN, by=by)
    members.remove(school.id, bo.id, by=by)

    assert [act.action for act in acts_in(memory, school)] == [
        AuditAction.MEMBER_ADDED,
        AuditAction.MEMBER_ADDED,
        AuditAction.MEMBER_ROLE_CHANGED,
        AuditAction.MEMBER_REMOVED,
    ]


def test_a_service_client_removes_learners_like_an_admin_and_adds_nobody(memory: World) -> None:
    school, guest = has_organization(memory), memory.has_verified_user()
    anna = has_member(memory, school)
    owner = has_member(memory, school, OrgRole.OWNER)
    program = replace(owner, user_id=None, memberships={school.id: OrgRole.ADMIN})
    members = memory.services.members

    members.remove(school.id, anna.person, by=program)
    with pytest.raises(InvitationNeeded):
        members.add(school.id, guest.id, role=OrgRole.LEARNER, by=program)

    assert listed(memory, school, owner) == [owner.person]
    with pytest.raises(NotPermitted):
        members.remove(school.id, owner.person, by=program)


def demoted(world: World, school: Organization, owner: Principal) -> None:
    """Demote the owner in another request while their own is running."""
    stored = world.repositories.memberships.get(school.id, owner.person, scope=into(school))
    world.repositories.memberships.save(replace(stored, role=OrgRole.ADMIN), scope=into(school))


def test_a_member_demoted_meanwhile_acts_with_their_current_role(memory: World) -> None:
    school = has_organization(memory)
    owner, other = (has_member(memory, school, OrgRole.OWNER) for _ in range(2))
    demoted(memory, school, owner)
    members = memory.services.members

    with pytest.raises(NotPermitted):
        members.assign(school.id, other.person, role=OrgRole.ADMIN, by=owner)
    with pytest.raises(NotPermitted):
        members.remove(school.id, other.person, by=owner)
    memory.services.invitations.invite(school.id, email=BO, role=OrgRole.LEARNER, by=owner)

    assert [act.action for act in acts_in(memory, school)] == [AuditAction.INVITATION_SENT]


def test_a_member_removed_meanwhile_has_no_rights(memory: World) -> None:
    school = has_organization(memory)
    owner, other = (has_member(memory, school, OrgRole.OWNER) for _ in range(2))
    members = memory.services.members
    members.remove(school.id, owner.person, by=other)

    with pytest.raises(NotPermitted):
        members.add(school.id, memory.has_user().id, role=OrgRole.LEARNER, by=owner)
    with pytest.raises(NotPermitted):
        members.remove(school.id, other.person, by=owner)
    with pytest.raises(MemberNotFound):
        members.remove(school.id, owner.person, by=owner)

    assert listed(memory, school, other) == [other.person]
