"""Client service: registration and authentication."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import OPERATOR, ClientPk, NotPermitted, Principal, Right
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.oauth.entities.clients import OAuthClient, RegisteredClient
from accounts.domain.oauth.errors import ClientNotFound, PublicClient, UnsuitableClient
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.granting import has_client, has_session, stored_session
from tests.support.builders import NOON, a_client_of, a_principal, some_client_terms
from tests.support.worlds import World

MANAGER = a_principal(None, Right.MANAGE_CLIENTS)
NOBODYS = a_client_of(some_client_terms()).id


def registered(world: World, **terms: Any) -> RegisteredClient:
    return world.services.clients.register(some_client_terms(**terms), by=MANAGER)


def stored_client(world: World, client_pk: ClientPk) -> OAuthClient:
    return world.repositories.clients.get(client_pk, scope=ALL_TENANTS)


def test_a_registered_client_is_stored_and_active_at_once(memory: World) -> None:
    terms = some_client_terms(name="Notebook")

    registration = memory.services.clients.register(terms, by=MANAGER)

    assert stored_client(memory, registration.client.id) == registration.client
    assert (registration.client.terms, registration.client.is_active) == (terms, True)
    assert registration.client.created_at == NOON


def test_a_client_authenticates_with_its_id_and_secret(memory: World) -> None:
    registration, other = registered(memory), registered(memory)

    authenticated = memory.services.clients.authenticated

    assert authenticated(registration.client.client_id, registration.secret) == registration.client
    assert authenticated(registration.client.client_id, other.secret) is None
    assert authenticated(registration.client.client_id, "") is None
    assert authenticated(registration.client.client_id, registration.client.secret_hash) is None
    assert authenticated("nobody", registration.secret) is None


def test_ids_and_secrets_are_never_the_same_twice(memory: World) -> None:
    registration = [registered(memory) for _ in range(3)]

    assert (
        len(
            {registered_client.secret for registered_client in registration}
            | {registered_client.client.client_id for registered_client in registration}
        )
        == 6
    )
    assert min(len(registered_client.secret) for registered_client in registration) >= 43, (
        "which is 256 bits"
    )


def test_a_secret_is_not_printed_and_stored_only_as_a_hash(memory: World) -> None:
    registration = registered(memory)

    assert registration.secret not in repr(registration)
    assert registration.client.secret_hash == memory.services.ports.opaque_tokens.hash(
        registration.secret
    )


@pytest.mark.parametrize("secret", ["", "0" * 64, "anything"])
def test_a_public_client_has_no_secret_and_cannot_authenticate_with_one(
    memory: World, secret: str
) -> None:
    registration = registered(memory, is_public=True, grant_types=frozenset({"authorization_code"}))

    assert registration.secret == ""
    assert registration.client.secret_hash == ""
    assert memory.services.clients.authenticated(registration.client.client_id, secret) is None


def test_a_client_is_found_by_its_public_id(memory: World) -> None:
    registration = registered(memory)

    assert memory.services.clients.find(registration.client.client_id) == registration.client
    assert memory.services.clients.find("nobody") is None


def test_unsuitable_terms_are_not_registered(memory: World) -> None:
    with pytest.raises(UnsuitableClient):
        registered(memory, redirect_uris=("http://evil.example",))

    page = memory.services.clients.page_of(PageRequest(), by=MANAGER)
    assert page.items == ()


def test_amended_terms_replace_the_old_ones(memory: World) -> None:
    registration = registered(memory)
    terms = some_client_terms(name="Notebook Pro", is_trusted=True)

    amended = memory.services.clients.amend(registration.client.id, terms, by=MANAGER)

    assert amended == replace(registration.client, terms=terms)
    assert stored_client(memory, registration.client.id) == amended
    assert memory.services.clients.authenticated(amended.client_id, registration.secret) == amended


def test_unsuitable_terms_change_nothing(memory: World) -> None:
    registration = registered(memory)

    with pytest.raises(UnsuitableClient):
        memory.services.clients.amend(
            registration.client.id, some_client_terms(name=""), by=MANAGER
        )

    assert stored_client(memory, registration.client.id) == registration.client


def test_a_client_that_becomes_public_loses_its_secret(memory: World) -> None:
    registration = registered(memory)
    terms = some_client_terms(is_public=True, grant_types=frozenset({"authorization_code"}))

    amended = memory.services.clients.amend(registration.client.id, terms, by=MANAGER)

    assert amended.secret_hash == ""
    assert memory.services.clients.authenticated(amended.client_id, registration.secret) is None


def test_a_new_secret_replaces_the_old_one(memory: World) -> None:
    registration = registered(memory)

    renewed = memory.services.clients.renew_secret(registration.client.id, by=MANAGER)

    authenticated = memory.services.clients.authenticated
    assert renewed.client == stored_client(memory, registration.client.id)
    assert authenticated(registration.client.client_id, renewed.secret) == renewed.client
    assert authenticated(registration.client.client_id, registration.secret) is None


def test_a_public_client_gets_no_secret(memory: World) -> None:
    client = has_client(memory, is_public=True)

    with pytest.raises(PublicClient):
        memory.services.clients.renew_secret(client.id, by=MANAGER)

    assert stored_client(memory, client.id) == client


def test_a_removed_client_cannot_authenticate(memory: World) -> None:
    registration = registered(memory)

    memory.services.clients.remove(registration.client.id, by=MANAGER)

    assert memory.services.clients.find(registration.client.client_id) is None
    assert (
        memory.services.clients.authenticated(registration.client.client_id, registration.secret)
        is None
    )
    assert stored_client(memory, registration.client.id) == replace(
        registration.client, is_active=False
    )


def test_the_sessions_of_a_removed_client_end_and_no_others(memory: World) -> None:
    anna, client = memory.has_user(), has_client(memory)
    ending = has_session(memory, anna, client)
    staying = has_session(memory, anna, has_client(memory))
    memory.clock.go_on(hours=1)

    memory.services.clients.remove(client.id, by=MANAGER)

    at = memory.clock.now()
    assert stored_session(memory, ending) == ending.ended(at=at, because=SessionEnd.CLIENT_REMOVED)
    assert stored_session(memory, staying) == staying


def test_clients_are_listed_in_pages(memory: World) -> None:
    first = has_client(memory)
    memory.clock.go_on(seconds=1)
    second = registered(memory).client

    page = memory.services.clients.page_of(PageRequest(limit=1), by=MANAGER)
    rest = memory.services.clients.page_of(PageRequest(cursor=page.next_cursor), by=MANAGER)

    assert (page.items, rest.items) == ((first,), (second,))


Act = Callable[[World, ClientPk, Principal], object]
ACTS: dict[str, Act] = {
    "amend": lambda world, pk, by: world.services.clients.amend(pk, some_client_terms(), by=by),
    "renew": lambda world, pk, by: world.services.clients.renew_secret(pk, by=by),
    "remove": lambda world, pk, by: world.services.clients.remove(pk, by=by),
}
LOOKS: dict[str, Act] = {
    "register": lambda world, _, by: world.services.clients.register(some_client_terms(), by=by),
    "list": lambda world, _, by: world.services.clients.page_of(PageRequest(), by=by),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_unknown_client_is_not_found(memory: World, act: Act) -> None:
    has_client(memory)

    with pytest.raises(ClientNotFound):
        act(memory, NOBODYS, MANAGER)


@pytest.mark.parametrize("act", (ACTS | LOOKS).values(), ids=ACTS | LOOKS)
def test_managing_clients_needs_the_right(memory: World, act: Act) -> None:
    client = has_client(memory)
    others = a_principal(None, *(right for right in Right if right is not Right.MANAGE_CLIENTS))

    with pytest.raises(NotPermitted):
        act(memory, client.id, others)

    assert memory.services.clients.page_of(PageRequest(), by=OPERATOR).items == (client,)


def test_names_are_limited_to_what_every_store_can_hold() -> None:
    assert some_client_terms(name="n" * 200).checked(allows_private_hosts=False)
    with pytest.raises(UnsuitableClient) as error:
        some_client_terms(name="n" * 201).checked(allows_private_hosts=False)
    assert [field_error.path for field_error in error.value.field_errors] == ["name"]


def test_private_hosts_are_rejected_where_they_are_not_allowed(memory: World) -> None:
    clients = replace(memory.services.clients, allows_private_hosts=False)
    private = some_client_terms(backchannel_logout_uri="https://169.254.169.254/")
    client = registered(memory).client

    with pytest.raises(UnsuitableClient):
        clients.register(private, by=MANAGER)
    with pytest.raises(UnsuitableClient):
        clients.amend(client.id, private, by=MANAGER)

    assert stored_client(memory, client.id) == client
    assert memory.services.clients.register(private, by=MANAGER)
