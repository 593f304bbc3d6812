"""Access to the clients of an organization."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import NotPermitted, OrganizationStatus, OrgRole, Principal
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.services.service_clients import ServiceClientService
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from authsvc.kernel.paging import PageRequest
from tests.support.builders import NOON
from tests.support.tenants import (
    acts_in,
    has_guest,
    has_member,
    has_organization,
    has_root,
    has_service_client,
    into,
)
from tests.support.worlds import World

NEXT_MONTH = NOON + timedelta(days=30)
Act = Callable[[ServiceClientService, Organization, OAuthClient, Principal], object]
CHANGES: dict[str, Act] = {
    "register": lambda service, school, _, by: service.register(
        school.id, name="Timetable", scopes=["orgs:read"], expires_at=NEXT_MONTH, by=by
    ),
    "renew_secret": lambda service, school, client, by: service.renew_secret(
        school.id, client.id, by=by
    ),
    "remove": lambda service, school, client, by: service.remove(school.id, client.id, by=by),
}
ACTS = CHANGES | {
    "page_of": lambda service, school, _, by: service.page_of(school.id, PageRequest(), by=by)
}


@pytest.fixture
def school(memory: World) -> Organization:
    return has_organization(memory)


def clients_of(world: World, school: Organization) -> list[OAuthClient]:
    page = world.repositories.clients.page_for_organization(
        school.id, PageRequest(), scope=into(school)
    )
    return list(page.items)


def test_access_to_the_clients_by_a_non_member_is_recorded(
    memory: World, school: Organization
) -> None:
    memory.services.service_clients.page_of(school.id, PageRequest(), by=has_root(memory))

    (look,) = acts_in(memory, school)
    assert (look.action, look.subject_type) == (AuditAction.LOOKED_INTO, SubjectType.CLIENT)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("role", [OrgRole.ADMIN, OrgRole.INSTRUCTOR, OrgRole.LEARNER])
def test_only_owners_manage_clients(
    memory: World, school: Organization, role: OrgRole, act: Act
) -> None:
    client, by = has_service_client(memory, school).client, has_member(memory, school, role)

    with pytest.raises(NotPermitted):
        act(memory.services.service_clients, school, client, by)

    assert clients_of(memory, school) == [client]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_for_non_members_the_organization_does_not_exist(
    memory: World, school: Organization, act: Act
) -> None:
    client = has_service_client(memory, school).client
    elsewhere = has_member(memory, has_organization(memory), OrgRole.OWNER)

    for by in (has_guest(memory), elsewhere):
        with pytest.raises(OrganizationNotFound):
            act(memory.services.service_clients, school, client, by)

    assert clients_of(memory, school) == [client]


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_the_clients_of_a_suspended_organization_cannot_be_changed(memory: World, act: Act) -> None:
    school = has_organization(memory)
    client = has_service_client(memory, school).client
    closed = replace(school, status=OrganizationStatus.SUSPENDED)
    memory.repositories.organizations.save(closed, scope=into(school))

    with pytest.raises(OrganizationSuspended):
        act(memory.services.service_clients, school, client, has_root(memory))

    assert clients_of(memory, school) == [client]
