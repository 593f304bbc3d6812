"""Service clients: registration, secrets and expiry."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, ClientPk, GrantType, OrgRole, Principal
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.oauth.entities.clients import ClientTerms, OAuthClient
from accounts.domain.oauth.errors import ClientNotFound, UnsuitableClient, UnsuitableExpiry
from accounts.domain.oauth.services.service_clients import ServiceClientService
from accounts.domain.organizations.entities import Organization
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.granting import has_client
from tests.support.builders import NOON
from tests.support.tenants import (
    acts_in,
    has_member,
    has_organization,
    has_root,
    has_service_client,
    into,
)
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
NEXT_MONTH = NOON + timedelta(days=30)
Act = Callable[[ServiceClientService, Organization, OAuthClient, Principal], object]
CHANGES: dict[str, Act] = {
    "renew_secret": lambda service, school, client, by: service.renew_secret(
        school.id, client.id, by=by
    ),
    "remove": lambda service, school, client, by: service.remove(school.id, client.id, by=by),
}


@pytest.fixture
def school(memory: World) -> Organization:
    return has_organization(memory)


@pytest.fixture
def owner(memory: World, school: Organization) -> Principal:
    return has_member(memory, school, OrgRole.OWNER)


def clients_of(world: World, school: Organization) -> list[OAuthClient]:
    page = world.repositories.clients.page_for_organization(
        school.id, PageRequest(), scope=into(school)
    )
    return list(page.items)


def test_a_service_client_has_only_client_credentials_and_its_scopes(
    memory: World, school: Organization, owner: Principal
) -> None:
    registration = has_service_client(memory, school, owner)

    assert clients_of(memory, school) == [registration.client]
    assert registration.client.terms == ClientTerms(
        name="Register",
        is_public=False,
        allowed_scopes=frozenset({"orgs:read", "progress:read"}),
        grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
    )
    assert (registration.client.org_id, registration.client.expires_at) == (school.id, NEXT_MONTH)
    assert registration.client.last_used_at is None


def test_the_secret_of_a_service_client_is_shown_once(
    memory: World, school: Organization, owner: Principal
) -> None:
    registration = has_service_client(memory, school, owner)

    known = memory.services.clients.authenticated(
        registration.client.client_id, registration.secret
    )

    assert known == registration.client
    assert registration.secret not in repr(
        [registration, clients_of(memory, school), acts_in(memory, school)]
    )


def test_the_registration_is_recorded_in_the_organization(
    memory: World, school: Organization, owner: Principal
) -> None:
    registration = has_service_client(memory, school, owner)

    (act,) = acts_in(memory, school)
    assert (act.action, act.subject_type) == (
        AuditAction.CLIENT_REGISTERED,
        SubjectType.CLIENT,
    )
    assert (act.subject_id, act.before) == (str(registration.client.id), {})
    assert act.after["allowed_scopes"] == ["orgs:read", "progress:read"]
    assert act.after["expires_at"] == "2026-03-31T12:00:00+00:00"


@pytest.mark.parametrize(
    ("expires_at", "is_suitable"),
    [
        (NOON - SECOND, False),
        (NOON, False),
        (NOON + SECOND, True),
        (NOON + timedelta(days=366), True),
        (NOON + timedelta(days=366) + SECOND, False),
    ],
)
def test_the_expiry_is_in_the_future_and_within_a_year(
    memory: World, school: Organization, *, expires_at: datetime, is_suitable: bool
) -> None:
    if is_suitable:
        has_service_client(memory, school, expires_at=expires_at)
    else:
        with pytest.raises(UnsuitableExpiry) as error:
            has_service_client(memory, school, expires_at=expires_at)
        assert [field_error.path for field_error in error.value.field_errors] == ["expires_at"]

    assert [client.expires_at for client in clients_of(memory, school)] == (
        [expires_at] if is_suitable else []
    )


@pytest.mark.parametrize("parts", [{"scopes": ["everything"]}, {"name": " "}])
def test_unsuitable_terms_are_refused(
    memory: World, school: Organization, parts: dict[str, Any]
) -> None:
    with pytest.raises(UnsuitableClient):
        has_service_client(memory, school, **parts)

    assert clients_of(memory, school) == []


def test_an_expired_client_is_not_accepted(memory: World, school: Organization) -> None:
    registration = has_service_client(memory, school)
    memory.clock.at = NEXT_MONTH - SECOND
    before = memory.services.clients.authenticated(
        registration.client.client_id, registration.secret
    )
    memory.clock.at = NEXT_MONTH

    after = memory.services.clients.authenticated(
        registration.client.client_id, registration.secret
    )

    assert (before, after) == (registration.client, None)


def test_clients_of_a_suspended_organization_are_not_accepted_until_it_reopens(
    memory: World, school: Organization
) -> None:
    registration = has_service_client(memory, school)
    authenticated, organizations = (
        memory.services.clients.authenticated,
        memory.services.organizations,
    )

    organizations.suspend(school.id, reason="Unpaid", by=OPERATOR)
    while_suspended = authenticated(registration.client.client_id, registration.secret)
    organizations.reopen(school.id, by=OPERATOR)

    assert while_suspended is None
    assert authenticated(registration.client.client_id, registration.secret) == registration.client


def test_a_renewed_secret_replaces_the_old_one(
    memory: World, school: Organization, owner: Principal
) -> None:
    registration = has_service_client(memory, school, owner)

    renewed = memory.services.service_clients.renew_secret(
        school.id, registration.client.id, by=owner
    )

    authenticated = memory.services.clients.authenticated
    assert authenticated(registration.client.client_id, registration.secret) is None
    assert authenticated(registration.client.client_id, renewed.secret) == renewed.client
    assert renewed.client.secret_hint == renewed.secret[-4:]
    assert renewed.client == replace(
        registration.client,
        secret_hash=renewed.client.secret_hash,
        secret_hint=renewed.client.secret_hint,
    )
    act = acts_in(memory, school)[-1]
    assert (act.action, act.before, act.after) == (AuditAction.CLIENT_SECRET_RENEWED, {}, {})


def test_a_removed_client_is_not_accepted_and_the_reason_is_recorded(
    memory: World, school: Organization, owner: Principal
) -> None:
    registration, other = has_service_client(memory, school), has_service_client(memory, school)

    memory.services.service_clients.remove(
        school.id, registration.client.id, reason="Not needed", by=owner
    )

    assert clients_of(memory, school) == [other.client]
    assert memory.services.clients.find(registration.client.client_id) is None
    act = acts_in(memory, school)[-1]
    assert (act.action, act.reason) == (AuditAction.CLIENT_REMOVED, "Not needed")
    assert act.subject_id == str(registration.client.id)


@pytest.mark.parametrize("change", ["renew_secret", "remove"])
def test_a_removed_client_is_not_found_again(
    memory: World, school: Organization, owner: Principal, change: str
) -> None:
    registration = has_service_client(memory, school)
    memory.services.service_clients.remove(school.id, registration.client.id, by=owner)

    with pytest.raises(ClientNotFound):
        CHANGES[change](memory.services.service_clients, school, registration.client, owner)


@pytest.mark.parametrize("change", ["renew_secret", "remove"])
def test_clients_of_others_are_not_found(
    memory: World, school: Organization, owner: Principal, change: str
) -> None:
    foreign = has_service_client(memory, has_organization(memory)).client
    of_the_platform = has_client(memory)
    unknown = replace(foreign, id=ClientPk(UUID(int=404)))

    for by in (owner, has_root(memory)):
        for client in (foreign, of_the_platform, unknown):
            with pytest.raises(ClientNotFound):
                CHANGES[change](memory.services.service_clients, school, client, by)

    for client in (foreign, of_the_platform):
        assert memory.repositories.clients.get(client.id, scope=ALL_TENANTS) == client


def test_owners_see_their_clients_and_no_others(
    memory: World, school: Organization, owner: Principal
) -> None:
    own = has_service_client(memory, school, owner).client
    has_service_client(memory, has_organization(memory))
    has_client(memory)

    page = memory.services.service_clients.page_of(school.id, PageRequest(), by=owner)

    assert page.items == (own,)
    assert len(acts_in(memory, school)) == 1
