"""Guessing somebody's password: it gets slower and slower, and the owner is let in all the same."""

from dataclasses import dataclass
from functools import partial
from threading import Thread

import pytest

from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import PasswordsBusy
from accounts.domain.identity.services.login_attempts import KNOWN_FOR
from accounts.domain.identity.services.sessions import SessionService
from tests.accounts.hashing import WEAK, WatchedHasher
from tests.accounts.limiting import is_wrong, limited, wait_of
from tests.support.blocks import Oops
from tests.support.worlds import World

EMAIL = "anna@school.example"
PASSWORD = "a long walk home"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


@dataclass(frozen=True)
class Door:
    """Where passwords of one account are tried, from one place."""

    sessions: SessionService
    email: str = EMAIL
    address: str | None = ELSEWHERE

    def enter(self, password: str = PASSWORD) -> User:
        return self.sessions.authenticate(email=self.email, password=password, address=self.address)

    def guess(self) -> User:
        return self.enter("a wrong password")

    def guess_wrong(self, times: int = 1) -> None:
        for _ in range(times):
            is_wrong(self.guess)


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD))


def door(world: World, email: str = EMAIL, address: str | None = ELSEWHERE) -> Door:
    return Door(limited(world).sessions, email, address)


@pytest.mark.parametrize("email", [EMAIL, "nobody@school.example"])
@pytest.mark.parametrize("address", [ELSEWHERE, None])
def test_after_five_wrong_passwords_each_further_one_makes_wait_twice_as_long(
    memory: World, anna: User, email: str, address: str | None
) -> None:
    closing = door(memory, email, address)
    closing.guess_wrong(5)

    waits = []
    for _ in range(12):
        waits.append(wait_of(closing.guess))
        memory.clock.go_on(seconds=waits[-1])
        closing.guess_wrong()

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_right_password_has_to_wait_too(memory: World, anna: User) -> None:
    closing = door(memory)
    closing.guess_wrong(5)

    assert wait_of(closing.enter) == 1
    memory.clock.go_on(seconds=1)
    assert closing.enter() == anna


def test_a_guess_that_comes_too_early_is_not_looked_at(memory: World, anna: User) -> None:
    hasher = WatchedHasher(WEAK)
    closing = Door(limited(memory, hasher=hasher).sessions)
    closing.guess_wrong(5)

    wait_of(closing.guess)
    wait_of(closing.enter)

    assert len(hasher.verified) == 5


def test_a_right_password_ends_the_row(memory: World, anna: User) -> None:
    closing = door(memory)
    closing.guess_wrong(4)

    closing.enter()

    closing.guess_wrong(5)
    assert wait_of(closing.guess) == 1


def test_after_a_quarter_of_an_hour_without_a_guess_a_row_begins_anew(
    memory: World, anna: User
) -> None:
    closing = door(memory)
    closing.guess_wrong(4)

    memory.clock.go_on(minutes=15)

    closing.guess_wrong(5)
    assert wait_of(closing.guess) == 1


def test_an_account_has_one_row_whatever_the_case_of_its_address(memory: World, anna: User) -> None:
    door(memory).guess_wrong(3)
    door(memory, "Anna@School.EXAMPLE").guess_wrong(2)

    assert wait_of(door(memory).guess) == 1


def test_an_account_has_one_row_for_all_strange_addresses(memory: World, anna: User) -> None:
    for number in range(5):
        door(memory, address=f"198.51.100.{number}").guess_wrong()

    assert wait_of(door(memory, address="198.51.100.99").guess) == 1


def test_another_account_is_not_concerned(memory: World, anna: User) -> None:
    bo = memory.has_user(email="bo@school.example", password_hash=WEAK.hash(PASSWORD))

    door(memory).guess_wrong(5)

    assert door(memory, "bo@school.example").enter() == bo


def test_the_right_password_of_an_inactive_user_is_a_wrong_guess(memory: World) -> None:
    memory.has_user(email=EMAIL, password_hash=WEAK.hash(PASSWORD), is_active=False)

    for _ in range(5):
        is_wrong(door(memory).enter)

    assert wait_of(door(memory).enter) == 1


def test_nobody_elsewhere_shuts_the_owner_out(memory: World, anna: User) -> None:
    door(memory, address=HOME).enter()

    door(memory).guess_wrong(5)

    assert wait_of(door(memory).enter) == 1
    assert door(memory, address=HOME).enter() == anna


