"""Tokens and sessions of an organization's service clients."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrganizationStatus, OrgRole, Right
from accounts.domain.identity.entities.sessions import Session
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.organizations.entities import Organization
from tests.accounts.granting import has_client
from tests.support.builders import NOON
from tests.support.tenants import has_organization, has_service_client, into
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
SOON = NOON + timedelta(minutes=5)


@pytest.fixture
def school(memory: World) -> Organization:
    return has_organization(memory)


@pytest.fixture
def client(memory: World, school: Organization) -> OAuthClient:
    return has_service_client(memory, school).client


def tokens_of(world: World, client: OAuthClient) -> TokenPair:
    return world.services.grants.redeem_client_credentials(
        client, scopes=["orgs:read"], resource=""
    )


def session_of(world: World, tokens: TokenPair) -> Session:
    signed = world.services.ports.access_tokens.inspect(tokens.access_token, at=NOON)
    return world.repositories.sessions.get_for_update(signed.claims.session_id)


def stored_client(world: World, client: OAuthClient) -> OAuthClient:
    return world.repositories.clients.get(client.id, scope=OPERATOR.tenant_scope)


def test_the_session_of_a_service_client_belongs_to_its_organization(
    memory: World, school: Organization, client: OAuthClient
) -> None:
    session = session_of(memory, tokens_of(memory, client))

    assert (session.org_id, session.user_id) == (school.id, None)
    assert session.expires_at == NOON + memory.services.ports.access_tokens.lifetime


def test_the_session_of_a_platform_client_belongs_to_no_organization(memory: World) -> None:
    client = has_client(memory)

    session = session_of(memory, tokens_of(memory, client))

    assert session.org_id is None
    assert stored_client(memory, client).last_used_at is None


def test_a_token_does_not_outlive_the_client(memory: World, client: OAuthClient) -> None:
    tokens = tokens_of(memory, replace(client, expires_at=SOON))
    memory.clock.at = SOON - SECOND
    before = memory.services.access.principal_of(tokens.access_token)
    memory.clock.at = SOON

    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(tokens.access_token)

    assert before.client_id == client.client_id
    assert session_of(memory, tokens).expires_at == SOON


def test_the_last_use_of_a_client_is_saved_at_most_once_a_minute(
    memory: World, client: OAuthClient
) -> None:
    times = []
    for second in (0, 59, 60, 61):
        memory.clock.at = NOON + timedelta(seconds=second)
        tokens_of(memory, stored_client(memory, client))
        times.append(stored_client(memory, client).last_used_at)

    assert times == [NOON, NOON, NOON + timedelta(minutes=1), NOON + timedelta(minutes=1)]


def test_a_service_client_is_an_admin_of_its_organization_only(
    memory: World, school: Organization, client: OAuthClient
) -> None:
    other = has_organization(memory)

    caller = memory.services.access.principal_of(tokens_of(memory, client).access_token)

    assert caller.memberships == {school.id: OrgRole.ADMIN}
    assert (caller.user_id, caller.roles, caller.rights) == (None, (), frozenset())
    assert caller.tenant_scope == into(school)
    assert caller.may(Right.MANAGE_MEMBERS, of=school.id)
    for right, org_id in ((Right.MANAGE_MEMBERS, other.id), (Right.ASSIGN_ROLES, school.id)):
        with pytest.raises(NotPermitted):
            caller.require(right, of=org_id)


def test_a_service_client_has_only_the_requested_scopes(memory: World, client: OAuthClient) -> None:
    caller = memory.services.access.principal_of(tokens_of(memory, client).access_token)

    assert caller.scopes == {"orgs:read"}


@pytest.mark.parametrize("status", [OrganizationStatus.SUSPENDED, OrganizationStatus.DELETED])
def test_the_tokens_of_a_client_are_refused_while_its_organization_is_closed(
    world: World, status: OrganizationStatus
) -> None:
    school = has_organization(world)
    client = has_service_client(world, school).client
    token = tokens_of(world, client).access_token
    assert world.services.access.principal_of(token)

    world.repositories.organizations.save(replace(school, status=status), scope=into(school))

    with pytest.raises(InvalidToken):
        world.services.access.principal_of(token)
    assert world.services.tokens.introspect(token, client_id=client.client_id) is None
    world.repositories.organizations.save(school, scope=into(school))
    assert world.services.access.principal_of(token)


def test_the_tokens_of_a_removed_client_are_refused(
    memory: World, school: Organization, client: OAuthClient
) -> None:
    token = tokens_of(memory, client).access_token

    memory.services.service_clients.remove(school.id, client.id, by=OPERATOR)

    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(token)


def test_the_last_use_of_a_client_is_saved_on_every_store(world: World) -> None:
    school = has_organization(world)
    client = has_service_client(world, school).client

    session = session_of(world, tokens_of(world, client))

    assert session.org_id == school.id
    assert stored_client(world, client) == replace(client, last_used_at=NOON)
