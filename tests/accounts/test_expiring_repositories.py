"""Contract of the repositories of what expires: authorization codes, device codes and pushed requests."""

from datetime import timedelta
from typing import Any, Final

import pytest

from tests.accounts.stored_grants import (
    found_code,
    found_device,
    found_request,
    stored_code,
    stored_device,
    stored_request,
)
from tests.support.builders import NOON
from tests.support.worlds import World

KINDS: Final[dict[str, tuple[Any, Any]]] = {
    "authorization_codes": (stored_code, found_code),
    "device_codes": (stored_device, found_device),
    "pushed_requests": (stored_request, found_request),
}
"""How to store one and how to find it again, by the name of the repository."""


@pytest.mark.parametrize("repository", KINDS)
def test_expired_entities_are_deleted_and_counted(world: World, repository: str) -> None:
    store, find = KINDS[repository]
    old = [store(world, expires_at=NOON - timedelta(seconds=1)) for _ in range(2)]
    young = store(world, expires_at=NOON)

    count = getattr(world.repositories, repository).remove_expired(before=NOON)

    assert count == 2
    assert [find(world, entity) for entity in (*old, young)] == [None, None, young]
