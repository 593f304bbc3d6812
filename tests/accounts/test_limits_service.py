"""How often people may try, and what is kept of it."""

from datetime import datetime

import pytest

from accounts.domain.identity.services.login_attempts import (
    KNOWN_FOR,
    LAST_SEEN_PRECISION,
    LimitName,
    LoginAttempts,
    Secret,
)
from authsvc.kernel.rate_limits import TooManyAttempts
from tests.accounts.hashing import WEAK
from tests.accounts.limiting import POLICY, is_wrong, limited
from tests.support.blocks import Oops
from tests.support.worlds import World

HOME, OFFICE = "192.0.2.1", "198.51.100.1"
EMAIL, BO = "anna@school.example", "bo@school.example"
PASSWORD = "a long walk home"
WITHIN_A_PERIOD = [name for name in LimitName if not POLICY.limit(name).backs_off]


@pytest.fixture
def limits(memory: World) -> LoginAttempts:
    return limited(memory).limits


def has_tried(limits: LoginAttempts, name: LimitName, subject: str = HOME) -> None:
    """Try as often as one may."""
    for _ in range(POLICY.limit(name).most):
        limits.count(name, subject).require()


def guess_wrong(
    limits: LoginAttempts,
    account: str = EMAIL,
    address: str = HOME,
    *,
    secret: Secret = Secret.PASSWORD,
    times: int = 1,
) -> None:
    for _ in range(times):
        with pytest.raises(Oops), limits.attempt(account, address=address, secret=secret):
            raise Oops


def enter(limits: LoginAttempts) -> None:
    with limits.attempt(EMAIL, address=HOME):
        pass


def familiar_since(world: World) -> datetime:
    (seen_at,) = world.repositories.known_addresses.store.values()  # type: ignore[attr-defined]  # that in memory
    moment: datetime = seen_at
    return moment


@pytest.mark.parametrize("name", WITHIN_A_PERIOD)
def test_as_much_as_the_policy_says_is_let_in_and_the_rest_refused_until_the_period_is_over(
    memory: World, limits: LoginAttempts, name: LimitName
) -> None:
    has_tried(limits, name)

    with pytest.raises(TooManyAttempts):
        limits.count(name, HOME).require()

    memory.clock.at += POLICY.limit(name).period
    assert limits.count(name, HOME).is_let_in


def test_each_limit_is_counted_by_itself(limits: LoginAttempts) -> None:
    has_tried(limits, LimitName.LOG_IN)

    assert limits.count(LimitName.REGISTER, HOME).is_let_in


def test_each_subject_is_counted_by_itself(limits: LoginAttempts) -> None:
    has_tried(limits, LimitName.LOG_IN)

    assert limits.count(LimitName.LOG_IN, "192.0.2.2").is_let_in


def test_each_secret_of_an_account_is_guessed_by_itself(limits: LoginAttempts) -> None:
    guess_wrong(limits, secret=Secret.PASSWORD, times=5)

    with pytest.raises(TooManyAttempts):
        guess_wrong(limits, secret=Secret.PASSWORD)
    guess_wrong(limits, secret=Secret.CODE)


def test_an_address_is_familiar_for_the_secret_that_was_known_there(limits: LoginAttempts) -> None:
    limits.save_known_address(EMAIL, address=HOME, secret=Secret.PASSWORD)
    for secret in Secret:
        guess_wrong(limits, address=OFFICE, secret=secret, times=5)

    guess_wrong(limits, secret=Secret.PASSWORD)
    with pytest.raises(TooManyAttempts):
        guess_wrong(limits, secret=Secret.CODE)


def test_attempts_are_forgotten_when_they_count_no_longer(
    memory: World, limits: LoginAttempts
) -> None:
    limits.count(LimitName.LOG_IN, HOME)
    limits.count(LimitName.REGISTER, HOME)

    memory.clock.go_on(minutes=1)

    assert limits.remove_expired() == 1
    assert limits.remove_expired() == 0
    assert limits.count(LimitName.REGISTER, HOME).count == 2


def test_addresses_are_forgotten_when_they_are_familiar_no_longer(
    memory: World, limits: LoginAttempts
) -> None:
    limits.save_known_address(EMAIL, address=HOME)
    memory.clock.at += KNOWN_FOR
    limits.save_known_address(EMAIL, address="192.0.2.2")
    assert limits.remove_expired() == 0

    memory.clock.go_on(seconds=1)

    assert limits.remove_expired() == 1
    assert limits.remove_expired() == 0


def test_nothing_is_kept_that_tells_who_tried(memory: World, limits: LoginAttempts) -> None:
    memory.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD))
    sessions = limited(memory).sessions
    limits.count(LimitName.LOG_IN, HOME)
    limits.count(LimitName.TOKEN, HOME)
    sessions.authenticate(email=EMAIL, password=PASSWORD, address=HOME)
    is_wrong(lambda: sessions.authenticate(email=EMAIL, password="wrong", address=HOME))
    is_wrong(lambda: sessions.authenticate(email="bo", password="wrong", address=HOME))

    kept = [*memory.repositories.limits.store, *memory.repositories.known_addresses.store]  # type: ignore[attr-defined]  # those in memory

    assert len(kept) == 5
    assert all(len(key) == 64 and int(key, 16) for key in kept)


def test_a_class_may_sign_in_behind_one_address(memory: World, limits: LoginAttempts) -> None:
    for number in range(2 * POLICY.log_ins_per_minute):
        assert limits.count(LimitName.LOG_IN, HOME).is_let_in
        with limits.attempt(f"learner-{number}@school.example", address=HOME):
            pass

    assert limits.count(LimitName.LOG_IN, HOME).count == 1


def test_a_right_code_gives_no_log_in_back(limits: LoginAttempts) -> None:
    limits.count(LimitName.LOG_IN, HOME)

    with limits.attempt(EMAIL, address=HOME, secret=Secret.CODE):
        pass

    assert limits.count(LimitName.LOG_IN, HOME).count == 2


def test_a_familiar_address_is_noted_once_a_day(memory: World, limits: LoginAttempts) -> None:
    enter(limits)
    memory.clock.at += LAST_SEEN_PRECISION
    enter(limits)
    first = familiar_since(memory)
    memory.clock.go_on(seconds=1)
    enter(limits)

    assert familiar_since(memory) == memory.clock.at != first
