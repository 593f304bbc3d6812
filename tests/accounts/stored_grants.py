"""Stored authorization codes, device codes and pushed requests, and reading them again."""

from accounts.domain.oauth.entities.authorizations import (
    AuthorizationCode,
    DeviceCode,
    PreAuthorizedCode,
    PushedRequest,
)
from tests.accounts.granting import a_code, a_device, a_request, a_wallet_code, has_client
from tests.support.worlds import World


def stored_code(world: World, **parts: object) -> AuthorizationCode:
    code = a_code(has_client(world), world.has_user(), **parts)
    world.repositories.authorization_codes.add(code)
    return code


def found_code(world: World, code: AuthorizationCode) -> AuthorizationCode | None:
    return world.repositories.authorization_codes.find_for_update(code.hash)


def stored_request(world: World, **parts: object) -> PushedRequest:
    request = a_request(has_client(world), **parts)
    world.repositories.pushed_requests.add(request)
    return request


def found_request(world: World, request: PushedRequest) -> PushedRequest | None:
    return world.repositories.pushed_requests.find(request.hash, request.client_pk)


def stored_device(world: World, **parts: object) -> DeviceCode:
    device = a_device(has_client(world), **parts)
    world.repositories.device_codes.add(device)
    return device


def found_device(world: World, device: DeviceCode) -> DeviceCode | None:
    return world.repositories.device_codes.find_for_update(device.hash)


def stored_wallet_code(world: World, **parts: object) -> PreAuthorizedCode:
    code = a_wallet_code(world.has_user(), **parts)
    world.repositories.pre_authorized_codes.add(code)
    return code


def found_wallet_code(world: World, code: PreAuthorizedCode) -> PreAuthorizedCode | None:
    return world.repositories.pre_authorized_codes.find_for_update(code.hash)