def test_the_owner_who_comes_in_does_not_end_the_row_of_others(memory: World, anna: User) -> None:
    door(memory, address=HOME).enter()
    door(memory).guess_wrong(5)

    door(memory, address=HOME).enter()

    assert wait_of(door(memory).guess) == 1


def test_guesses_from_a_familiar_address_are_slowed_as_well(memory: World, anna: User) -> None:
    home = door(memory, address=HOME)
    home.enter()

    home.guess_wrong(5)

    assert wait_of(home.enter) == 1
    assert door(memory).enter() == anna


def test_an_address_is_familiar_to_one_account_alone(memory: World, anna: User) -> None:
    memory.has_user(email="bo@school.example", password_hash=WEAK.hash(PASSWORD))
    door(memory, "bo@school.example", HOME).enter()

    door(memory).guess_wrong(5)

    assert wait_of(door(memory, address=HOME).enter) == 1


def test_whoever_guesses_wrong_does_not_become_familiar(memory: World, anna: User) -> None:
    door(memory, address=HOME).guess_wrong()

    door(memory).guess_wrong(4)

    assert wait_of(door(memory, address=HOME).enter) == 1


def test_an_address_is_familiar_for_30_days_from_the_last_time(memory: World, anna: User) -> None:
    home = door(memory, address=HOME)
    home.enter()
    memory.clock.at += KNOWN_FOR
    home.enter()
    memory.clock.at += KNOWN_FOR
    door(memory).guess_wrong(5)
    assert home.enter() == anna

    memory.clock.at += KNOWN_FOR
    memory.clock.go_on(seconds=1)

    door(memory).guess_wrong(5)
    assert wait_of(home.enter) == 1


def test_whoever_registers_is_familiar(memory: World) -> None:
    sessions = limited(memory).sessions
    sessions.register(email="Anna@School.example", name="Anna", password=PASSWORD, address=HOME)

    door(memory).guess_wrong(5)

    assert door(memory, address=HOME).enter().email == EMAIL


@pytest.mark.parametrize("address", [HOME, ELSEWHERE])
def test_what_we_were_too_busy_to_look_at_was_no_guess(
    memory: World, anna: User, address: str
) -> None:
    door(memory, address=HOME).enter()
    busy = Door(
        limited(memory, hasher=WatchedHasher(WEAK, meanwhile=_refuse)).sessions, EMAIL, address
    )
    closing = door(memory, address=address)
    closing.guess_wrong(4)

    for _ in range(9):
        with pytest.raises(PasswordsBusy):
            busy.enter()

    closing.guess_wrong(1)
    assert wait_of(closing.guess) == 1


def test_a_wait_is_as_long_as_before_when_we_were_too_busy(memory: World, anna: User) -> None:
    closing = door(memory)
    busy = Door(limited(memory, hasher=WatchedHasher(WEAK, meanwhile=_refuse)).sessions)
    closing.guess_wrong(5)
    memory.clock.go_on(seconds=1)

    with pytest.raises(PasswordsBusy):
        busy.enter()

    assert closing.enter() == anna


def test_a_guess_during_which_something_breaks_counts(memory: World, anna: User) -> None:
    broken = Door(limited(memory, hasher=WatchedHasher(WEAK, meanwhile=_break)).sessions)

    for _ in range(5):
        with pytest.raises(Oops):
            broken.enter()

    assert wait_of(door(memory).enter) == 1


def test_guesses_that_are_begun_before_others_are_answered_count_too(
    memory: World, anna: User
) -> None:
    waits: list[int] = []

    def guess(*, others: int) -> None:
        """Guess wrong, and while that is looked at begin so many others."""
        meanwhile = partial(guess, others=others - 1) if others else guess_too_early
        hasher = WatchedHasher(WEAK, meanwhile=meanwhile)
        is_wrong(Door(limited(memory, hasher=hasher).sessions).guess)

    def guess_too_early() -> None:
        waits.append(wait_of(door(memory).guess))

    guess(others=4)

    assert waits == [1]


def test_others_are_served_while_a_password_is_looked_at(memory: World, anna: User) -> None:
    def serve_another() -> None:
        bo = door(memory, "bo@school.example")
        another = Thread(target=bo.guess_wrong, daemon=True)
        another.start()
        another.join(timeout=10)
        assert not another.is_alive()

    watched = WatchedHasher(WEAK, meanwhile=serve_another)

    assert Door(limited(memory, hasher=watched).sessions).enter() == anna


def _refuse() -> None:
    raise PasswordsBusy(retry_after=1)


def _break() -> None:
    raise Oops
