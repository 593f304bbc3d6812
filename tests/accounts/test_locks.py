"""Locks of rows and claims until the end of a unit of work."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import Final, TypeVar

import pytest
from django.db import OperationalError, connection, connections, transaction

from accounts import models as rows
from accounts.domain.identity.entities.sessions import RefreshToken, Session, SessionEnd
from accounts.domain.identity.entities.users import User
from authsvc.composition.orm_repositories import orm_repositories
from authsvc.composition.repositories import Repositories
from authsvc.http.idempotency.orm import OrmIdempotencyRecordRepository
from authsvc.http.idempotency.records import IdempotencyRecord, RequestStillRunning
from tests.support.builders import NOON, a_refresh_token, a_session, a_user, an_idempotency_record
from tests.support.patience import PATIENCE
from tests.support.worlds import World

Result = TypeVar("Result")

STORE: Final[Repositories] = orm_repositories()
RECORDS: Final = OrmIdempotencyRecordRepository()
KEY, OTHER_KEY = "a" * 64, "b" * 64
LOCKED: Final = "lock timeout"


@dataclass(frozen=True, kw_only=True)
class Committed:
    """Committed rows, which every connection sees."""

    user: User
    session: Session
    token: RefreshToken


def elsewhere(act: Callable[[], Result]) -> Result:
    """Act on another database connection, in a unit of work with a short lock timeout."""

    def acting() -> Result:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(acting).result()


@contextmanager
def locked_elsewhere(lock: Callable[[], object]) -> Iterator[None]:
    """Hold a lock in a unit of work of another connection until the block ends."""
    is_locked, is_enough = Event(), Event()

    def hold() -> None:
        lock()
        is_locked.set()
        is_enough.wait(timeout=PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(elsewhere, hold)
        try:
            assert is_locked.wait(timeout=PATIENCE)
            yield
        finally:
            is_enough.set()
            holding.result()


@pytest.fixture
def committed() -> Iterator[Committed]:
    user = a_user()
    session = a_session(user_id=user.id)
    token = a_refresh_token(session_id=session.id)

    def add() -> None:
        STORE.users.add(user)
        STORE.sessions.add(session)
        STORE.refresh_tokens.add(token)

    elsewhere(add)
    yield Committed(user=user, session=session, token=token)
    elsewhere(lambda: rows.User.objects.filter(pk=user.id).delete())


def save_despite_lock(save: Callable[[], None], *, lock: Callable[[], object]) -> None:
    """Fail to save what another connection has locked, then save it."""
    with locked_elsewhere(lock), pytest.raises(OperationalError, match=LOCKED):
        elsewhere(save)
    elsewhere(save)


@pytest.mark.postgres
def test_a_user_locked_for_update_cannot_be_changed_elsewhere(committed: Committed) -> None:
    renamed = replace(committed.user, name="Anna Ek")

    save_despite_lock(
        lambda: STORE.users.save(renamed),
        lock=lambda: STORE.users.get_for_update(committed.user.id),
    )

    assert elsewhere(lambda: STORE.users.get(committed.user.id)) == renamed


@pytest.mark.postgres
def test_a_session_locked_for_update_cannot_be_changed_elsewhere(committed: Committed) -> None:
    ended = committed.session.ended(at=NOON, because=SessionEnd.LOGGED_OUT)

    def lock() -> Session:
        return STORE.sessions.get_for_update(committed.session.id)

    save_despite_lock(lambda: STORE.sessions.save(ended), lock=lock)

    assert elsewhere(lock) == ended


@pytest.mark.postgres
def test_a_refresh_token_locked_for_update_cannot_be_locked_elsewhere(committed: Committed) -> None:
    def lock() -> RefreshToken | None:
        return STORE.refresh_tokens.find_for_update(committed.token.hash)

    with locked_elsewhere(lock), pytest.raises(OperationalError, match=LOCKED):
        elsewhere(lock)

    assert elsewhere(lock) == committed.token


@pytest.mark.postgres
def test_a_claimed_key_is_refused_to_others_at_once() -> None:
    with (
        locked_elsewhere(lambda: RECORDS.claim(KEY, since=NOON)),
        pytest.raises(RequestStillRunning) as error,
    ):
        elsewhere(lambda: RECORDS.claim(KEY, since=NOON))

    assert error.value.facts == {"retry_after": 1}


@pytest.mark.postgres
def test_a_claim_does_not_lock_other_keys() -> None:
    with locked_elsewhere(lambda: RECORDS.claim(KEY, since=NOON)):
        claimed = elsewhere(lambda: RECORDS.claim(OTHER_KEY, since=NOON))

    assert claimed is None


@pytest.mark.postgres
def test_a_claim_ends_with_its_unit_of_work_although_the_connection_stays_open() -> None:
    def claim_in_a_unit_of_work() -> None:
        with transaction.atomic():
            RECORDS.claim(KEY, since=NOON)

    with ThreadPoolExecutor(1) as connected:
        connected.submit(claim_in_a_unit_of_work).result()
        try:
            claimed = elsewhere(lambda: RECORDS.claim(KEY, since=NOON))
        finally:
            connected.submit(connections.close_all).result()

    assert claimed is None


@pytest.mark.postgres
def test_a_claim_ends_with_a_unit_of_work_that_fails() -> None:
    def fail() -> None:
        RECORDS.claim(KEY, since=NOON)
        raise EOFError

    with pytest.raises(EOFError):
        elsewhere(fail)

    assert elsewhere(lambda: RECORDS.claim(KEY, since=NOON)) is None


@pytest.mark.postgres
def test_a_unit_of_work_can_claim_a_key_twice() -> None:
    def claim_twice() -> IdempotencyRecord | None:
        RECORDS.claim(KEY, since=NOON)
        return RECORDS.claim(KEY, since=NOON)

    assert elsewhere(claim_twice) is None


def other_thread(act: Callable[[], None]) -> Thread:
    """A started thread, with time to finish unless a lock blocks it."""
    thread = Thread(target=act)
    thread.start()
    thread.join(timeout=0.05)
    return thread


def test_in_memory_others_wait_until_a_user_has_been_changed(memory: World) -> None:
    anna = memory.has_user(name="Anna")

    def add_to_name(part: str) -> None:
        with memory.unit_of_work.atomic():
            user = memory.repositories.users.get_for_update(anna.id)
            memory.repositories.users.save(replace(user, name=user.name + part))

    with memory.unit_of_work.atomic():
        user = memory.repositories.users.get_for_update(anna.id)
        other = other_thread(lambda: add_to_name(" Ek"))
        memory.repositories.users.save(replace(user, name=user.name + " Maria"))
    other.join()

    assert memory.repositories.users.get(anna.id).name == "Anna Maria Ek"


def test_in_memory_others_wait_until_a_claimed_key_has_its_record(memory: World) -> None:
    record, records = an_idempotency_record(), memory.idempotency.records
    claimed: list[IdempotencyRecord | None] = []

    def claim() -> None:
        with memory.unit_of_work.atomic():
            claimed.append(records.claim(record.request_key, since=NOON))

    with memory.unit_of_work.atomic():
        claimed.append(records.claim(record.request_key, since=NOON))
        other = other_thread(claim)
        records.save(record)
    other.join()

    assert claimed == [None, record]
