"""Contract of the credential repositories: the lists of an organization."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OrganizationId, UserId
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialId,
    IssuedCredentialStatus,
    IssuedSelection,
)
from credentials.domain.entities.definitions import Credential, CredentialId
from tests.support.builders import NOON, a_credential, an_issued_credential, some_terms
from tests.support.pages import pages_of
from tests.support.worlds import World

AN_HOUR: Final = timedelta(hours=1)
WHOLE: Final = PageRequest(limit=100)


@pytest.fixture
def harbour(world: World) -> OrganizationId:
    return world.has_organization().id


def a_credential_of(world: World, org_id: OrganizationId | None, **parts: Any) -> Credential:
    course = world.has_course(org_id=org_id)
    credential = a_credential(terms=some_terms(course_id=course.id), org_id=org_id, **parts)
    world.repositories.credentials.add(credential, scope=ALL_TENANTS)
    return credential


def issued(world: World, credential: Credential, **parts: Any) -> IssuedCredential:
    issued = an_issued_credential(credential, world.has_user(), **parts)
    world.repositories.issued_credentials.add(issued, scope=ALL_TENANTS)
    return issued


def test_the_definitions_of_an_organization_are_its_own_whether_offered_or_not(
    world: World, harbour: OrganizationId
) -> None:
    young = a_credential_of(world, harbour, created_at=NOON + AN_HOUR)
    old = a_credential_of(world, harbour, is_offered=False)
    a_credential_of(world, world.has_organization().id)
    a_credential_of(world, None)

    page = world.repositories.credentials.page_for_organization(harbour, WHOLE, scope=ALL_TENANTS)

    assert page.items == (old, young)


def test_the_definitions_are_listed_page_after_page(world: World, harbour: OrganizationId) -> None:
    for number in (3, 1, 2):
        a_credential_of(world, harbour, id=CredentialId(UUID(int=number)))

    list_ = partial(
        world.repositories.credentials.page_for_organization, harbour, scope=ALL_TENANTS
    )

    assert [[item.id.int for item in page] for page in pages_of(list_, limit=2)] == [[1, 2], [3]]


def test_out_of_scope_an_organization_has_no_credentials(
    world: World, harbour: OrganizationId
) -> None:
    issued(world, a_credential_of(world, harbour))
    selection = IssuedSelection(org_id=harbour, at=NOON)

    for scope in (TenantScope(), TenantScope.into(world.has_organization().id)):
        definitions = world.repositories.credentials.page_for_organization(
            harbour, WHOLE, scope=scope
        )
        page = world.repositories.issued_credentials.page_of(selection, WHOLE, scope=scope)
        assert (definitions.items, page.items) == ((), ())


def test_what_an_organization_issued_is_listed_by_time_of_issue_and_then_by_id(
    world: World, harbour: OrganizationId
) -> None:
    badge, certificate = a_credential_of(world, harbour), a_credential_of(world, harbour)
    late = issued(world, badge, issued_at=NOON + AN_HOUR)
    numbered = [
        issued(world, credential, id=IssuedCredentialId(UUID(int=number)))
        for number, credential in ((2, badge), (1, certificate))
    ]
    issued(world, a_credential_of(world, world.has_organization().id))
    issued(world, a_credential_of(world, None))

    selection = IssuedSelection(org_id=harbour, at=NOON)
    list_ = partial(
        world.repositories.issued_credentials.page_of, selection, scope=TenantScope.into(harbour)
    )

    assert list(pages_of(list_, limit=2)) == [[numbered[1], numbered[0]], [late]]


def test_one_credential_is_selected(world: World, harbour: OrganizationId) -> None:
    badge, certificate = a_credential_of(world, harbour), a_credential_of(world, harbour)
    expected = issued(world, badge)
    issued(world, certificate)

    def selected(credential_id: CredentialId) -> tuple[IssuedCredential, ...]:
        selection = IssuedSelection(org_id=harbour, credential_id=credential_id, at=NOON)
        stored = world.repositories.issued_credentials
        return stored.page_of(selection, WHOLE, scope=ALL_TENANTS).items

    assert selected(badge.id) == (expected,)
    assert selected(CredentialId(uuid4())) == ()


def test_those_of_one_holder_are_selected(world: World, harbour: OrganizationId) -> None:
    credential = a_credential_of(world, harbour)
    expected, other = issued(world, credential), issued(world, credential)

    def selected(holder: UserId) -> tuple[IssuedCredential, ...]:
        selection = IssuedSelection(org_id=harbour, holder=holder, at=NOON)
        stored = world.repositories.issued_credentials
        return stored.page_of(selection, WHOLE, scope=ALL_TENANTS).items

    assert selected(expected.user_id) == (expected,)
    assert selected(other.user_id) == (other,)
    assert selected(UserId(uuid4())) == ()


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(
    world: World, harbour: OrganizationId
) -> None:
    credential = a_credential_of(world, harbour)
    times = [NOON + hours * AN_HOUR for hours in range(3)]
    first, second, third = (issued(world, credential, issued_at=time) for time in times)

    def selected(**period: Any) -> tuple[IssuedCredential, ...]:
        selection = IssuedSelection(org_id=harbour, at=NOON, **period)
        stored = world.repositories.issued_credentials
        return stored.page_of(selection, WHOLE, scope=ALL_TENANTS).items

    assert selected(issued_after=times[1]) == (second, third)
    assert selected(issued_before=times[1]) == (first,)
    assert selected(issued_after=times[1], issued_before=times[2]) == (second,)
    assert selected(issued_after=times[2], issued_before=times[1]) == ()


Change = Callable[[IssuedCredential], IssuedCredential]
STATES: Final[dict[str, tuple[IssuedCredentialStatus, Change]]] = {
    "without expiry": (IssuedCredentialStatus.ISSUED, lambda issued: issued),
    "before its expiry": (
        IssuedCredentialStatus.ISSUED,
        lambda issued: replace(issued, expires_at=NOON + timedelta(microseconds=1)),
    ),
    "at its expiry": (
        IssuedCredentialStatus.EXPIRED,
        lambda issued: replace(issued, expires_at=NOON),
    ),
    "revoked": (
        IssuedCredentialStatus.REVOKED,
        lambda issued: issued.revoked(at=NOON, reason="Misspelt.", by=None),
    ),
    "revoked before its expiry": (
        IssuedCredentialStatus.REVOKED,
        lambda issued: replace(issued, expires_at=NOON).revoked(
            at=NOON, reason="Misspelt.", by=None
        ),
    ),
}


@pytest.mark.parametrize(("status", "change"), STATES.values(), ids=STATES)
def test_each_issued_credential_is_selected_by_its_status_alone(
    world: World, harbour: OrganizationId, status: IssuedCredentialStatus, change: Change
) -> None:
    credential = a_credential_of(world, harbour)
    expected = change(an_issued_credential(credential, world.has_user(), issued_at=NOON - AN_HOUR))
    world.repositories.issued_credentials.add(expected, scope=ALL_TENANTS)

    selected = {
        choice: world.repositories.issued_credentials.page_of(
            IssuedSelection(org_id=harbour, status=choice, at=NOON), WHOLE, scope=ALL_TENANTS
        ).items
        for choice in IssuedCredentialStatus
    }

    assert selected == dict.fromkeys(IssuedCredentialStatus, ()) | {status: (expected,)}
