"""Membership repositories: one contract for all stores."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import OrgRole
from accounts.domain.organizations.entities import Member
from accounts.domain.organizations.errors import AlreadyMember, MemberNotFound
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from tests.support.builders import NOON
from tests.support.tenants import a_membership, has_membership, has_organization, into
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize("role", OrgRole)
def test_a_stored_membership_comes_back_equal(world: World, role: OrgRole) -> None:
    school, anna = has_organization(world), world.has_user()
    membership = a_membership(org_id=school.id, user_id=anna.id, role=role, joined_at=LATER)

    world.repositories.memberships.add(membership, scope=into(school))

    stored = world.repositories.memberships.get(school.id, anna.id, scope=into(school))
    assert stored == membership


def test_a_user_has_one_membership_in_an_organization(world: World) -> None:
    school = has_organization(world)
    stored = has_membership(world, school)

    with pytest.raises(AlreadyMember):
        world.repositories.memberships.add(replace(stored, role=OrgRole.OWNER), scope=into(school))

    assert (
        world.repositories.memberships.get(school.id, stored.user_id, scope=ALL_TENANTS) == stored
    )


def test_a_user_may_be_in_several_organizations(world: World) -> None:
    school, other, anna = has_organization(world), has_organization(world), world.has_user()

    here = has_membership(world, school, user_id=anna.id, role=OrgRole.OWNER)
    there = has_membership(world, other, user_id=anna.id)

    assert world.repositories.memberships.get(school.id, anna.id, scope=ALL_TENANTS) == here
    assert world.repositories.memberships.get(other.id, anna.id, scope=ALL_TENANTS) == there


def test_a_user_outside_the_organization_is_not_a_member(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    elsewhere = has_membership(world, other)

    with pytest.raises(MemberNotFound):
        world.repositories.memberships.get(school.id, elsewhere.user_id, scope=ALL_TENANTS)


def test_a_saved_membership_replaces_the_stored_one_and_no_other(world: World) -> None:
    school, other, anna = has_organization(world), has_organization(world), world.has_user()
    here = has_membership(world, school, user_id=anna.id)
    staying = [has_membership(world, school), has_membership(world, other, user_id=anna.id)]

    world.repositories.memberships.save(replace(here, role=OrgRole.ADMIN), scope=into(school))

    stored = world.repositories.memberships.get(school.id, anna.id, scope=ALL_TENANTS)
    assert stored == replace(here, role=OrgRole.ADMIN)
    assert staying == [
        world.repositories.memberships.get(other.org_id, other.user_id, scope=ALL_TENANTS)
        for other in staying
    ]


def test_a_membership_is_removed_and_no_other(world: World) -> None:
    school, other, anna = has_organization(world), has_organization(world), world.has_user()
    here = has_membership(world, school, user_id=anna.id)
    staying = [has_membership(world, school), has_membership(world, other, user_id=anna.id)]

    world.repositories.memberships.remove(here, scope=into(school))
    world.repositories.memberships.remove(here, scope=into(school))

    with pytest.raises(MemberNotFound):
        world.repositories.memberships.get(school.id, anna.id, scope=ALL_TENANTS)
    assert staying == [
        world.repositories.memberships.get(other.org_id, other.user_id, scope=ALL_TENANTS)
        for other in staying
    ]


def test_members_are_counted_by_their_role(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    for role in (OrgRole.OWNER, OrgRole.OWNER, OrgRole.ADMIN):
        has_membership(world, school, role=role)
    has_membership(world, other, role=OrgRole.OWNER)

    def count(role: OrgRole) -> int:
        return world.repositories.memberships.count_of(school.id, role, scope=into(school))

    assert {role: count(role) for role in OrgRole} == {
        OrgRole.OWNER: 2,
        OrgRole.ADMIN: 1,
        OrgRole.INSTRUCTOR: 0,
        OrgRole.LEARNER: 0,
    }


def test_e_mail_addresses_are_those_of_the_members(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    for email in ("anna@school.example", "bo@school.example"):
        has_membership(world, school, user_id=world.has_user(email=email).id)
    has_membership(world, other)

    emails = world.repositories.memberships.emails_in(school.id, scope=into(school))

    assert emails == {"anna@school.example", "bo@school.example"}


def test_members_come_with_name_and_e_mail_in_the_order_they_joined(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    anna = world.has_user(name="Anna", email="anna@school.example")
    bo = world.has_user(name="Bo", email="bo@school.example")
    late = has_membership(world, school, user_id=anna.id, joined_at=LATER)
    early = has_membership(world, school, user_id=bo.id, role=OrgRole.OWNER, joined_at=NOON)
    has_membership(world, other)

    page = world.repositories.memberships.page_of(school.id, PageRequest(), scope=into(school))

    assert page == Page(
        items=(
            Member(membership=early, email="bo@school.example", name="Bo"),
            Member(membership=late, email="anna@school.example", name="Anna"),
        ),
        next_cursor=None,
    )


def test_members_outside_the_scope_are_not_returned(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    stored = has_membership(world, school, role=OrgRole.OWNER)

    for scope in (TenantScope(), into(other)):
        with pytest.raises(MemberNotFound):
            world.repositories.memberships.get(school.id, stored.user_id, scope=scope)
        owners = world.repositories.memberships.count_of(school.id, OrgRole.OWNER, scope=scope)
        page = world.repositories.memberships.page_of(school.id, PageRequest(), scope=scope)
        emails = world.repositories.memberships.emails_in(school.id, scope=scope)
        assert (owners, page.items, emails) == (0, (), frozenset())


def test_no_membership_is_stored_outside_the_scope(world: World) -> None:
    school, other, anna = has_organization(world), has_organization(world), world.has_user()

    with pytest.raises(OutsideTenantScope):
        world.repositories.memberships.add(
            a_membership(org_id=school.id, user_id=anna.id), scope=into(other)
        )

    assert world.repositories.organizations.for_user(anna.id) == []


def test_a_membership_outside_the_scope_is_neither_changed_nor_removed(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    stored = has_membership(world, school)

    with pytest.raises(OutsideTenantScope):
        world.repositories.memberships.save(replace(stored, role=OrgRole.OWNER), scope=into(other))
    with pytest.raises(OutsideTenantScope):
        world.repositories.memberships.remove(stored, scope=into(other))

    assert (
        world.repositories.memberships.get(school.id, stored.user_id, scope=ALL_TENANTS) == stored
    )
