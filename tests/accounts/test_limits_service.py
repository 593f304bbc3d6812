"""Limits of attempts, and what is stored of them."""

from datetime import datetime

import pytest

from accounts.domain.identity.errors import InvalidCredentials, PasswordsBusy
from accounts.domain.identity.services.login_attempts import (
    KNOWN_FOR,
    LAST_SEEN_PRECISION,
    LimitName,
    LoginAttempts,
    Secret,
)
from authsvc.kernel.errors import DomainError
from authsvc.kernel.rate_limits import TooManyAttempts
from tests.accounts.hashing import WEAK
from tests.accounts.limiting import POLICY, is_wrong, limited
from tests.support.blocks import Oops
from tests.support.worlds import World

HOME, OFFICE = "192.0.2.1", "198.51.100.1"
EMAIL, BO = "anna@school.example", "bo@school.example"
PASSWORD = "a long walk home"
# Of messages to a host there are too many to count one by one; tests of webhooks count fewer.
WITHIN_A_PERIOD = [
    name
    for name in LimitName
    if not POLICY.limit(name).backs_off and name is not LimitName.WEBHOOK_TO_HOST
]


@pytest.fixture
def limits(memory: World) -> LoginAttempts:
    return limited(memory).limits


def has_tried(limits: LoginAttempts, name: LimitName, subject: str = HOME) -> None:
    """Make all allowed attempts."""
    for _ in range(POLICY.limit(name).most):
        limits.count(name, subject).require()


def fail(
    limits: LoginAttempts,
    account: str = EMAIL,
    client_ip: str = HOME,
    *,
    secret: Secret = Secret.PASSWORD,
    times: int = 1,
) -> None:
    for _ in range(times):
        with pytest.raises(Oops), limits.attempt(account, client_ip=client_ip, secret=secret):
            raise Oops


def sign_in(limits: LoginAttempts) -> None:
    with limits.attempt(EMAIL, client_ip=HOME):
        pass


def last_seen(world: World) -> datetime:
    (seen_at,) = world.repositories.known_addresses.store.values()  # type: ignore[attr-defined]  # the store of the in-memory repository
    moment: datetime = seen_at
    return moment


@pytest.mark.parametrize("name", WITHIN_A_PERIOD)
def test_attempts_beyond_the_policy_are_refused_until_the_period_is_over(
    memory: World, limits: LoginAttempts, name: LimitName
) -> None:
    has_tried(limits, name)

    with pytest.raises(TooManyAttempts):
        limits.count(name, HOME).require()

    memory.clock.at += POLICY.limit(name).period
    assert limits.count(name, HOME).is_allowed


def test_limits_are_counted_separately(limits: LoginAttempts) -> None:
    has_tried(limits, LimitName.LOG_IN)

    assert limits.count(LimitName.REGISTER, HOME).is_allowed


def test_subjects_are_counted_separately(limits: LoginAttempts) -> None:
    has_tried(limits, LimitName.LOG_IN)

    assert limits.count(LimitName.LOG_IN, "192.0.2.2").is_allowed


def test_attempts_are_counted_by_secret(limits: LoginAttempts) -> None:
    fail(limits, secret=Secret.PASSWORD, times=5)

    with pytest.raises(TooManyAttempts):
        fail(limits, secret=Secret.PASSWORD)
    fail(limits, secret=Secret.CODE)


def test_an_address_is_known_for_the_secret_presented_from_it(limits: LoginAttempts) -> None:
    limits.save_known_address(EMAIL, client_ip=HOME, secret=Secret.PASSWORD)
    for secret in Secret:
        fail(limits, client_ip=OFFICE, secret=secret, times=5)

    fail(limits, secret=Secret.PASSWORD)
    with pytest.raises(TooManyAttempts):
        fail(limits, secret=Secret.CODE)


def test_attempts_are_removed_when_they_no_longer_count(
    memory: World, limits: LoginAttempts
) -> None:
    limits.count(LimitName.LOG_IN, HOME)
    limits.count(LimitName.REGISTER, HOME)

    memory.clock.go_on(minutes=1)

    assert limits.remove_expired() == 1
    assert limits.remove_expired() == 0
    assert limits.count(LimitName.REGISTER, HOME).count == 2


