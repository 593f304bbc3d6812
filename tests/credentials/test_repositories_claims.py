"""Repository of claims: one contract for all stores."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import OrganizationStatus
from accounts.domain.organizations.entities import Organization
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from credentials.domain.entities.definitions import Credential
from credentials.domain.errors import ClaimNotFound
from tests.credentials.storing import a_stored_credential
from tests.support.builders import NOON
from tests.support.claims import a_claim
from tests.support.tenants import has_organization, into
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def school(world: World) -> Organization:
    return has_organization(world)


@pytest.fixture
def credential(world: World, school: Organization) -> Credential:
    return a_stored_credential(world, world.has_course(org_id=school.id), org_id=school.id)


def test_a_stored_claim_comes_back_equal(
    world: World, school: Organization, credential: Credential
) -> None:
    claim = a_claim(credential, made_by=world.has_user().id)

    assert world.repositories.claims.add_all([claim], scope=into(school)) == 1

    assert world.repositories.claims.get(claim.id, scope=into(school)) == claim
    assert world.repositories.claims.find(claim.token_hash) == claim
    assert world.repositories.claims.find("0" * 64) is None
    assert world.repositories.claims.for_address(claim.email) == [claim]
    assert world.repositories.claims.for_address("bo@home.example") == []


def test_an_address_has_one_claim_of_a_credential(world: World, credential: Credential) -> None:
    first, second = (a_claim(credential) for _ in range(2))
    other = a_claim(credential, email="bo@home.example")
    elsewhere = a_claim(a_stored_credential(world), created_at=LATER)
    claims = world.repositories.claims

    assert world.repositories.claims.add_all([first], scope=ALL_TENANTS) == 1
    assert claims.add_all([second, other, elsewhere], scope=ALL_TENANTS) == 2

    emails = [first.email, other.email, "cim@home.example"]
    stored = world.repositories.claims.of_credential(credential.id, emails, scope=ALL_TENANTS)
    assert stored == {first.email: first, other.email: other}
    assert claims.for_address(first.email) == [first, elsewhere]


def test_only_one_caller_removes_a_claim(
    world: World, school: Organization, credential: Credential
) -> None:
    claim = a_claim(credential)
    world.repositories.claims.add_all([claim], scope=into(school))

    assert world.repositories.claims.remove(claim, scope=into(school))
    assert not world.repositories.claims.remove(claim, scope=into(school))


def test_claims_are_seen_in_their_scope_alone(
    world: World, school: Organization, credential: Credential
) -> None:
    claim, nowhere = a_claim(credential), TenantScope.into(None)
    claims = world.repositories.claims
    with pytest.raises(OutsideTenantScope):
        claims.add_all([claim], scope=nowhere)
    claims.add_all([claim], scope=into(school))

    with pytest.raises(ClaimNotFound):
        world.repositories.claims.get(claim.id, scope=nowhere)
    with pytest.raises(OutsideTenantScope):
        claims.remove(claim, scope=nowhere)
    assert claims.of_credential(credential.id, [claim.email], scope=nowhere) == {}
    page = world.repositories.claims.page_of(school.id, PageRequest(), scope=nowhere)
    assert page.items == ()
    assert claims.page_of(school.id, PageRequest(), scope=into(school)).items == (claim,)


@pytest.mark.parametrize("status", [OrganizationStatus.SUSPENDED, OrganizationStatus.DELETED])
def test_claims_of_an_organization_that_is_not_open_are_not_found(
    world: World, school: Organization, credential: Credential, status: OrganizationStatus
) -> None:
    claim = a_claim(credential)
    world.repositories.claims.add_all([claim], scope=into(school))

    world.repositories.organizations.save(replace(school, status=status), scope=ALL_TENANTS)

    assert world.repositories.claims.find(claim.token_hash) is None
    assert world.repositories.claims.for_address(claim.email) == []
    removed = world.repositories.claims.remove_expired(before=NOON)
    assert removed == (status is OrganizationStatus.DELETED)


def test_expired_claims_are_removed(world: World, credential: Credential) -> None:
    live = a_claim(credential, expires_at=LATER)
    expired = a_claim(credential, email="bo@home.example", expires_at=NOON)
    platform = a_claim(a_stored_credential(world))
    world.repositories.claims.add_all([live, expired, platform], scope=ALL_TENANTS)

    assert world.repositories.claims.remove_expired(before=LATER) == 1

    assert world.repositories.claims.find(expired.token_hash) is None
    assert world.repositories.claims.find(live.token_hash) == live
