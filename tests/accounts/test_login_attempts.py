"""Login attempts: back-off after failures, without locking the owner out."""

from dataclasses import dataclass
from functools import partial
from threading import Thread

import pytest

from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import PasswordsBusy
from accounts.domain.identity.services.login_attempts import KNOWN_FOR
from accounts.domain.identity.services.sign_in import SignInService
from tests.accounts.hashing import WEAK, WatchedHasher
from tests.accounts.limiting import is_wrong, limited, wait_of
from tests.support.blocks import Oops
from tests.support.patience import PATIENCE
from tests.support.worlds import World

EMAIL = "anna@school.example"
PASSWORD = "a long walk home"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


@dataclass(frozen=True)
class Attempts:
    """Login attempts at one account from one client IP address."""

    service: SignInService
    email: str = EMAIL
    client_ip: str | None = ELSEWHERE

    def sign_in(self, password: str = PASSWORD) -> User:
        return self.service.authenticate(
            email=self.email, password=password, client_ip=self.client_ip
        )

    def fail(self) -> User:
        return self.sign_in("a wrong password")

    def fail_times(self, times: int = 1) -> None:
        for _ in range(times):
            is_wrong(self.fail)


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD))


def attempts(world: World, email: str = EMAIL, client_ip: str | None = ELSEWHERE) -> Attempts:
    return Attempts(limited(world).sign_in, email, client_ip)


@pytest.mark.parametrize("email", [EMAIL, "nobody@school.example"])
@pytest.mark.parametrize("client_ip", [ELSEWHERE, None])
def test_after_five_failed_attempts_each_further_one_doubles_the_wait(
    memory: World, anna: User, email: str, client_ip: str | None
) -> None:
    series = attempts(memory, email, client_ip)
    series.fail_times(5)

    waits = []
    for _ in range(12):
        waits.append(wait_of(series.fail))
        memory.clock.go_on(seconds=waits[-1])
        series.fail_times()

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_the_right_password_has_to_wait_too(memory: World, anna: User) -> None:
    series = attempts(memory)
    series.fail_times(5)

    assert wait_of(series.sign_in) == 1
    memory.clock.go_on(seconds=1)
    assert series.sign_in() == anna


def test_an_attempt_that_comes_too_early_is_not_checked(memory: World, anna: User) -> None:
    hasher = WatchedHasher(WEAK)
    series = Attempts(limited(memory, hasher=hasher).sign_in)
    series.fail_times(5)

    wait_of(series.fail)
    wait_of(series.sign_in)

    assert len(hasher.verified) == 5


def test_a_successful_attempt_ends_the_streak(memory: World, anna: User) -> None:
    series = attempts(memory)
    series.fail_times(4)

    series.sign_in()

    series.fail_times(5)
    assert wait_of(series.fail) == 1


def test_a_streak_ends_after_15_minutes_without_an_attempt(memory: World, anna: User) -> None:
    series = attempts(memory)
    series.fail_times(4)

    memory.clock.go_on(minutes=15)

    series.fail_times(5)
    assert wait_of(series.fail) == 1


def test_an_account_has_one_streak_whatever_the_case_of_its_email(
    memory: World, anna: User
) -> None:
    attempts(memory).fail_times(3)
    attempts(memory, "Anna@School.EXAMPLE").fail_times(2)

    assert wait_of(attempts(memory).fail) == 1


def test_an_account_has_one_streak_for_all_unknown_addresses(memory: World, anna: User) -> None:
    for number in range(5):
        attempts(memory, client_ip=f"198.51.100.{number}").fail_times()

    assert wait_of(attempts(memory, client_ip="198.51.100.99").fail) == 1


def test_other_accounts_are_not_affected(memory: World, anna: User) -> None:
    bo = memory.has_user(email="bo@school.example", password_hash=WEAK.hash(PASSWORD))

    attempts(memory).fail_times(5)

    assert attempts(memory, "bo@school.example").sign_in() == bo


def test_the_right_password_of_an_inactive_user_is_a_failed_attempt(memory: World) -> None:
    memory.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD), is_active=False)

    for _ in range(5):
        is_wrong(attempts(memory).sign_in)

    assert wait_of(attempts(memory).sign_in) == 1


def test_attempts_from_elsewhere_do_not_lock_the_owner_out(memory: World, anna: User) -> None:
    attempts(memory, client_ip=HOME).sign_in()

    attempts(memory).fail_times(5)

    assert wait_of(attempts(memory).sign_in) == 1
    assert attempts(memory, client_ip=HOME).sign_in() == anna


