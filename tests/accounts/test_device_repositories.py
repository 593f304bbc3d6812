"""Repository contracts of device codes and logout notices."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from accounts.domain.oauth.entities.authorizations import DeviceStatus
from accounts.domain.oauth.entities.logouts import LogoutNotice, LogoutNoticeId
from tests.accounts.granting import BROWSER, HOW, a_device, a_notice, has_client
from tests.accounts.stored_grants import found_device, stored_device
from tests.support.builders import NOON
from tests.support.worlds import World

LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
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


def test_the_devices_of_a_browser_are_removed(world: World) -> None:
    allowed, waiting = stored_device(world, authentication=HOW), stored_device(world)

    world.repositories.device_codes.remove_pending_in(BROWSER)

    assert [found_device(world, device) for device in (allowed, waiting)] == [None, waiting]


def stored_notice(world: World, **parts: object) -> LogoutNotice:
    notice = a_notice(has_client(world), world.has_user(), **parts)
    world.repositories.logout_notices.add(notice)
    return notice


def due(world: World, *, limit: int = 9) -> list[LogoutNotice]:
    return world.repositories.logout_notices.due_for_update(at=NOON, limit=limit)


def test_a_stored_notice_is_returned_unchanged_when_it_is_due(world: World) -> None:
    now = a_notice(has_client(world), world.has_user(), due_at=NOON, failures=3)
    later = a_notice(has_client(world), world.has_user(), due_at=NOON + SECOND)

    world.repositories.logout_notices.add(now)
    world.repositories.logout_notices.add(later)

    assert world.repositories.logout_notices.due_for_update(at=NOON, limit=9) == [now]
    assert world.repositories.logout_notices.due_for_update(at=LATER, limit=9) == [now, later]


def test_due_notices_are_limited_and_oldest_first(world: World) -> None:
    notices = [stored_notice(world, due_at=NOON - SECOND * age) for age in (1, 3, 0, 2)]

    assert due(world, limit=3) == [notices[1], notices[3], notices[0]]


def test_notices_of_one_moment_are_ordered_by_id(world: World) -> None:
    ids = [LogoutNoticeId(UUID(int=number)) for number in (2**127, 1, 2**64, 2**126)]
    for notice_id in ids:
        stored_notice(world, id=notice_id)

    assert [notice.id for notice in due(world)] == sorted(ids)


def test_saving_a_notice_stores_when_it_is_due_again(world: World) -> None:
    notice, other = stored_notice(world), stored_notice(world)
    failed = notice.failed(at=NOON - timedelta(hours=1))
    assert failed is not None

    world.repositories.logout_notices.save(failed)

    assert due(world) == [failed, other]


def test_saving_a_deleted_notice_does_not_restore_it(world: World) -> None:
    notice = stored_notice(world)
    world.repositories.logout_notices.remove(notice.id)

    world.repositories.logout_notices.save(notice)

    assert due(world) == []


def test_a_notice_is_deleted_if_it_exists_and_no_other(world: World) -> None:
    notice, other = stored_notice(world), stored_notice(world)

    world.repositories.logout_notices.remove(notice.id)
    world.repositories.logout_notices.remove(notice.id)

    assert due(world) == [other]
