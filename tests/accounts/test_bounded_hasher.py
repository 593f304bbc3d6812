"""Bounded password hashing, on real threads."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock

import pytest

from accounts.adapters.passwords import BoundedHasher
from accounts.domain.identity.errors import PasswordsBusy
from accounts.domain.identity.ports import PasswordHasher
from authsvc.composition.ports import ports
from authsvc.config.environment import read_environment
from tests.accounts.hashing import WEAK
from tests.support.blocks import Oops
from tests.support.limits import bounded_part_of
from tests.support.patience import PATIENCE

PASSWORD = "a long walk home"
PASSWORD_HASH = WEAK.hash(PASSWORD)
A_MOMENT = timedelta(milliseconds=10)
LONG_ENOUGH = timedelta(seconds=30)


@dataclass
class SlowHasher:
    """Works until `may_end` is set, and counts the threads that work at the same time."""

    may_end: Event = field(default_factory=Event)
    is_full: Event = field(default_factory=Event)
    full_at: int = 2
    at_work: int = 0
    most_at_work: int = 0
    _lock: Lock = field(default_factory=Lock)

    def hash(self, password: str) -> str:
        self._work()
        return WEAK.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        self._work()
        return WEAK.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        return WEAK.is_outdated(password_hash, password=password)

    def _work(self) -> None:
        with self._lock:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            if self.at_work == self.full_at:
                self.is_full.set()
        assert self.may_end.wait(timeout=PATIENCE)
        with self._lock:
            self.at_work -= 1


@pytest.fixture
def slow() -> SlowHasher:
    return SlowHasher()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(50) as pool:
        yield pool


def bounded(slow: PasswordHasher, *, patience: timedelta) -> BoundedHasher:
    return BoundedHasher(hasher=slow, at_once=2, patience=patience)


def fill(hasher: BoundedHasher, slow: SlowHasher, pool: ThreadPoolExecutor) -> list[Future[str]]:
    """Occupy all turns."""
    at_work = [pool.submit(hasher.hash, PASSWORD) for _ in range(2)]
    assert slow.is_full.wait(timeout=PATIENCE)
    return at_work


def test_no_more_threads_than_allowed_hash_at_once(
    slow: SlowHasher, pool: ThreadPoolExecutor
) -> None:
    hasher = bounded(slow, patience=LONG_ENOUGH)
    fill(hasher, slow, pool)

    others = [pool.submit(hasher.verify, PASSWORD, password_hash=PASSWORD_HASH) for _ in range(48)]
    slow.may_end.set()

    assert all(other.result() for other in others)
    assert slow.most_at_work == 2


ACTS: dict[str, Callable[[BoundedHasher], object]] = {
    "a new password": lambda hasher: hasher.hash(PASSWORD),
    "the right one": lambda hasher: hasher.verify(PASSWORD, password_hash=PASSWORD_HASH),
    "a wrong one": lambda hasher: hasher.verify("wrong", password_hash=PASSWORD_HASH),
    "of an unknown account": lambda hasher: hasher.verify(PASSWORD, password_hash=None),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_every_call_is_refused_after_the_longest_wait(
    slow: SlowHasher, pool: ThreadPoolExecutor, act: Callable[[BoundedHasher], object]
) -> None:
    hasher = bounded(slow, patience=A_MOMENT)
    at_work = fill(hasher, slow, pool)

    with pytest.raises(PasswordsBusy) as error:
        act(hasher)

    assert error.value.facts == {"retry_after": 1}
    assert not any(future.done() for future in at_work)
    slow.may_end.set()


def test_a_flood_is_refused_while_earlier_calls_continue(
    slow: SlowHasher, pool: ThreadPoolExecutor
) -> None:
    hasher = bounded(slow, patience=A_MOMENT)
    at_work = fill(hasher, slow, pool)

    flood = [pool.submit(hasher.verify, PASSWORD, password_hash=None) for _ in range(48)]

    assert {type(future.exception(timeout=PATIENCE)) for future in flood} == {PasswordsBusy}
    slow.may_end.set()
    assert all(WEAK.verify(PASSWORD, password_hash=future.result()) for future in at_work)


def test_a_waiting_call_gets_the_next_free_turn(slow: SlowHasher, pool: ThreadPoolExecutor) -> None:
    hasher = bounded(slow, patience=LONG_ENOUGH)
    fill(hasher, slow, pool)

    waiting = pool.submit(hasher.verify, PASSWORD, password_hash=PASSWORD_HASH)
    slow.may_end.set()

    assert waiting.result(timeout=PATIENCE)


def test_a_turn_ends_when_hashing_fails() -> None:
    class FailingHasher(SlowHasher):
        def _work(self) -> None:
            raise Oops

    hasher = bounded(FailingHasher(), patience=A_MOMENT)

    for _ in range(5):
        with pytest.raises(Oops):
            hasher.hash(PASSWORD)


def test_checking_whether_a_hash_is_outdated_takes_no_turn(
    slow: SlowHasher, pool: ThreadPoolExecutor
) -> None:
    hasher = bounded(slow, patience=A_MOMENT)
    fill(hasher, slow, pool)

    assert not hasher.is_outdated(PASSWORD_HASH, password="")
    slow.may_end.set()


@pytest.mark.parametrize(("variables", "at_once"), [({}, 2), ({"ARGON2_AT_ONCE": "7"}, 7)])
def test_the_environment_sets_how_many_hash_at_once(
    variables: dict[str, str], at_once: int
) -> None:
    hasher = ports(read_environment(variables), secret_key="test").password_hasher

    bounded_hasher = bounded_part_of(hasher)
    assert (bounded_hasher.at_once, bounded_hasher.patience) == (
        at_once,
        timedelta(milliseconds=250),
    )