def test_a_sign_in_from_a_known_address_does_not_end_the_streak_of_others(
    memory: World, anna: User
) -> None:
    attempts(memory, client_ip=HOME).sign_in()
    attempts(memory).fail_times(5)

    attempts(memory, client_ip=HOME).sign_in()

    assert wait_of(attempts(memory).fail) == 1


def test_attempts_from_a_known_address_back_off_too(memory: World, anna: User) -> None:
    home = attempts(memory, client_ip=HOME)
    home.sign_in()

    home.fail_times(5)

    assert wait_of(home.sign_in) == 1
    assert attempts(memory).sign_in() == anna


def test_an_address_is_known_to_one_account_only(memory: World, anna: User) -> None:
    memory.has_user(email="bo@school.example", password_hash=WEAK.hash(PASSWORD))
    attempts(memory, "bo@school.example", HOME).sign_in()

    attempts(memory).fail_times(5)

    assert wait_of(attempts(memory, client_ip=HOME).sign_in) == 1


def test_a_failed_attempt_does_not_make_an_address_known(memory: World, anna: User) -> None:
    attempts(memory, client_ip=HOME).fail_times()

    attempts(memory).fail_times(4)

    assert wait_of(attempts(memory, client_ip=HOME).sign_in) == 1


def test_an_address_is_known_for_30_days_after_the_last_sign_in(memory: World, anna: User) -> None:
    home = attempts(memory, client_ip=HOME)
    home.sign_in()
    memory.clock.at += KNOWN_FOR
    home.sign_in()
    memory.clock.at += KNOWN_FOR
    attempts(memory).fail_times(5)
    assert home.sign_in() == anna

    memory.clock.at += KNOWN_FOR
    memory.clock.go_on(seconds=1)

    attempts(memory).fail_times(5)
    assert wait_of(home.sign_in) == 1


def test_registering_makes_the_address_known(memory: World) -> None:
    sign_in = limited(memory).sign_in
    sign_in.register(email="Anna@School.example", name="Anna", password=PASSWORD, client_ip=HOME)

    attempts(memory).fail_times(5)

    assert attempts(memory, client_ip=HOME).sign_in().email == EMAIL


@pytest.mark.parametrize("client_ip", [HOME, ELSEWHERE])
def test_an_attempt_refused_as_busy_does_not_count(
    memory: World, anna: User, client_ip: str
) -> None:
    attempts(memory, client_ip=HOME).sign_in()
    busy = Attempts(
        limited(memory, hasher=WatchedHasher(WEAK, meanwhile=_refuse)).sign_in, EMAIL, client_ip
    )
    series = attempts(memory, client_ip=client_ip)
    series.fail_times(4)

    for _ in range(9):
        with pytest.raises(PasswordsBusy):
            busy.sign_in()

    series.fail_times(1)
    assert wait_of(series.fail) == 1


def test_an_attempt_refused_as_busy_does_not_prolong_the_wait(memory: World, anna: User) -> None:
    series = attempts(memory)
    busy = Attempts(limited(memory, hasher=WatchedHasher(WEAK, meanwhile=_refuse)).sign_in)
    series.fail_times(5)
    memory.clock.go_on(seconds=1)

    with pytest.raises(PasswordsBusy):
        busy.sign_in()

    assert series.sign_in() == anna


def test_an_attempt_that_fails_unexpectedly_counts(memory: World, anna: User) -> None:
    broken = Attempts(limited(memory, hasher=WatchedHasher(WEAK, meanwhile=_break)).sign_in)

    for _ in range(5):
        with pytest.raises(Oops):
            broken.sign_in()

    assert wait_of(attempts(memory).sign_in) == 1


def test_concurrent_attempts_count(memory: World, anna: User) -> None:
    waits: list[int] = []

    def fail(*, others: int) -> None:
        """Make a failed attempt that starts so many others while it is checked."""
        meanwhile = partial(fail, others=others - 1) if others else attempt_too_early
        hasher = WatchedHasher(WEAK, meanwhile=meanwhile)
        is_wrong(Attempts(limited(memory, hasher=hasher).sign_in).fail)

    def attempt_too_early() -> None:
        waits.append(wait_of(attempts(memory).fail))

    fail(others=4)

    assert waits == [1]


def test_others_are_served_while_a_password_is_checked(memory: World, anna: User) -> None:
    def serve_another() -> None:
        bo = attempts(memory, "bo@school.example")
        another = Thread(target=bo.fail_times, daemon=True)
        another.start()
        another.join(timeout=PATIENCE)
        assert not another.is_alive()

    watched = WatchedHasher(WEAK, meanwhile=serve_another)

    assert Attempts(limited(memory, hasher=watched).sign_in).sign_in() == anna


def _refuse() -> None:
    raise PasswordsBusy(retry_after=1)


def _break() -> None:
    raise Oops
