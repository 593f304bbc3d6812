"""Repository contracts of device codes and logout notices."""

from dataclasses import replace
from datetime import timedelta

from accounts.domain.oauth.entities.authorizations import DeviceStatus
from tests.accounts.granting import BROWSER, HOW, a_device, has_client
from tests.accounts.stored_grants import found_device, stored_device
from tests.support.builders import NOON
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
NOBODYS = "0" * 64


def test_a_stored_device_is_returned_unchanged(world: World) -> None:
    stored_device(world)
    device = a_device(has_client(world), scopes=frozenset({"openid", "courses:read"}))

    world.repositories.device_codes.add(device)

    assert world.repositories.device_codes.find_for_update(device.hash) == device
    assert world.repositories.device_codes.find_by_user_code(device.user_code_hash) == device


def test_an_unknown_hash_finds_no_device(world: World) -> None:
    device = stored_device(world)

    assert world.repositories.device_codes.find_for_update(device.user_code_hash) is None
    assert world.repositories.device_codes.find_by_user_code(device.hash) is None


def test_a_saved_device_replaces_the_stored_one_and_no_other(world: World) -> None:
    anna, device, other = world.has_user(), stored_device(world), stored_device(world)
    changed = replace(
        device.decided(DeviceStatus.ALLOWED, user_id=anna.id, authentication=HOW),
        interval_seconds=15,
        polled_at=LATER,
    )

    world.repositories.device_codes.save(changed)

    assert found_device(world, device) == changed
    assert found_device(world, other) == other


def test_a_device_is_deleted_and_no_other(world: World) -> None:
    device, other = stored_device(world), stored_device(world)

    world.repositories.device_codes.remove(device.hash)

    assert found_device(world, device) is None
    assert world.repositories.device_codes.find_by_user_code(device.user_code_hash) is None
    assert found_device(world, other) == other


def test_the_devices_of_a_user_are_removed(world: World) -> None:
    anna, client = world.has_user(), has_client(world)
    decided = {"status": DeviceStatus.ALLOWED, "user_id": anna.id}
    allowed, elsewhere = a_device(client, **decided), a_device(has_client(world), **decided)
    waiting = a_device(client)
    for device in (allowed, elsewhere, waiting):
        world.repositories.device_codes.add(device)

    world.repositories.device_codes.remove_pending(anna.id, client.id)

    devices = (allowed, elsewhere, waiting)
    assert [found_device(world, device) for device in devices] == [None, elsewhere, waiting]
    world.repositories.device_codes.remove_pending(anna.id)
    assert [found_device(world, device) for device in devices] == [None, None, waiting]


def test_the_devices_of_all_users_are_removed(world: World) -> None:
    allowed = [
        a_device(has_client(world), status=DeviceStatus.ALLOWED, user_id=world.has_user().id)
        for _ in range(2)
    ]
    waiting = stored_device(world)
    for device in allowed:
        world.repositories.device_codes.add(device)

    world.repositories.device_codes.remove_all_pending()

    devices = (*allowed, waiting)
    assert [found_device(world, device) for device in devices] == [None, None, waiting]


def test_the_devices_of_a_browser_are_removed(world: World) -> None:
    allowed, waiting = stored_device(world, authentication=HOW), stored_device(world)

    world.repositories.device_codes.remove_pending_in(BROWSER)

    assert [found_device(world, device) for device in (allowed, waiting)] == [None, waiting]
