"""Repository contracts of organizations' clients, and of the sessions of clients and members."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.access import OrganizationStatus, OrgRole
from accounts.domain.identity.entities.sessions import Session, SessionState
from accounts.domain.oauth.entities.clients import ClientTerms, OAuthClient
from accounts.domain.oauth.errors import ClientNotFound
from accounts.domain.organizations.entities import Organization
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from tests.accounts.granting import has_client, has_session, stored_session
from tests.support.builders import NOON, a_client_of, a_session, some_client_terms
from tests.support.tenants import has_membership, has_organization, into
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
CLOSED = [OrganizationStatus.SUSPENDED, OrganizationStatus.DELETED]


def has_client_of(world: World, organization: Organization, **parts: Any) -> OAuthClient:
    client = a_client_of(some_client_terms(), org_id=organization.id, **parts)
    world.repositories.clients.add(client, scope=into(organization))
    return client


def page(
    world: World, school: Organization, *, limit: int = 20, cursor: str | None = None
) -> Page[OAuthClient]:
    return world.repositories.clients.page_for_organization(
        school.id, PageRequest(limit=limit, cursor=cursor), scope=into(school)
    )


def test_a_stored_client_of_an_organization_is_returned_unchanged(world: World) -> None:
    school = has_organization(world)

    client = has_client_of(world, school, expires_at=LATER, last_used_at=NOON)

    assert world.repositories.clients.get(client.id, scope=into(school)) == client
    assert world.repositories.clients.get_for_update(client.id, scope=into(school)) == client
    assert world.repositories.clients.find(client.client_id) == client


@pytest.mark.parametrize("status", CLOSED)
def test_a_client_of_a_closed_organization_is_returned_by_get_and_not_by_find(
    world: World, status: OrganizationStatus
) -> None:
    school = has_organization(world, status=status)

    client = has_client_of(world, school)

    assert world.repositories.clients.find(client.client_id) is None
    assert world.repositories.clients.get(client.id, scope=into(school)) == client


def test_a_removed_client_of_an_open_organization_is_not_found(world: World) -> None:
    client = has_client_of(world, has_organization(world), is_active=False)

    assert world.repositories.clients.find(client.client_id) is None


def test_a_client_out_of_scope_is_not_found(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    client = has_client_of(world, school)
    gets: list[Callable[..., OAuthClient]] = [
        world.repositories.clients.get,
        world.repositories.clients.get_for_update,
    ]

    for scope in (TenantScope(), into(other)):
        for get in gets:
            with pytest.raises(ClientNotFound):
                get(client.id, scope=scope)


def test_a_client_out_of_scope_is_not_written(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    client = has_client_of(world, school)
    second = a_client_of(some_client_terms(), org_id=school.id)

    with pytest.raises(OutsideTenantScope):
        world.repositories.clients.add(second, scope=into(other))
    with pytest.raises(OutsideTenantScope):
        world.repositories.clients.save(client.removed(), scope=into(other))

    assert page(world, school).items == (client,)


def test_noting_a_use_changes_nothing_else(world: World) -> None:
    school = has_organization(world)
    client, other = has_client_of(world, school), has_client_of(world, school)

    world.repositories.clients.note_use(client.id, at=LATER, scope=into(school))

    used = replace(client, last_used_at=LATER)
    assert world.repositories.clients.get(client.id, scope=into(school)) == used
    assert world.repositories.clients.get(other.id, scope=into(school)) == other


def test_a_use_out_of_scope_is_not_noted(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    client = has_client_of(world, school)

    world.repositories.clients.note_use(client.id, at=LATER, scope=into(other))

    assert world.repositories.clients.get(client.id, scope=into(school)) == client


def test_the_scope_covers_platform_clients_and_those_of_its_organizations(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    own = has_client_of(world, school, created_at=NOON)
    of_the_platform = has_client(world, created_at=NOON + SECOND)
    foreign = has_client_of(world, other, created_at=LATER)

    def clients_in(scope: TenantScope) -> tuple[OAuthClient, ...]:
        return world.repositories.clients.page_of(PageRequest(), scope=scope).items

    assert clients_in(TenantScope()) == (of_the_platform,)
    assert clients_in(into(school)) == (own, of_the_platform)
    assert clients_in(ALL_TENANTS) == (own, of_the_platform, foreign)


def test_active_clients_of_an_organization_are_listed_oldest_first(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    youngest = has_client_of(world, school, created_at=LATER)
    oldest = has_client_of(world, school, created_at=NOON)
    middle = has_client_of(world, school, created_at=NOON + SECOND)
    has_client_of(world, school, is_active=False)
    has_client_of(world, other)
    has_client(world)

    assert page(world, school) == Page(items=(oldest, middle, youngest), next_cursor=None)


def test_clients_of_an_organization_out_of_scope_are_not_listed(world: World) -> None:
    school, other = has_organization(world), has_organization(world)
    has_client_of(world, school)

    clients = world.repositories.clients.page_for_organization(
        school.id, PageRequest(), scope=into(other)
    )

    assert clients.items == ()


def state_of(world: World, session: Session) -> SessionState:
    state = world.repositories.sessions.state_of(session.id)
    assert state is not None
    return state


def test_the_state_of_a_session_names_the_roles_in_open_organizations_and_no_others(
    world: World,
) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    knots, bends = has_organization(world), has_organization(world)
    has_membership(world, knots, user_id=anna.id, role=OrgRole.OWNER)
    has_membership(world, bends, user_id=anna.id, role=OrgRole.LEARNER)
    has_membership(world, has_organization(world), user_id=bo.id)
    for status in CLOSED:
        has_membership(world, has_organization(world, status=status), user_id=anna.id)

    state = state_of(world, has_session(world, anna))

    assert state.memberships == {knots.id: OrgRole.OWNER, bends.id: OrgRole.LEARNER}
    assert (state.org_id, state.is_org_open) == (None, True)
    assert (state.user_id, state.roles, state.is_user_active) == (anna.id, anna.roles, True)


def test_the_session_state_of_a_user_without_memberships_names_no_organization(
    world: World,
) -> None:
    has_membership(world, has_organization(world))

    assert state_of(world, has_session(world, world.has_user())).memberships == {}


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        (OrganizationStatus.ACTIVE, True),
        (OrganizationStatus.SUSPENDED, False),
        (OrganizationStatus.DELETED, False),
    ],
)
def test_the_state_of_a_clients_session_says_whether_its_organization_is_open(
    world: World, *, status: OrganizationStatus, is_open: bool
) -> None:
    school = has_organization(world, status=status)
    has_membership(world, school, role=OrgRole.OWNER)
    session = a_session(user_id=None, org_id=school.id, client_id="a client")
    world.repositories.sessions.add(session)

    state = state_of(world, session)

    assert (state.org_id, state.is_org_open) == (school.id, is_open)
    assert (state.user_id, state.roles, state.memberships) == (None, (), {})
    assert stored_session(world, session) == session


def test_allowed_origins_are_those_of_live_clients_alone(world: World) -> None:
    school, closed = has_organization(world), has_organization(world, status=CLOSED[0])
    clients = {
        "https://live.example": a_client_of(origins_of("https://live.example")),
        "https://school.example": a_client_of(
            origins_of("https://school.example"), org_id=school.id, expires_at=LATER
        ),
        "https://removed.example": a_client_of(
            origins_of("https://removed.example"), is_active=False
        ),
        "https://expired.example": a_client_of(
            origins_of("https://expired.example"), expires_at=NOON
        ),
        "https://closed.example": a_client_of(
            origins_of("https://closed.example"), org_id=closed.id
        ),
    }
    for client in (*clients.values(), a_client_of(some_client_terms())):
        world.repositories.clients.add(client, scope=ALL_TENANTS)

    allowed = world.repositories.clients.allowed_origins(at=NOON)

    assert allowed.intersection(clients) == {"https://live.example", "https://school.example"}


def origins_of(*origins: str) -> ClientTerms:
    return some_client_terms(allowed_origins=origins)
