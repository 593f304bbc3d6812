"""Organization repositories: one contract for all stores."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from accounts.domain.access import OrganizationId, OrganizationStatus, OrgRole
from accounts.domain.organizations.entities import Organization, OwnOrganization, Plan
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSlugTaken
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from tests.support.builders import NOON
from tests.support.organizations import an_organization
from tests.support.tenants import has_membership, has_organization, into
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
NOWHERE = OrganizationId(UUID(int=404))
IDS = [OrganizationId(UUID(int=number)) for number in (2**127, 1, 2**64, 2**126)]


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("status", [OrganizationStatus.ACTIVE, OrganizationStatus.SUSPENDED])
def test_a_stored_organization_comes_back_equal(
    world: World, plan: Plan, status: OrganizationStatus
) -> None:
    school = an_organization(name="Skeppsskolan ☃", slug="skepp-1", plan=plan, status=status)

    world.repositories.organizations.add(school)

    assert world.repositories.organizations.get(school.id, scope=ALL_TENANTS) == school
    assert world.repositories.organizations.get_for_update(school.id, scope=ALL_TENANTS) == school
    assert world.repositories.organizations.find_by_slug("skepp-1", scope=ALL_TENANTS) == school


def test_a_slug_belongs_to_one_organization(world: World) -> None:
    stored = has_organization(world, slug="knots")
    second = an_organization(slug="knots")

    with pytest.raises(OrganizationSlugTaken) as error:
        world.repositories.organizations.add(second)

    assert error.value.facts == {"slug": "knots"}
    assert world.repositories.organizations.find_by_slug("knots", scope=ALL_TENANTS) == stored


def test_the_slug_of_a_deleted_organization_stays_taken(world: World) -> None:
    has_organization(world, slug="knots", status=OrganizationStatus.DELETED)

    with pytest.raises(OrganizationSlugTaken):
        world.repositories.organizations.add(an_organization(slug="knots"))


def is_seen(world: World, organization: Organization, scope: TenantScope) -> set[bool]:
    """The results of all methods that find one organization."""
    gets: list[Callable[..., Organization]] = [
        world.repositories.organizations.get,
        world.repositories.organizations.get_for_update,
    ]
    organizations = [world.repositories.organizations.find_by_slug(organization.slug, scope=scope)]
    for get in gets:
        try:
            organizations.append(get(organization.id, scope=scope))
        except OrganizationNotFound:
            organizations.append(None)
    page = world.repositories.organizations.page_of(PageRequest(), scope=scope)
    return {*(candidate == organization for candidate in organizations), organization in page.items}


def test_an_organization_in_scope_is_returned(world: World) -> None:
    school, other = has_organization(world), has_organization(world)

    assert is_seen(world, school, into(school)) == {True}
    assert is_seen(world, school, into(school, other)) == {True}
    assert is_seen(world, school, ALL_TENANTS) == {True}


def test_an_organization_outside_the_scope_is_not_returned(world: World) -> None:
    school, other = has_organization(world), has_organization(world)

    assert is_seen(world, school, into(other)) == {False}
    assert is_seen(world, school, TenantScope()) == {False}


def test_a_deleted_organization_is_not_returned(world: World) -> None:
    school = has_organization(world, status=OrganizationStatus.DELETED)

    assert is_seen(world, school, into(school)) == {False}
    assert is_seen(world, school, ALL_TENANTS) == {False}


def test_a_deleted_organization_is_named_to_those_who_have_its_credentials(world: World) -> None:
    organization = world.has_organization(status=OrganizationStatus.DELETED)

    assert world.repositories.organizations.even_deleted(organization.id) == organization
    with pytest.raises(OrganizationNotFound):
        world.repositories.organizations.even_deleted(NOWHERE)


def test_an_unknown_organization_is_not_found(world: World) -> None:
    has_organization(world)

    with pytest.raises(OrganizationNotFound):
        world.repositories.organizations.get(NOWHERE, scope=ALL_TENANTS)
    with pytest.raises(OrganizationNotFound):
        world.repositories.organizations.get_for_update(NOWHERE, scope=ALL_TENANTS)
    assert world.repositories.organizations.find_by_slug("nowhere", scope=ALL_TENANTS) is None


def test_a_saved_organization_replaces_the_stored_one_and_no_other(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    changed = replace(school, name="Bends", plan=Plan.TEAM, status=OrganizationStatus.SUSPENDED)

    world.repositories.organizations.save(changed, scope=into(school))

    assert world.repositories.organizations.get(school.id, scope=ALL_TENANTS) == changed
    assert world.repositories.organizations.get(other.id, scope=ALL_TENANTS) == other


def test_an_organization_outside_the_scope_is_not_saved(world: World) -> None:
    school, other = has_organization(world), has_organization(world)

    with pytest.raises(OutsideTenantScope):
        world.repositories.organizations.save(school.suspended(), scope=into(other))

    assert world.repositories.organizations.get(school.id, scope=ALL_TENANTS) == school


def test_organizations_in_scope_come_oldest_first(world: World) -> None:
    youngest = has_organization(world, created_at=LATER)
    oldest = has_organization(world, created_at=NOON)
    middle = has_organization(world, created_at=NOON + SECOND, status=OrganizationStatus.SUSPENDED)
    has_organization(world, created_at=NOON)

    organizations = world.repositories.organizations.page_of(
        PageRequest(limit=9), scope=into(youngest, oldest, middle)
    )

    assert organizations == Page(items=(oldest, middle, youngest), next_cursor=None)


def test_organizations_of_a_user_are_sorted_by_name(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    bends = has_organization(world, name="Bends", status=OrganizationStatus.SUSPENDED)
    knots, hers = has_organization(world, name="Knots"), has_organization(world, name="Another")
    gone = has_organization(world, name="Gone", status=OrganizationStatus.DELETED)
    has_membership(world, knots, user_id=anna.id, role=OrgRole.OWNER)
    has_membership(world, bends, user_id=anna.id)
    has_membership(world, gone, user_id=anna.id)
    has_membership(world, hers, user_id=bo.id)

    assert world.repositories.organizations.for_user(anna.id) == [
        OwnOrganization(organization=bends, role=OrgRole.LEARNER),
        OwnOrganization(organization=knots, role=OrgRole.OWNER),
    ]


def test_organizations_with_the_same_name_are_sorted_by_id(world: World) -> None:
    anna = world.has_user()
    for org_id in IDS:
        has_membership(world, has_organization(world, id=org_id), user_id=anna.id)

    organizations = world.repositories.organizations.for_user(anna.id)

    assert [own.organization.id for own in organizations] == sorted(IDS)


def test_a_user_without_memberships_has_no_organizations(world: World) -> None:
    has_membership(world, has_organization(world))

    assert world.repositories.organizations.for_user(world.has_user().id) == []
