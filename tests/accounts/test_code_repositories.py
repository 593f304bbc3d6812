"""Repository contracts of authorization codes and pushed requests."""

from dataclasses import replace
from datetime import timedelta

from accounts.domain.access import RequestedClaims, UserId
from accounts.domain.oauth.entities.authorizations import (
    Permission,
)
from tests.accounts.granting import BROWSER, a_code, a_request, has_client
from tests.accounts.stored_grants import found_code, found_request, stored_code, stored_request
from tests.support.builders import NOON
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
NOBODYS = "0" * 64


def a_rich_permission(user_id: UserId) -> Permission:
    return Permission(
        user_id=user_id,
        scopes=frozenset({"openid", "courses:read"}),
        resource="https://notes.example/api",
        nonce="ø" * 300,
        claims=RequestedClaims(userinfo=frozenset({"name"}), id_token=frozenset({"email"})),
    )


def test_a_stored_code_is_returned_unchanged(world: World) -> None:
    anna, client = world.has_user(), has_client(world)
    code = a_code(client, anna, permission=a_rich_permission(anna.id), used_at=LATER)
    stored_code(world)

    world.repositories.authorization_codes.add(code)

    assert world.repositories.authorization_codes.find_for_update(code.hash) == code


def test_a_code_without_authentication_is_returned_unchanged(world: World) -> None:
    code = stored_code(world, authentication=None)

    assert found_code(world, code) == code


def test_an_unknown_hash_finds_no_code(world: World) -> None:
    stored_code(world)

    assert world.repositories.authorization_codes.find_for_update(NOBODYS) is None


def test_saving_a_code_stores_whether_it_was_used_and_nothing_else(world: World) -> None:
    code, other = stored_code(world), stored_code(world)
    changed = replace(code, used_at=LATER, redirect_uri="https://evil.example", expires_at=LATER)

    world.repositories.authorization_codes.save(changed)

    assert found_code(world, code) == replace(code, used_at=LATER)
    assert found_code(world, other) == other


def test_a_pushed_request_is_returned_unchanged(world: World) -> None:
    request = a_request(has_client(world), parameters={"scope": "openid", "claims": '{"å": 1}'})
    stored_request(world)

    world.repositories.pushed_requests.add(request)

    assert world.repositories.pushed_requests.find(request.hash, request.client_pk) == request


def test_a_pushed_request_is_found_by_its_client_alone(world: World) -> None:
    request, other = stored_request(world), has_client(world)

    assert world.repositories.pushed_requests.find(request.hash, other.id) is None
    assert world.repositories.pushed_requests.find(NOBODYS, request.client_pk) is None


def test_saving_a_request_stores_that_it_was_opened(world: World) -> None:
    request, other = stored_request(world), stored_request(world)
    opened = request.opened(until=LATER)

    world.repositories.pushed_requests.save(opened)

    assert found_request(world, request) == opened
    assert found_request(world, other) == other


def test_a_pushed_request_is_deleted_once_and_no_other(world: World) -> None:
    request, other = stored_request(world), stored_request(world)

    first = world.repositories.pushed_requests.remove(request.hash)
    second = world.repositories.pushed_requests.remove(request.hash)

    assert (first, second) == (True, False)
    assert found_request(world, request) is None
    assert found_request(world, other) == other


def test_the_unused_codes_of_a_user_are_removed(world: World) -> None:
    anna, client = world.has_user(), has_client(world)
    pending, used = a_code(client, anna), a_code(client, anna, used_at=LATER)
    elsewhere, others = a_code(has_client(world), anna), a_code(client, world.has_user())
    for code in (pending, used, elsewhere, others):
        world.repositories.authorization_codes.add(code)

    world.repositories.authorization_codes.remove_pending(anna.id, client.id)

    assert found_code(world, pending) is None
    assert [found_code(world, code) for code in (used, elsewhere, others)] == [
        used,
        elsewhere,
        others,
    ]
    world.repositories.authorization_codes.remove_pending(anna.id)
    assert [found_code(world, code) for code in (used, elsewhere, others)] == [used, None, others]


def test_the_unused_codes_of_all_users_are_removed(world: World) -> None:
    codes = [stored_code(world), stored_code(world), stored_code(world, used_at=LATER)]

    world.repositories.authorization_codes.remove_all_pending()

    assert [found_code(world, code) for code in codes] == [None, None, codes[-1]]


def test_the_unused_codes_of_a_browser_are_removed(world: World) -> None:
    pending, used = stored_code(world), stored_code(world, used_at=LATER)
    elsewhere = stored_code(world, authentication=None)

    world.repositories.authorization_codes.remove_pending_in(BROWSER)

    codes = (pending, used, elsewhere)
    assert [found_code(world, code) for code in codes] == [None, used, elsewhere]
