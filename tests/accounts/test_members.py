"""Members of organizations and their roles."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from accounts.domain.access import NotPermitted, OrganizationId, OrgRole, Principal, UserId
from accounts.domain.audit.entities import AuditAct, AuditAction, SubjectType
from accounts.domain.identity.errors import UnverifiedUser, UserNotFound
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import (
    AlreadyMember,
    InvitationNeeded,
    LastOwner,
    MemberNotFound,
)
from accounts.domain.organizations.services.members import MemberService
from authsvc.kernel.paging import PageRequest
from tests.support.browsing import mails
from tests.support.builders import NOON
from tests.support.tenants import (
    a_membership,
    acts_in,
    has_member,
    has_organization,
    has_root,
    into,
)
from tests.support.worlds import World

NOBODY = UserId(UUID(int=404))
Act = Callable[[MemberService, OrganizationId, UserId, Principal], object]
CHANGES: dict[str, Act] = {
    "add": lambda service, org, user, by: service.add(org, user, role=OrgRole.LEARNER, by=by),
    "assign": lambda service, org, user, by: service.assign(org, user, role=OrgRole.OWNER, by=by),
    "remove": lambda service, org, user, by: service.remove(org, user, by=by),
}


def roles_in(world: World, school: Organization) -> dict[UserId, OrgRole]:
    page = world.repositories.memberships.page_of(
        school.id, PageRequest(limit=100), scope=into(school)
    )
    return {member.membership.user_id: member.membership.role for member in page.items}


def act_on(school: Organization, user_id: UserId, action: AuditAction, **parts: Any) -> AuditAct:
    return AuditAct(
        action=action,
        subject_type=SubjectType.MEMBER,
        subject_id=str(user_id),
        org_id=school.id,
        **parts,
    )


def test_a_user_whom_a_platform_admin_adds_is_a_member_at_once_and_is_told(world: World) -> None:
    school, anna = (
        has_organization(world, name="Knots\nhttps://evil.example"),
        world.has_verified_user(),
    )
    root = has_root(world)

    added = world.services.members.add(school.id, anna.id, role=OrgRole.INSTRUCTOR, by=root)

    assert added == world.repositories.memberships.get(school.id, anna.id, scope=into(school))
    assert added == a_membership(
        org_id=school.id, user_id=anna.id, role=OrgRole.INSTRUCTOR, joined_at=NOON
    )
    after = {"role": "instructor"}
    assert acts_in(world, school) == [
        act_on(school, anna.id, AuditAction.MEMBER_ADDED, after=after)
    ]
    (mail,) = mails()
    assert (mail.to, mail.subject) == ([anna.email], "You are now a member of “Knots …”")
    assert "as instructor" in str(mail.body)


@pytest.mark.parametrize("role", [OrgRole.OWNER, OrgRole.ADMIN])
def test_nobody_is_added_by_id_without_their_consent(memory: World, role: OrgRole) -> None:
    school, anna = has_organization(memory), memory.has_verified_user()
    by = has_member(memory, school, role)

    for user_id in (anna.id, NOBODY):
        with pytest.raises(InvitationNeeded):
            memory.services.members.add(school.id, user_id, role=OrgRole.LEARNER, by=by)

    assert roles_in(memory, school) == {by.person: role}
    assert mails() == []


@pytest.mark.parametrize("role", [OrgRole.INSTRUCTOR, OrgRole.LEARNER])
def test_other_members_add_nobody(memory: World, role: OrgRole) -> None:
    school, anna = has_organization(memory), memory.has_verified_user()
    by = has_member(memory, school, role)

    with pytest.raises(NotPermitted):
        memory.services.members.add(school.id, anna.id, role=OrgRole.LEARNER, by=by)


@pytest.mark.parametrize("parts", [{}, {"is_active": False}], ids=["unverified", "deactivated"])
def test_an_unverified_or_deactivated_user_is_not_added(
    memory: World, parts: dict[str, Any]
) -> None:
    school = has_organization(memory)
    boss = memory.has_verified_user(**parts) if parts else memory.has_user()

    with pytest.raises(UnverifiedUser):
        memory.services.members.add(school.id, boss.id, role=OrgRole.OWNER, by=has_root(memory))

    assert roles_in(memory, school) == {}


def test_a_member_cannot_be_added_again(memory: World) -> None:
    school = has_organization(memory)
    owner, anna = has_member(memory, school, OrgRole.OWNER), has_member(memory, school)

    with pytest.raises(AlreadyMember):
        memory.services.members.add(school.id, anna.person, role=OrgRole.ADMIN, by=owner)

    assert roles_in(memory, school)[anna.person] is OrgRole.LEARNER
    assert acts_in(memory, school) == []


def test_an_unknown_user_cannot_be_added(memory: World) -> None:
    school = has_organization(memory)

    with pytest.raises(UserNotFound):
        memory.services.members.add(school.id, NOBODY, role=OrgRole.LEARNER, by=has_root(memory))

    assert roles_in(memory, school) == {}


def test_an_assigned_role_is_stored_and_recorded(world: World) -> None:
    school = has_organization(world)
    owner, anna = has_member(world, school, OrgRole.OWNER), has_member(world, school)
    world.clock.go_on(hours=1)

    assigned = world.services.members.assign(school.id, anna.person, role=OrgRole.OWNER, by=owner)

    assert assigned == world.repositories.memberships.get(
        school.id, anna.person, scope=into(school)
    )
    assert (assigned.role, assigned.joined_at) == (OrgRole.OWNER, NOON)
    before, after = {"role": "learner"}, {"role": "owner"}
    assert acts_in(world, school) == [
        act_on(school, anna.person, AuditAction.MEMBER_ROLE_CHANGED, before=before, after=after)
    ]


@pytest.mark.parametrize("role", [OrgRole.ADMIN, OrgRole.INSTRUCTOR, OrgRole.LEARNER])
def test_only_owners_assign_roles(memory: World, role: OrgRole) -> None:
    school = has_organization(memory)
    has_member(memory, school, OrgRole.OWNER)
    anna = has_member(memory, school, role)

    with pytest.raises(NotPermitted):
        memory.services.members.assign(school.id, anna.person, role=OrgRole.OWNER, by=anna)

    assert roles_in(memory, school)[anna.person] is role


def removes(world: World, remover: OrgRole, role: OrgRole) -> bool:
    """Whether a member with the first role may remove one with the second."""
    school = has_organization(world)
    has_member(world, school, OrgRole.OWNER)
    by, anna = has_member(world, school, remover), has_member(world, school, role)
    try:
        world.services.members.remove(school.id, anna.person, by=by)
    except NotPermitted:
        assert roles_in(world, school)[anna.person] is role
        return False
    return anna.person not in roles_in(world, school)


def test_owners_remove_anyone_and_admins_remove_learners_and_instructors(memory: World) -> None:
    sent = {by: {role for role in OrgRole if removes(memory, by, role)} for by in OrgRole}

    assert sent == {
        OrgRole.OWNER: set(OrgRole),
        OrgRole.ADMIN: {OrgRole.INSTRUCTOR, OrgRole.LEARNER},
        OrgRole.INSTRUCTOR: set(),
        OrgRole.LEARNER: set(),
    }


def test_a_removal_is_stored_and_recorded_with_its_reason(world: World) -> None:
    school = has_organization(world)
    owner, anna = has_member(world, school, OrgRole.OWNER), has_member(world, school)

    world.services.members.remove(school.id, anna.person, reason="Graduated", by=owner)

    assert roles_in(world, school) == {owner.person: OrgRole.OWNER}
    before = {"role": "learner"}
    assert acts_in(world, school) == [
        act_on(school, anna.person, AuditAction.MEMBER_REMOVED, before=before, reason="Graduated")
    ]


@pytest.mark.parametrize("role", OrgRole)
def test_members_may_leave_whatever_their_role(memory: World, role: OrgRole) -> None:
    school = has_organization(memory)
    owner, anna = has_member(memory, school, OrgRole.OWNER), has_member(memory, school, role)

    memory.services.members.remove(school.id, anna.person, by=anna)

    assert roles_in(memory, school) == {owner.person: OrgRole.OWNER}
    before = {"role": role.value}
    assert acts_in(memory, school) == [
        act_on(school, anna.person, AuditAction.MEMBER_LEFT, before=before)
    ]


@pytest.mark.parametrize("change", ["assign", "remove"])
def test_non_members_cannot_be_given_a_role_or_removed(memory: World, change: str) -> None:
    school, other = has_organization(memory), has_organization(memory)
    owner, elsewhere = has_member(memory, school, OrgRole.OWNER), has_member(memory, other)

    with pytest.raises(MemberNotFound):
        CHANGES[change](memory.services.members, school.id, elsewhere.person, owner)

    assert roles_in(memory, other) == {elsewhere.person: OrgRole.LEARNER}


LOSSES: dict[str, Act] = {
    "leaving": lambda service, org, owner, by: service.remove(org, owner, by=by),
    "demotion": lambda service, org, owner, by: service.assign(
        org, owner, role=OrgRole.ADMIN, by=by
    ),
}


@pytest.mark.parametrize("by_root", [True, False], ids=["by root", "by themselves"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_last_owner_stays_an_owner(world: World, loss: str, *, by_root: bool) -> None:
    school, other = has_organization(world), has_organization(world)
    owner = has_member(world, school, OrgRole.OWNER)
    has_member(world, school, OrgRole.ADMIN)
    has_member(world, other, OrgRole.OWNER)
    by = has_root(world) if by_root else owner

    with pytest.raises(LastOwner):
        LOSSES[loss](world.services.members, school.id, owner.person, by)

    assert roles_in(world, school)[owner.person] is OrgRole.OWNER
    assert acts_in(world, school) == []


@pytest.mark.parametrize("loss", LOSSES)
def test_one_of_two_owners_may_leave(memory: World, loss: str) -> None:
    school = has_organization(memory)
    owner, anna = (has_member(memory, school, OrgRole.OWNER) for _ in range(2))

    LOSSES[loss](memory.services.members, school.id, anna.person, owner)

    owners = [user for user, role in roles_in(memory, school).items() if role is OrgRole.OWNER]
    assert owners == [owner.person]


def test_the_last_owner_may_be_assigned_owner_again(memory: World) -> None:
    school = has_organization(memory)
    owner = has_member(memory, school, OrgRole.OWNER)

    memory.services.members.assign(school.id, owner.person, role=OrgRole.OWNER, by=owner)

    assert roles_in(memory, school) == {owner.person: OrgRole.OWNER}
