"""Devices without a browser: they wait, somebody lets them in elsewhere, they get their tokens."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from accounts.domain.access import OPERATOR, GrantType
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.domain.oauth.entities.authorizations import DeviceCode, DeviceStatus
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.errors import DeviceNotFound
from accounts.domain.oauth.repositories.memory import InMemoryDeviceCodeRepository
from accounts.domain.oauth.services.devices import DEVICE_CODE_LIVES, StartedDevice
from accounts.domain.oauth.services.grants import DeviceAnswer
from authsvc.kernel.rate_limits import TooManyAttempts
from tests.accounts.letting_in import HOW, OPENID, has_client
from tests.accounts.limiting import POLICY, limited
from tests.support.builders import NOON
from tests.support.worlds import World


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user(name="Anna")


@pytest.fixture
def client(memory: World) -> OAuthClient:
    return has_client(memory)


@pytest.fixture
def started(memory: World, client: OAuthClient) -> StartedDevice:
    return memory.services.devices.start(client, scopes=OPENID)


def decide(world: World, started: StartedDevice, user: User, status: DeviceStatus) -> None:
    world.services.devices.decide(started.user_code, status, user_id=user.id, how=HOW)


def polled(
    world: World, client: OAuthClient, started: StartedDevice
) -> TokenPair | DeviceAnswer | None:
    """What the device gets when it asks."""
    grants = world.services.grants

    def poll() -> TokenPair | DeviceAnswer | None:
        found = grants.find_device(started.device_code, client)
        if found is None or isinstance(found, DeviceAnswer):
            return found
        return grants.redeem_device(found, client)

    return grants.atomically(poll)


def test_a_started_device_shows_a_code_that_people_can_type(started: StartedDevice) -> None:
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", started.user_code)
    assert (started.expires_in_seconds, started.interval_seconds) == (600, 5)
    assert len(started.device_code) >= 43, "which is 256 bits"


def test_a_started_device_prints_none_of_its_codes(started: StartedDevice) -> None:
    assert started.user_code not in repr(started)
    assert started.device_code not in repr(started)


def test_every_device_has_codes_of_its_own(memory: World, client: OAuthClient) -> None:
    started = [memory.services.devices.start(client, scopes=OPENID) for _ in range(5)]

    assert len({device.user_code for device in started}) == 5
    assert len({device.device_code for device in started}) == 5


@pytest.mark.parametrize(
    "typed",
    [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:3]} {code[3:]}\n"],
)
def test_a_device_waits_under_its_code_however_that_is_typed(
    memory: World,
    anna: User,
    client: OAuthClient,
    started: StartedDevice,
    typed: Callable[[str], str],
) -> None:
    device, its_client = memory.services.devices.waiting(typed(started.user_code), user_id=anna.id)

    assert its_client == client
    assert (device.client_pk, device.scopes) == (client.id, OPENID)
    assert (device.status, device.expires_at) == (DeviceStatus.PENDING, NOON + DEVICE_CODE_LIVES)


def wrong(world: World, started: StartedDevice, anna: User) -> str:
    return "BBBB-BBBB"


def of_the_device(world: World, started: StartedDevice, anna: User) -> str:
    return started.device_code


def old(world: World, started: StartedDevice, anna: User) -> str:
    world.clock.at += DEVICE_CODE_LIVES
    return started.user_code


def let_in(world: World, started: StartedDevice, anna: User) -> str:
    decide(world, started, anna, DeviceStatus.ALLOWED)
    return started.user_code


def denied(world: World, started: StartedDevice, anna: User) -> str:
    decide(world, started, anna, DeviceStatus.DENIED)
    return started.user_code


def of_a_removed_client(world: World, started: StartedDevice, anna: User) -> str:
    _, client = world.services.devices.waiting(started.user_code, user_id=anna.id)
    world.services.clients.remove(client.id, by=OPERATOR)
    return started.user_code


@pytest.mark.parametrize(
    "code_of", [wrong, of_the_device, old, let_in, denied, of_a_removed_client]
)
def test_no_device_waits_under_a_code_that_is(
    memory: World,
    anna: User,
    started: StartedDevice,
    code_of: Callable[[World, StartedDevice, User], str],
) -> None:
    user_code = code_of(memory, started, anna)

    with pytest.raises(DeviceNotFound):
        memory.services.devices.waiting(user_code, user_id=anna.id)
    with pytest.raises(DeviceNotFound):
        memory.services.devices.decide(user_code, DeviceStatus.ALLOWED, user_id=anna.id, how=HOW)


@dataclass(frozen=True, slots=True)
class OvertakenDevices(InMemoryDeviceCodeRepository):
    """Somebody else is quicker: when the device is locked, he has made of it what `meanwhile` says."""

    meanwhile: Callable[[DeviceCode], DeviceCode | None] = lambda device: device

    def find_for_update(self, code_hash: str) -> DeviceCode | None:
        return self.meanwhile(self.store[code_hash])


@pytest.mark.parametrize(
    "meanwhile", [lambda device: replace(device, status=DeviceStatus.DENIED), lambda _: None]
)
def test_of_two_who_decide_at_once_the_second_finds_no_device(
    memory: World, anna: User, meanwhile: Callable[[DeviceCode], DeviceCode | None]
) -> None:
    devices = OvertakenDevices(meanwhile=meanwhile)
    service = replace(memory.services.devices, devices=devices)
    started = service.start(has_client(memory), scopes=OPENID)

    with pytest.raises(DeviceNotFound):
        service.decide(started.user_code, DeviceStatus.ALLOWED, user_id=anna.id, how=HOW)

    (kept,) = devices.store.values()
    assert kept.status is DeviceStatus.PENDING


def test_nobody_guesses_codes_for_long(memory: World, anna: User, client: OAuthClient) -> None:
    services, bo = limited(memory), memory.has_user(name="Bo")
    started = services.devices.start(client, scopes=OPENID)
    for _ in range(POLICY.limit(LimitName.DEVICE).most):
        with pytest.raises(DeviceNotFound):
            services.devices.waiting("BBBB-BBBB", user_id=anna.id)

    with pytest.raises(TooManyAttempts):
        services.devices.waiting(started.user_code, user_id=anna.id)
    with pytest.raises(TooManyAttempts):
        services.devices.decide(started.user_code, DeviceStatus.ALLOWED, user_id=anna.id, how=HOW)
    assert services.devices.waiting(started.user_code, user_id=bo.id)


def test_a_device_that_was_let_in_gets_its_tokens(
    memory: World, anna: User, client: OAuthClient, started: StartedDevice
) -> None:
    decide(memory, started, anna, DeviceStatus.ALLOWED)
    memory.clock.at += timedelta(seconds=1)

    tokens = polled(memory, client, started)

    assert isinstance(tokens, TokenPair)
    claims = memory.services.ports.access_tokens.verify(tokens.access_token, at=memory.clock.now())
    session = memory.repositories.sessions.get_for_update(claims.session_id)
    assert (session.user_id, session.client_id) == (anna.id, client.client_id)
    assert (session.scopes, session.authentication) == (OPENID, HOW)
    assert session.started_at == NOON + timedelta(seconds=1)
    assert (
        session.expires_at - session.started_at == memory.services.ports.session_policy.ends_after
    )
    assert memory.services.tokens.introspect(tokens.refresh_token, client_id=client.client_id)


def test_a_device_gets_tokens_once(
    memory: World, anna: User, client: OAuthClient, started: StartedDevice
) -> None:
    decide(memory, started, anna, DeviceStatus.ALLOWED)
    polled(memory, client, started)

    assert polled(memory, client, started) is None


def test_a_device_whose_client_may_not_refresh_gets_no_refresh_token(
    memory: World, anna: User
) -> None:
    client = has_client(memory, grant_types=frozenset({GrantType.DEVICE_CODE}))
    started = memory.services.devices.start(client, scopes=OPENID)
    decide(memory, started, anna, DeviceStatus.ALLOWED)

    tokens = polled(memory, client, started)

    assert isinstance(tokens, TokenPair)
    assert tokens.refresh_token == ""


def test_a_device_waits_until_somebody_decides(
    memory: World, client: OAuthClient, started: StartedDevice
) -> None:
    answers = []
    for _ in range(3):
        answers.append(polled(memory, client, started))
        memory.clock.go_on(seconds=5)

    assert answers == [DeviceAnswer.PENDING] * 3


def test_a_device_that_asks_too_soon_has_to_slow_down(
    memory: World, client: OAuthClient, started: StartedDevice
) -> None:
    answers = []
    for wait in (0, 4, 9, 15, 14, 20):
        memory.clock.go_on(seconds=wait)
        answers.append(polled(memory, client, started))

    slow, pending = DeviceAnswer.SLOW_DOWN, DeviceAnswer.PENDING
    assert answers == [pending, slow, slow, pending, slow, pending]


def test_a_device_that_was_not_let_in_is_told_so(
    memory: World, anna: User, client: OAuthClient, started: StartedDevice
) -> None:
    decide(memory, started, anna, DeviceStatus.DENIED)

    assert polled(memory, client, started) is DeviceAnswer.DENIED


def test_a_device_of_somebody_who_is_not_active_any_more_is_not_let_in(
    memory: World, anna: User, client: OAuthClient, started: StartedDevice
) -> None:
    decide(memory, started, anna, DeviceStatus.ALLOWED)
    memory.repositories.users.save(replace(anna, is_active=False))

    assert polled(memory, client, started) is DeviceAnswer.DENIED


@pytest.mark.parametrize("status", DeviceStatus)
def test_a_device_that_is_too_late_is_told_so(
    memory: World, anna: User, client: OAuthClient, started: StartedDevice, status: DeviceStatus
) -> None:
    if status is not DeviceStatus.PENDING:
        decide(memory, started, anna, status)
    memory.clock.at += DEVICE_CODE_LIVES

    assert polled(memory, client, started) is DeviceAnswer.EXPIRED


def test_a_device_of_another_client_is_not_found(
    memory: World, anna: User, client: OAuthClient, started: StartedDevice
) -> None:
    decide(memory, started, anna, DeviceStatus.ALLOWED)

    assert polled(memory, has_client(memory), started) is None
    assert isinstance(polled(memory, client, started), TokenPair)


def test_devices_are_forgotten_when_nobody_is_told_of_them_any_more(
    memory: World, client: OAuthClient, started: StartedDevice
) -> None:
    memory.clock.at += 2 * DEVICE_CODE_LIVES
    early = memory.services.devices.remove_expired()
    memory.clock.at += timedelta(seconds=1)
    late = memory.services.devices.remove_expired()

    assert (early, late) == (0, 1)
    assert polled(memory, client, started) is None
