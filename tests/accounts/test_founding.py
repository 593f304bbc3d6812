"""Founding organizations."""

from uuid import UUID

import pytest

from accounts.domain.access import (
    OPERATOR,
    NotPermitted,
    OrganizationStatus,
    OrgRole,
    PersonNeeded,
    UserId,
)
from accounts.domain.audit.entities import AuditAct, AuditAction, SubjectType
from accounts.domain.identity.errors import UserNotFound
from accounts.domain.organizations.entities import OwnOrganization, Plan
from accounts.domain.organizations.errors import OrganizationSlugTaken, UnsuitableOrganization
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.builders import NOON
from tests.support.tenants import a_membership, acts_in, has_guest, has_organization, has_root, into
from tests.support.worlds import World


def test_whoever_founds_an_organization_owns_it(world: World) -> None:
    anna = has_guest(world)

    school = world.services.organizations.create(name="Knots", slug="knots", by=anna)

    assert world.repositories.organizations.get(school.id, scope=into(school)) == school
    assert (school.name, school.slug, school.created_at) == ("Knots", "knots", NOON)
    assert (school.plan, school.status) == (Plan.FREE, OrganizationStatus.ACTIVE)
    membership = world.repositories.memberships.get(school.id, anna.person, scope=into(school))
    assert membership == a_membership(
        org_id=school.id, user_id=anna.person, role=OrgRole.OWNER, joined_at=NOON
    )


def test_the_founding_is_recorded_with_the_name_the_slug_and_the_owner(memory: World) -> None:
    anna = has_guest(memory)

    school = memory.services.organizations.create(name="Knots", slug="knots", by=anna)

    assert acts_in(memory, school) == [
        AuditAct(
            action=AuditAction.ORGANIZATION_CREATED,
            subject_type=SubjectType.ORGANIZATION,
            subject_id=str(school.id),
            org_id=school.id,
            after={"name": "Knots", "owner": str(anna.person), "slug": "knots"},
        )
    ]


def test_whoever_manages_organizations_may_found_one_for_somebody_else(memory: World) -> None:
    root, bo = has_root(memory), has_guest(memory)

    school = memory.services.organizations.create(
        name="Knots", slug="knots", owner_id=bo.person, by=root
    )

    owned = [OwnOrganization(organization=school, role=OrgRole.OWNER)]
    assert memory.repositories.organizations.for_user(bo.person) == owned
    assert memory.repositories.organizations.for_user(root.person) == []


def test_the_operator_founds_organizations_for_others_alone(memory: World) -> None:
    bo, create = has_guest(memory), memory.services.organizations.create

    with pytest.raises(PersonNeeded):
        create(name="Knots", slug="knots", by=OPERATOR)

    assert create(name="Knots", slug="knots", owner_id=bo.person, by=OPERATOR).is_open


def test_nobody_else_founds_one_for_somebody_else(memory: World) -> None:
    anna, bo = has_guest(memory), has_guest(memory)
    create = memory.services.organizations.create

    with pytest.raises(NotPermitted):
        create(name="Knots", slug="knots", owner_id=bo.person, by=anna)

    assert create(name="Knots", slug="knots", owner_id=anna.person, by=anna).is_open


def test_nothing_is_founded_for_whoever_does_not_exist(world: World) -> None:
    nobody = UserId(UUID(int=404))

    with pytest.raises(UserNotFound):
        world.services.organizations.create(
            name="Knots", slug="knots", owner_id=nobody, by=OPERATOR
        )

    found = world.repositories.organizations.find_by_slug("knots", scope=ALL_TENANTS)
    assert found is None


def test_a_slug_that_is_taken_is_refused_and_nobody_joins(world: World) -> None:
    anna, other = has_guest(world), has_organization(world, slug="knots")

    with pytest.raises(OrganizationSlugTaken):
        world.services.organizations.create(name="Knots", slug="knots", by=anna)

    assert world.repositories.organizations.get(other.id, scope=into(other)) == other
    assert world.repositories.organizations.for_user(anna.person) == []


@pytest.mark.parametrize(("name", "slug"), [("Knots", "kn--ots"), (" ", "knots")])
def test_an_organization_that_cannot_be_called_that_is_not_founded(
    memory: World, name: str, slug: str
) -> None:
    with pytest.raises(UnsuitableOrganization):
        memory.services.organizations.create(name=name, slug=slug, by=has_guest(memory))
