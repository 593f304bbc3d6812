"""What every store of codes promises, and of what clients have pushed."""

from dataclasses import replace
from datetime import timedelta

from accounts.domain.access import UserId
from accounts.domain.oauth.entities.authorizations import (
    AuthorizationCode,
    Permission,
    PushedRequest,
)
from tests.accounts.letting_in import a_code, a_request, has_client
from tests.support.builders import NOON
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
NOBODYS = "0" * 64


def kept_code(world: World, **parts: object) -> AuthorizationCode:
    code = a_code(has_client(world), world.has_user(), **parts)
    world.repositories.authorization_codes.add(code)
    return code


def found_code(world: World, code: AuthorizationCode) -> AuthorizationCode | None:
    return world.repositories.authorization_codes.find_for_update(code.hash)


def a_rich_permission(user_id: UserId) -> Permission:
    return Permission(
        user_id=user_id,
        scopes=frozenset({"openid", "courses:read"}),
        resource="https://notes.example/api",
        nonce="ø" * 300,
    )


def test_a_kept_code_comes_back_equal(world: World) -> None:
    anna, client = world.has_user(), has_client(world)
    code = a_code(client, anna, permission=a_rich_permission(anna.id), used_at=LATER)
    kept_code(world)

    world.repositories.authorization_codes.add(code)

    assert world.repositories.authorization_codes.find_for_update(code.hash) == code


def test_a_code_of_somebody_who_did_not_sign_in_on_our_pages_comes_back_equal(
    world: World,
) -> None:
    code = kept_code(world, authentication=None)

    assert found_code(world, code) == code


def test_a_hash_of_no_code_finds_none(world: World) -> None:
    kept_code(world)

    assert world.repositories.authorization_codes.find_for_update(NOBODYS) is None


def test_of_a_saved_code_it_is_kept_whether_it_was_used_and_nothing_else(world: World) -> None:
    code, other = kept_code(world), kept_code(world)
    changed = replace(code, used_at=LATER, redirect_uri="https://evil.example", expires_at=LATER)

    world.repositories.authorization_codes.save(changed)

    assert found_code(world, code) == replace(code, used_at=LATER)
    assert found_code(world, other) == other


def test_expired_codes_are_forgotten_and_counted(world: World) -> None:
    old = [kept_code(world, expires_at=NOON - SECOND) for _ in range(2)]
    young = kept_code(world, expires_at=NOON)

    count = world.repositories.authorization_codes.remove_expired(before=NOON)

    assert count == 2
    assert [found_code(world, code) for code in (*old, young)] == [None, None, young]


def kept_request(world: World, **parts: object) -> PushedRequest:
    request = a_request(has_client(world), **parts)
    world.repositories.pushed_requests.add(request)
    return request


def found_request(world: World, request: PushedRequest) -> PushedRequest | None:
    return world.repositories.pushed_requests.find(request.hash, request.client_pk)


def test_a_pushed_request_comes_back_equal(world: World) -> None:
    request = a_request(has_client(world), parameters={"scope": "openid", "claims": '{"å": 1}'})
    kept_request(world)

    world.repositories.pushed_requests.add(request)

    assert world.repositories.pushed_requests.find(request.hash, request.client_pk) == request


def test_a_pushed_request_is_found_by_the_client_that_has_pushed_it_alone(world: World) -> None:
    request, other = kept_request(world), has_client(world)

    assert world.repositories.pushed_requests.find(request.hash, other.id) is None
    assert world.repositories.pushed_requests.find(NOBODYS, request.client_pk) is None


def test_of_a_saved_request_it_is_kept_that_its_browser_has_come(world: World) -> None:
    request, other = kept_request(world), kept_request(world)
    opened = request.opened(until=LATER)

    world.repositories.pushed_requests.save(opened)

    assert found_request(world, request) == opened
    assert found_request(world, other) == other


def test_a_pushed_request_is_forgotten_once_and_no_other(world: World) -> None:
    request, other = kept_request(world), kept_request(world)

    first = world.repositories.pushed_requests.remove(request.hash)
    second = world.repositories.pushed_requests.remove(request.hash)

    assert (first, second) == (True, False)
    assert found_request(world, request) is None
    assert found_request(world, other) == other


def test_expired_requests_are_forgotten_and_counted(world: World) -> None:
    old = [kept_request(world, expires_at=NOON - SECOND) for _ in range(2)]
    young = kept_request(world, expires_at=NOON)

    count = world.repositories.pushed_requests.remove_expired(before=NOON)

    assert count == 2
    assert [found_request(world, request) for request in (*old, young)] == [None, None, young]
