"""Invitation repositories: one contract for all stores."""

from datetime import timedelta
from uuid import UUID

import pytest

from accounts.domain.access import OrganizationStatus, OrgRole
from accounts.domain.organizations.entities import Invitation, InvitationId, Organization
from accounts.domain.organizations.errors import InvitationNotFound
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from tests.support.builders import NOON
from tests.support.tenants import an_invitation, has_invitation, has_organization, into
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
NOWHERE = InvitationId(UUID(int=404))
BO = "bo@school.example"


def page(
    world: World, school: Organization, *, limit: int = 20, cursor: str | None = None
) -> Page[Invitation]:
    return world.repositories.invitations.page_of(
        school.id, PageRequest(limit=limit, cursor=cursor), scope=into(school)
    )


@pytest.mark.parametrize("is_by_somebody", [True, False])
def test_a_stored_invitation_comes_back_equal(world: World, *, is_by_somebody: bool) -> None:
    school = has_organization(world)
    inviting = world.has_user().id if is_by_somebody else None
    invitation = an_invitation(org_id=school.id, role=OrgRole.ADMIN, invited_by=inviting)

    world.repositories.invitations.save(invitation, scope=into(school))

    stored = world.repositories.invitations.get(school.id, invitation.id, scope=into(school))
    assert stored == invitation
    assert world.repositories.invitations.find(invitation.token_hash) == invitation


def test_an_invitation_replaces_the_earlier_one_and_no_other(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    before = has_invitation(world, school, email=BO)
    elsewhere = has_invitation(world, other, email=BO)
    of_anna = has_invitation(world, school, email="anna@school.example")

    new = has_invitation(world, school, email=BO, created_at=LATER)

    assert world.repositories.invitations.find(before.token_hash) is None
    assert page(world, school).items == (of_anna, new)
    assert page(world, other).items == (elsewhere,)


@pytest.mark.parametrize("token_hash", ["", "0" * 64])
def test_an_unknown_hash_finds_no_invitation(world: World, token_hash: str) -> None:
    has_invitation(world, has_organization(world))

    assert world.repositories.invitations.find(token_hash) is None


def test_an_invitation_is_found_unless_its_organization_is_deleted(world: World) -> None:
    suspended = has_organization(world, status=OrganizationStatus.SUSPENDED)
    deleted = has_organization(world, status=OrganizationStatus.DELETED)
    invitations = [has_invitation(world, school) for school in (suspended, deleted)]

    hashes = [invitation.token_hash for invitation in invitations]
    stored = [world.repositories.invitations.find(token_hash) for token_hash in hashes]

    assert stored == [invitations[0], None]


def test_an_unknown_invitation_is_not_found(world: World) -> None:
    school = has_organization(world)
    has_invitation(world, school)

    with pytest.raises(InvitationNotFound):
        world.repositories.invitations.get(school.id, NOWHERE, scope=into(school))


def test_an_invitation_belongs_to_one_organization(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    elsewhere = has_invitation(world, other)

    with pytest.raises(InvitationNotFound):
        world.repositories.invitations.get(school.id, elsewhere.id, scope=ALL_TENANTS)


def test_invitations_outside_the_scope_are_not_returned(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    stored = has_invitation(world, school)

    for scope in (TenantScope(), into(other)):
        with pytest.raises(InvitationNotFound):
            world.repositories.invitations.get(school.id, stored.id, scope=scope)
        invitations = world.repositories.invitations.page_of(school.id, PageRequest(), scope=scope)
        assert invitations.items == ()


def test_no_invitation_is_stored_outside_the_scope(world: World) -> None:
    school, other = has_organization(world), has_organization(world)

    with pytest.raises(OutsideTenantScope):
        world.repositories.invitations.save(an_invitation(org_id=school.id), scope=into(other))

    assert page(world, school).items == ()


def test_an_invitation_outside_the_scope_is_not_removed(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    stored = has_invitation(world, school)

    with pytest.raises(OutsideTenantScope):
        world.repositories.invitations.remove(stored, scope=into(other))

    assert page(world, school).items == (stored,)


def test_invitations_come_oldest_first(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    youngest = has_invitation(world, school, created_at=LATER)
    oldest = has_invitation(world, school, created_at=NOON)
    middle = has_invitation(world, school, created_at=NOON + SECOND)
    has_invitation(world, other)

    assert page(world, school) == Page(items=(oldest, middle, youngest), next_cursor=None)


def test_an_invitation_is_removed_once_and_no_other(world: World) -> None:
    school = has_organization(world)
    stored, staying = has_invitation(world, school), has_invitation(world, school)

    first = world.repositories.invitations.remove(stored, scope=into(school))
    second = world.repositories.invitations.remove(stored, scope=into(school))

    assert (first, second) == (True, False)
    assert page(world, school).items == (staying,)


def test_expired_invitations_of_all_organizations_are_removed(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    has_invitation(world, school, expires_at=LATER - SECOND)
    has_invitation(world, other, expires_at=NOON)
    live = has_invitation(world, school, expires_at=LATER)

    removed = world.repositories.invitations.remove_expired(before=LATER)

    assert removed == 2
    assert page(world, school).items == (live,)
    assert page(world, other).items == ()


def test_several_invitations_replace_the_earlier_ones_to_their_addresses(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    before = has_invitation(world, school, email=BO)
    elsewhere = has_invitation(world, other, email=BO)
    of_cleo = has_invitation(world, school, email="cleo@school.example")
    new = [
        an_invitation(org_id=school.id, email=email, created_at=LATER + number * SECOND)
        for number, email in enumerate([BO, "anna@school.example"])
    ]

    world.repositories.invitations.save_all(school.id, new, scope=into(school))

    assert world.repositories.invitations.find(before.token_hash) is None
    assert page(world, school).items == (of_cleo, *new)
    assert page(world, other).items == (elsewhere,)


def test_several_invitations_are_not_saved_outside_of_the_scope(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    invitation = an_invitation(org_id=school.id)

    with pytest.raises(OutsideTenantScope):
        world.repositories.invitations.save_all(school.id, [invitation], scope=into(other))
