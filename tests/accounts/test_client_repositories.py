"""Repository contracts of clients and consents."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from accounts.domain.access import ClientPk, GrantType, UserId
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.authorizations import Consent
from accounts.domain.oauth.entities.clients import (
    ClientTerms,
    FormerSecret,
    IdTokenAlgorithm,
    OAuthClient,
)
from accounts.domain.oauth.errors import ClientNotFound
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.accounts.granting import a_consent, has_client
from tests.support.builders import NOON, a_client_of
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
NOWHERE = ClientPk(UUID(int=404))

PLAIN = ClientTerms(name="Clock", is_public=True, redirect_uris=("com.example.clock:/cb",))
RICH = ClientTerms(
    name="Bokhållning ☃",
    is_public=False,
    redirect_uris=("https://b.example/cb", "https://a.example/cb"),
    post_logout_redirect_uris=("https://b.example/out", "https://a.example/out"),
    backchannel_logout_uri="https://b.example/ended",
    allowed_origins=("https://b.example", "https://a.example"),
    allowed_scopes=frozenset({"openid", "courses:read"}),
    grant_types=frozenset(GrantType),
    resources=("https://z.example/api", "https://a.example/api"),
    id_token_algorithm=IdTokenAlgorithm.ES256,
    is_trusted=True,
    must_push=True,
    claims_in_id_token=True,
)


@pytest.mark.parametrize("terms", [PLAIN, RICH], ids=["plain", "rich"])
def test_a_stored_client_is_returned_unchanged(world: World, terms: ClientTerms) -> None:
    client = a_client_of(terms)

    world.repositories.clients.add(client, scope=ALL_TENANTS)

    assert world.repositories.clients.get(client.id, scope=ALL_TENANTS) == client
    assert world.repositories.clients.get_for_update(client.id, scope=ALL_TENANTS) == client
    assert world.repositories.clients.find(client.client_id) == client


def test_a_client_is_found_by_its_public_id_among_others(world: World) -> None:
    has_client(world)
    client = has_client(world)

    assert world.repositories.clients.find(client.client_id) == client


@pytest.mark.parametrize("client_id", ["", "nobody", "ø☃", "a' OR '1'='1", "x" * 500])
def test_an_unknown_public_id_finds_no_client(world: World, client_id: str) -> None:
    has_client(world)

    assert world.repositories.clients.find(client_id) is None


def test_an_inactive_client_is_returned_by_get_and_not_by_find(world: World) -> None:
    client = has_client(world, is_active=False)

    assert world.repositories.clients.find(client.client_id) is None
    assert world.repositories.clients.get(client.id, scope=ALL_TENANTS) == client
    assert world.repositories.clients.get_for_update(client.id, scope=ALL_TENANTS) == client


def test_an_unknown_client_is_not_found_by_get(world: World) -> None:
    has_client(world)

    with pytest.raises(ClientNotFound):
        world.repositories.clients.get(NOWHERE, scope=ALL_TENANTS)


def test_an_unknown_client_cannot_be_locked(world: World) -> None:
    has_client(world)

    with pytest.raises(ClientNotFound):
        world.repositories.clients.get_for_update(NOWHERE, scope=ALL_TENANTS)


def test_a_saved_client_replaces_the_stored_one_and_no_other(world: World) -> None:
    client, other = has_client(world), has_client(world)
    changed = replace(
        client,
        terms=RICH,
        secret_hash="i" * 64,
        is_active=False,
        former_secret=FormerSecret(hash="f" * 64, expires_at=NOON),
        registration_hash="r" * 64,
        pkce_waived_because="Old library.",
    )

    world.repositories.clients.save(changed, scope=ALL_TENANTS)

    assert world.repositories.clients.get(client.id, scope=ALL_TENANTS) == changed
    assert world.repositories.clients.get(other.id, scope=ALL_TENANTS) == other


def page(world: World, *, limit: int, cursor: str | None = None) -> Page[OAuthClient]:
    return world.repositories.clients.page_of(
        PageRequest(limit=limit, cursor=cursor), scope=ALL_TENANTS
    )


def test_clients_are_listed_oldest_first_active_or_not(world: World) -> None:
    youngest = has_client(world, created_at=LATER)
    oldest = has_client(world, created_at=NOON)
    middle = has_client(world, created_at=NOON + SECOND, is_active=False)

    assert page(world, limit=9) == Page(items=(oldest, middle, youngest), next_cursor=None)


def has_consent(world: World, user: User, client: OAuthClient, *scopes: str) -> None:
    world.repositories.consents.save(a_consent(user, client, scopes=frozenset(scopes)))


def consents_of(world: World, user_id: UserId) -> list[tuple[Consent, OAuthClient]]:
    return list(world.repositories.consents.page_for_user(user_id, PageRequest()).items)


def test_a_stored_consent_is_returned_unchanged(world: World) -> None:
    anna, client = world.has_user(), has_client(world)
    consent = a_consent(anna, client, scopes=frozenset({"openid", "email"}), given_at=LATER)

    world.repositories.consents.save(consent)

    assert world.repositories.consents.find(anna.id, client.id) == consent


def test_a_consent_belongs_to_one_user_and_one_client(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    client, other = has_client(world), has_client(world)
    has_consent(world, anna, client, "openid")

    assert world.repositories.consents.find(bo.id, client.id) is None
    assert world.repositories.consents.find(anna.id, other.id) is None


def test_a_consent_replaces_the_earlier_one_and_no_other(world: World) -> None:
    anna, bo, client = world.has_user(name="Anna"), world.has_user(name="Bo"), has_client(world)
    has_consent(world, anna, client, "openid")
    has_consent(world, bo, client, "openid")
    new = a_consent(anna, client, scopes=frozenset({"email"}), given_at=LATER)

    world.repositories.consents.save(new)

    assert world.repositories.consents.find(anna.id, client.id) == new
    assert world.repositories.consents.find(bo.id, client.id) == a_consent(bo, client)
    assert consents_of(world, anna.id) == [(new, client)]


def test_consents_are_listed_with_their_clients_oldest_first(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    young, old, middle = has_client(world), has_client(world), has_client(world, is_active=False)
    for client, given_at in ((young, LATER), (old, NOON), (middle, NOON + SECOND)):
        world.repositories.consents.save(a_consent(anna, client, given_at=given_at))
    has_consent(world, bo, young)

    consents = consents_of(world, anna.id)

    assert consents == [
        (a_consent(anna, old), old),
        (a_consent(anna, middle, given_at=NOON + SECOND), middle),
        (a_consent(anna, young, given_at=LATER), young),
    ]


def test_consents_of_one_moment_are_ordered_by_client_id(world: World) -> None:
    anna = world.has_user()
    ids = [ClientPk(UUID(int=number)) for number in (2**127, 1, 2**64, 2**126)]
    for client_pk in ids:
        has_consent(world, anna, has_client(world, id=client_pk))

    consents = consents_of(world, anna.id)

    assert [client.id for _, client in consents] == sorted(ids)


def test_clients_have_names_whether_they_are_active_or_not(world: World) -> None:
    notebook = has_client(world, name="Notebook")
    planner = has_client(world, name="Planner", is_active=False)
    has_client(world, name="Diary")
    ids = {notebook.client_id, planner.client_id, "nobody"}

    names = world.repositories.clients.names_of(ids)

    assert names == {notebook.client_id: "Notebook", planner.client_id: "Planner"}


def test_no_ids_give_no_names(world: World) -> None:
    has_client(world)

    assert world.repositories.clients.names_of(set()) == {}


def test_a_user_without_consents_has_an_empty_list(world: World) -> None:
    has_consent(world, world.has_user(), has_client(world))

    assert consents_of(world, world.has_user().id) == []


def test_a_consent_is_deleted_once_and_no_other(world: World) -> None:
    anna, bo = world.has_user(name="Anna"), world.has_user(name="Bo")
    client, other = has_client(world), has_client(world)
    has_consent(world, anna, client, "openid")
    has_consent(world, anna, other, "openid")
    has_consent(world, bo, client, "openid")

    first = world.repositories.consents.remove(anna.id, client.id)
    second = world.repositories.consents.remove(anna.id, client.id)

    assert (first, second) == (True, False)
    assert world.repositories.consents.find(anna.id, client.id) is None
    assert world.repositories.consents.find(anna.id, other.id) == a_consent(anna, other)
    assert world.repositories.consents.find(bo.id, client.id) == a_consent(bo, client)


def test_a_described_client_is_stored_once_and_changes_its_terms_alone(world: World) -> None:
    clients = world.repositories.clients
    first = replace(a_client_of(PLAIN), client_id="https://agent.example/agent.json")
    is_new = clients.save_described(first, scope=ALL_TENANTS)
    clients.save(first.removed(), scope=ALL_TENANTS)

    described_again = replace(first, terms=RICH, created_at=LATER)
    is_new_again = clients.save_described(described_again, scope=ALL_TENANTS)

    assert (is_new, is_new_again) == (True, False)
    expected = replace(first.removed(), terms=RICH)
    assert clients.get(first.id, scope=ALL_TENANTS) == expected
    assert clients.find(first.client_id) is None
