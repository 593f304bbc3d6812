"""Device authorization service: a device waits, a user decides, the device gets its tokens."""

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
from tests.accounts.granting import HOW, OPENID, has_client
from tests.accounts.limiting import POLICY, limited
from tests.support.builders import NOON
from tests.support.worlds import World


@pytest.fixture
def started(memory: World, client: OAuthClient) -> StartedDevice:
    return memory.services.devices.start(client, scopes=OPENID)


def decide(world: World, started: StartedDevice, user: User, status: DeviceStatus) -> None:
    world.services.devices.decide(started.user_code, status, user_id=user.id, authentication=HOW)


def polled(
    world: World, client: OAuthClient, started: StartedDevice
) -> TokenPair | DeviceAnswer | None:
    """The result of a poll of the device."""
    grants = world.services.grants

    def poll() -> TokenPair | DeviceAnswer | None:
        device = grants.find_device(started.device_code, client)
        if device is None or isinstance(device, DeviceAnswer):
            return device
        return grants.redeem_device(device, client)

    return grants.atomically(poll)


def test_a_user_code_is_easy_to_enter(started: StartedDevice) -> None:
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", started.user_code)
    assert (started.expires_in_seconds, started.interval_seconds) == (600, 5)
    assert len(started.device_code) >= 43, "which is 256 bits"


def test_the_codes_are_not_printed(started: StartedDevice) -> None:
    assert started.user_code not in repr(started)
    assert started.device_code not in repr(started)


def test_every_device_has_its_own_codes(memory: World, client: OAuthClient) -> None:
    started = [memory.services.devices.start(client, scopes=OPENID) for _ in range(5)]

    assert len({device.user_code for device in started}) == 5
    assert len({device.device_code for device in started}) == 5


@pytest.mark.parametrize(
    "typed",
    [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:3]} {code[3:]}\n"],
)
def test_a_waiting_device_is_found_by_any_spelling_of_its_code(
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


def device_code(world: World, started: StartedDevice, anna: User) -> str:
    return started.device_code


def expired(world: World, started: StartedDevice, anna: User) -> str:
    world.clock.at += DEVICE_CODE_LIVES
    return started.user_code


def allowed(world: World, started: StartedDevice, anna: User) -> str:
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
    "code_of", [wrong, device_code, expired, allowed, denied, of_a_removed_client]
)
def test_other_codes_find_no_waiting_device(
    memory: World,
    anna: User,
    started: StartedDevice,
    code_of: Callable[[World, StartedDevice, User], str],
) -> None:
    user_code = code_of(memory, started, anna)

    with pytest.raises(DeviceNotFound):
        memory.services.devices.waiting(user_code, user_id=anna.id)
    with pytest.raises(DeviceNotFound):
        memory.services.devices.decide(
            user_code, DeviceStatus.ALLOWED, user_id=anna.id, authentication=HOW
        )


@dataclass(frozen=True, slots=True)
class OvertakenDevices(InMemoryDeviceCodeRepository):
    """A repository in which another transaction has set `meanwhile` before the device is locked."""

    meanwhile: Callable[[DeviceCode], DeviceCode | None] = lambda device: device

    def find_for_update(self, code_hash: str) -> DeviceCode | None:
        return self.meanwhile(self.store[code_hash])


@pytest.mark.parametrize(
    "meanwhile", [lambda device: replace(device, status=DeviceStatus.DENIED), lambda _: None]
)
def test_of_two_concurrent_decisions_the_second_fails(
    memory: World, anna: User, meanwhile: Callable[[DeviceCode], DeviceCode | None]
) -> None:
    devices = OvertakenDevices(meanwhile=meanwhile)
    service = replace(memory.services.devices, devices=devices)
    started = service.start(has_client(memory), scopes=OPENID)

    with pytest.raises(DeviceNotFound):
        service.decide(started.user_code, DeviceStatus.ALLOWED, user_id=anna.id, authentication=HOW)

    (stored,) = devices.store.values()
    assert stored.status is DeviceStatus.PENDING


def test_attempts_at_user_codes_are_limited(memory: World, anna: User, client: OAuthClient) -> None:
    services, bo = limited(memory), memory.has_user(name="Bo")
    started = services.devices.start(client, scopes=OPENID)
    for _ in range(POLICY.limit(LimitName.DEVICE).most):
        with pytest.raises(DeviceNotFound):
            services.devices.waiting("BBBB-BBBB", user_id=anna.id)

    with pytest.raises(TooManyAttempts):
        services.devices.waiting(started.user_code, user_id=anna.id)
    with pytest.raises(TooManyAttempts):
        services.devices.decide(
            started.user_code, DeviceStatus.ALLOWED, user_id=anna.id, authentication=HOW
        )
    assert services.devices.waiting(started.user_code, user_id=bo.id)


def test_an_allowed_device_gets_tokens(
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


def test_a_device_without_the_refresh_grant_gets_no_refresh_token(
    memory: World, anna: User
) -> None:
    client = has_client(memory, grant_types=frozenset({GrantType.DEVICE_CODE}))
    started = memory.services.devices.start(client, scopes=OPENID)
    decide(memory, started, anna, DeviceStatus.ALLOWED)

    tokens = polled(memory, client, started)

    assert isinstance(tokens, TokenPair)
    assert tokens.refresh_token == ""


def test_a_device_is_pending_until_a_user_decides(
    memory: World, client: OAuthClient, started: StartedDevice
) -> None:
    answers = []
    for _ in range(3):
        answers.append(polled(memory, client, started))
        memory.clock.go_on(seconds=5)

    assert answers == [DeviceAnswer.PENDING] * 3


def test_a_device_that_polls_too_soon_must_slow_down(
    memory: World, client: OAuthClient, started: StartedDevice
) -> None:
    answers = []
    for wait in (0, 4, 9, 15, 14, 20):
        memory.clock.go_on(seconds=wait)
        answers.append(polled(memory, client, started))

    slow, pending = DeviceAnswer.SLOW_DOWN, DeviceAnswer.PENDING
    assert answers == [pending, slow, slow, pending, slow, pending]


def test_a_denied_device_gets_access_denied(
    memory: World, anna: User, client: OAuthClient, started: StartedDevice
) -> None:
    decide(memory, started, anna, DeviceStatus.DENIED)

    assert polled(memory, client, started) is DeviceAnswer.DENIED


def test_a_device_of_a_deactivated_user_gets_access_denied(
    memory: World, anna: User, client: OAuthClient, started: StartedDevice
) -> None:
    decide(memory, started, anna, DeviceStatus.ALLOWED)
    memory.repositories.users.save(replace(anna, is_active=False))

    assert polled(memory, client, started) is DeviceAnswer.DENIED


@pytest.mark.parametrize("status", DeviceStatus)
def test_an_expired_device_gets_expired_token(
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


def test_devices_are_deleted_a_while_after_they_expire(
    memory: World, client: OAuthClient, started: StartedDevice
) -> None:
    memory.clock.at += 2 * DEVICE_CODE_LIVES
    early = memory.services.devices.remove_expired()
    memory.clock.at += timedelta(seconds=1)
    late = memory.services.devices.remove_expired()

    assert (early, late) == (0, 1)
    assert polled(memory, client, started) is None
