"""Contract of the repositories of what expires: codes of clients, devices and wallets, and pushed requests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.accounts.stored_grants import (
    found_code,
    found_device,
    found_request,
    found_wallet_code,
    stored_code,
    stored_device,
    stored_request,
    stored_wallet_code,
)
from tests.support.builders import NOON
from tests.support.worlds import World

Kind = tuple[Callable[..., Any], Callable[[World, Any], Any], Callable[[World], int]]
KINDS: Final[dict[str, Kind]] = {
    "code": (
        stored_code,
        found_code,
        lambda world: world.repositories.authorization_codes.remove_expired(before=NOON),
    ),
    "device": (
        stored_device,
        found_device,
        lambda world: world.repositories.device_codes.remove_expired(before=NOON),
    ),
    "request": (
        stored_request,
        found_request,
        lambda world: world.repositories.pushed_requests.remove_expired(before=NOON),
    ),
    "wallet": (
        stored_wallet_code,
        found_wallet_code,
        lambda world: world.repositories.pre_authorized_codes.remove_expired(before=NOON),
    ),
}
"""How to store one, to find it again, and to delete those that have expired."""


@pytest.mark.parametrize("kind", KINDS)
def test_expired_entities_are_deleted_and_counted(world: World, kind: str) -> None:
    store, find, remove_expired = KINDS[kind]
    old = [store(world, expires_at=NOON - timedelta(seconds=1)) for _ in range(2)]
    young = store(world, expires_at=NOON)

    count = remove_expired(world)

    assert count == 2
    assert [find(world, entity) for entity in (*old, young)] == [None, None, young]
