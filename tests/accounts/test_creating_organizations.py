"""Creation of organizations."""

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


def test_the_creator_of_an_organization_owns_it(world: World) -> None:
    anna = has_guest(world)

    school = world.services.organizations.create(name="Knots", slug="knots", by=anna)

    assert world.repositories.organizations.get(school.id, scope=into(school)) == school
    assert (school.name, school.slug, school.created_at) == ("Knots", "knots", NOON)
    assert (school.plan, school.status) == (Plan.FREE, OrganizationStatus.ACTIVE)
    membership = world.repositories.memberships.get(school.id, anna.person, scope=into(school))
    assert membership == a_membership(
        org_id=school.id, user_id=anna.person, role=OrgRole.OWNER, joined_at=NOON
    )


def test_the_creation_is_recorded_with_name_slug_and_owner(memory: World) -> None:
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


def test_managers_of_organizations_create_them_for_other_users(memory: World) -> None:
    root, bo = has_root(memory), has_guest(memory)

    school = memory.services.organizations.create(
        name="Knots", slug="knots", owner_id=bo.person, by=root
    )

    owned = [OwnOrganization(organization=school, role=OrgRole.OWNER)]
    assert memory.repositories.organizations.for_user(bo.person) == owned
    assert memory.repositories.organizations.for_user(root.person) == []


def test_the_operator_can_create_organizations_only_for_users(memory: World) -> None:
    bo, create = has_guest(memory), memory.services.organizations.create

    with pytest.raises(PersonNeeded):
        create(name="Knots", slug="knots", by=OPERATOR)

    assert create(name="Knots", slug="knots", owner_id=bo.person, by=OPERATOR).is_open


def test_other_users_cannot_create_organizations_for_someone_else(memory: World) -> None:
    anna, bo = has_guest(memory), has_guest(memory)
    create = memory.services.organizations.create

    with pytest.raises(NotPermitted):
        create(name="Knots", slug="knots", owner_id=bo.person, by=anna)

    assert create(name="Knots", slug="knots", owner_id=anna.person, by=anna).is_open


def test_an_unknown_owner_is_refused_and_nothing_is_created(world: World) -> None:
    nobody = UserId(UUID(int=404))

    with pytest.raises(UserNotFound):
        world.services.organizations.create(
            name="Knots", slug="knots", owner_id=nobody, by=OPERATOR
        )

    organization = world.repositories.organizations.find_by_slug("knots", scope=ALL_TENANTS)
    assert organization is None


def test_a_taken_slug_is_refused_and_adds_no_member(world: World) -> None:
    anna, other = has_guest(world), has_organization(world, slug="knots")

    with pytest.raises(OrganizationSlugTaken):
        world.services.organizations.create(name="Knots", slug="knots", by=anna)

    assert world.repositories.organizations.get(other.id, scope=into(other)) == other
    assert world.repositories.organizations.for_user(anna.person) == []


@pytest.mark.parametrize(("name", "slug"), [("Knots", "kn--ots"), (" ", "knots")])
def test_an_invalid_name_or_slug_is_refused(memory: World, name: str, slug: str) -> None:
    with pytest.raises(UnsuitableOrganization):
        memory.services.organizations.create(name=name, slug=slug, by=has_guest(memory))


def test_an_owner_is_found_by_a_verified_address(memory: World) -> None:
    root, bo = has_root(memory), has_guest(memory)
    email = memory.repositories.users.get(bo.person).email

    school, invitation = memory.services.organization_setup.create(
        name="Knots", slug="knots", owner_email=email, by=root
    )

    owned = [OwnOrganization(organization=school, role=OrgRole.OWNER)]
    assert invitation is None
    assert memory.repositories.organizations.for_user(bo.person) == owned


def test_an_unknown_owner_is_invited_and_owns_the_organization_by_accepting(world: World) -> None:
    root = has_root(world)

    school, invitation = world.services.organization_setup.create(
        name="Knots", slug="knots", owner_email="Cleo@School.example", by=root
    )

    assert invitation is not None
    assert (invitation.email, invitation.role) == ("cleo@school.example", OrgRole.OWNER)
    membership = invitation.accepted(root.person, at=NOON)
    assert (membership.org_id, membership.role) == (school.id, OrgRole.OWNER)
    actions = [act.action for act in acts_in(world, school)]
    assert actions == [AuditAction.ORGANIZATION_CREATED, AuditAction.INVITATION_SENT]


def test_a_failed_invitation_creates_no_organization(memory: World) -> None:
    root, setup = has_root(memory), memory.services.organization_setup
    setup.create(name="Knots", slug="knots", owner_email="cleo@school.example", by=root)

    with pytest.raises(OrganizationSlugTaken):
        setup.create(name="Bends", slug="knots", owner_email="dan@school.example", by=root)
    with pytest.raises(NotPermitted):
        setup.create(
            name="Bends", slug="bends", owner_email="dan@school.example", by=has_guest(memory)
        )

    assert memory.repositories.organizations.find_by_slug("bends", scope=ALL_TENANTS) is None