def test_addresses_are_removed_when_they_are_no_longer_known(
    memory: World, limits: LoginAttempts
) -> None:
    limits.save_known_address(EMAIL, client_ip=HOME)
    memory.clock.at += KNOWN_FOR
    limits.save_known_address(EMAIL, client_ip="192.0.2.2")
    assert limits.remove_expired() == 0

    memory.clock.go_on(seconds=1)

    assert limits.remove_expired() == 1
    assert limits.remove_expired() == 0


def test_nothing_stored_reveals_who_tried(memory: World, limits: LoginAttempts) -> None:
    memory.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD))
    sign_in = limited(memory).sign_in
    limits.count(LimitName.LOG_IN, HOME)
    limits.count(LimitName.TOKEN, HOME)
    sign_in.authenticate(email=EMAIL, password=PASSWORD, client_ip=HOME)
    is_wrong(lambda: sign_in.authenticate(email=EMAIL, password="wrong", client_ip=HOME))
    is_wrong(lambda: sign_in.authenticate(email="bo", password="wrong", client_ip=HOME))

    keys = [*memory.repositories.limits.store, *memory.repositories.known_addresses.store]  # type: ignore[attr-defined]  # stores of in-memory repositories

    assert len(keys) == 5
    assert all(len(key) == 64 and int(key, 16) for key in keys)


def test_a_class_can_sign_in_behind_one_address(memory: World, limits: LoginAttempts) -> None:
    for number in range(2 * POLICY.log_ins_per_minute):
        state = limits.count(LimitName.LOG_IN, HOME)
        assert state.is_allowed
        account = f"learner-{number}@school.example"
        with limits.attempt(account, client_ip=HOME, address_limit=state):
            pass

    assert limits.count(LimitName.LOG_IN, HOME).count == 1


def test_only_a_wrong_password_of_an_unknown_account_stays_charged_to_the_address(
    limits: LoginAttempts,
) -> None:
    sign_in(limits)

    def charged_by(account: str, error: DomainError) -> int:
        before = limits.count(LimitName.LOG_IN, HOME)
        state = limits.count(LimitName.LOG_IN, HOME)
        with (
            pytest.raises(type(error)),
            limits.attempt(account, client_ip=HOME, address_limit=state),
        ):
            raise error
        return limits.count(LimitName.LOG_IN, HOME).count - before.count - 1

    assert charged_by("nobody", InvalidCredentials()) == 1
    assert charged_by("nobody", PasswordsBusy(retry_after=1)) == 0
    assert charged_by(EMAIL, InvalidCredentials()) == 0


def test_an_exhausted_address_limits_unknown_accounts_alone(limits: LoginAttempts) -> None:
    sign_in(limits)
    for _ in range(POLICY.log_ins_per_minute + 1):
        state = limits.count(LimitName.LOG_IN, HOME)

    with limits.attempt(EMAIL, client_ip=HOME, address_limit=state):
        pass
    with (
        pytest.raises(TooManyAttempts),
        limits.attempt("nobody", client_ip=HOME, address_limit=state),
    ):
        pass

    assert not limits.count(LimitName.LOG_IN, HOME).is_allowed


def test_the_right_code_refunds_no_log_in(limits: LoginAttempts) -> None:
    limits.count(LimitName.LOG_IN, HOME)

    with limits.attempt(EMAIL, client_ip=HOME, secret=Secret.CODE):
        pass

    assert limits.count(LimitName.LOG_IN, HOME).count == 2


def test_a_known_address_is_saved_once_a_day(memory: World, limits: LoginAttempts) -> None:
    sign_in(limits)
    memory.clock.at += LAST_SEEN_PRECISION
    sign_in(limits)
    first = last_seen(memory)
    memory.clock.go_on(seconds=1)
    sign_in(limits)

    assert last_seen(memory) == memory.clock.at != first
