"""What nobody else may change, or claim, until the unit of work ends."""

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
from authsvc.composition.repositories import Repositories, orm_repositories
from authsvc.http.idempotency.orm import OrmIdempotencyRecordRepository
from authsvc.http.idempotency.records import IdempotencyRecord, RequestStillRunning
from tests.support.builders import NOON, a_refresh_token, a_session, a_user, an_idempotency_record
from tests.support.worlds import World

Result = TypeVar("Result")

STORE: Final[Repositories] = orm_repositories()
RECORDS: Final = OrmIdempotencyRecordRepository()
ID, ANOTHER_ID = "a" * 64, "b" * 64
LOCKED: Final = "lock timeout"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What every connection can see, because it was committed."""

    user: User
    session: Session
    token: RefreshToken


def elsewhere(act: Callable[[], Result]) -> Result:
    """Act on a database connection of its own, in a unit of work that waits for nobody longer than a moment."""

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
def held_elsewhere(take: Callable[[], object]) -> Iterator[None]:
    """Until the block ends, another connection is in the unit of work in which it took something."""
    is_taken, is_enough = Event(), Event()

    def hold() -> None:
        take()
        is_taken.set()
        is_enough.wait(timeout=20)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(elsewhere, hold)
        try:
            assert is_taken.wait(timeout=20)
            yield
        finally:
            is_enough.set()
            holding.result()


@pytest.fixture
def kept() -> Iterator[Kept]:
    user = a_user()
    session = a_session(user_id=user.id)
    token = a_refresh_token(session_id=session.id)

    def keep() -> None:
        STORE.users.add(user)
        STORE.sessions.add(session)
        STORE.refresh_tokens.add(token)

    elsewhere(keep)
    yield Kept(user=user, session=session, token=token)
    elsewhere(lambda: rows.User.objects.filter(pk=user.id).delete())


@pytest.mark.postgres
def test_nobody_else_changes_a_user_who_is_being_changed(kept: Kept) -> None:
    renamed = replace(kept.user, name="Anna Ek")

    def rename() -> None:
        STORE.users.save(renamed)

    with (
        held_elsewhere(lambda: STORE.users.get_for_update(kept.user.id)),
        pytest.raises(OperationalError, match=LOCKED),
    ):
        elsewhere(rename)

    elsewhere(rename)
    assert elsewhere(lambda: STORE.users.get(kept.user.id)) == renamed


@pytest.mark.postgres
def test_nobody_else_changes_a_session_that_is_being_changed(kept: Kept) -> None:
    ended = kept.session.ended(at=NOON, because=SessionEnd.LOGGED_OUT)

    def end() -> None:
        STORE.sessions.save(ended)

    with (
        held_elsewhere(lambda: STORE.sessions.get_for_update(kept.session.id)),
        pytest.raises(OperationalError, match=LOCKED),
    ):
        elsewhere(end)

    elsewhere(end)
    assert elsewhere(lambda: STORE.sessions.get_for_update(kept.session.id)) == ended


@pytest.mark.postgres
def test_nobody_else_takes_a_refresh_token_that_is_being_taken(kept: Kept) -> None:
    def take() -> RefreshToken | None:
        return STORE.refresh_tokens.find_for_update(kept.token.hash)

    with held_elsewhere(take), pytest.raises(OperationalError, match=LOCKED):
        elsewhere(take)

    assert elsewhere(take) == kept.token


@pytest.mark.postgres
def test_a_claimed_id_is_refused_to_others_at_once() -> None:
    with (
        held_elsewhere(lambda: RECORDS.claim(ID, since=NOON)),
        pytest.raises(RequestStillRunning) as refusal,
    ):
        elsewhere(lambda: RECORDS.claim(ID, since=NOON))

    assert refusal.value.facts == {"retry_after": 1}


@pytest.mark.postgres
def test_a_claim_holds_no_other_id() -> None:
    with held_elsewhere(lambda: RECORDS.claim(ID, since=NOON)):
        claimed = elsewhere(lambda: RECORDS.claim(ANOTHER_ID, since=NOON))

    assert claimed is None


@pytest.mark.postgres
def test_a_claim_ends_with_its_unit_of_work_though_the_connection_goes_on() -> None:
    def claim_in_a_unit_of_work() -> None:
        with transaction.atomic():
            RECORDS.claim(ID, since=NOON)

    with ThreadPoolExecutor(1) as connected:
        connected.submit(claim_in_a_unit_of_work).result()
        try:
            claimed = elsewhere(lambda: RECORDS.claim(ID, since=NOON))
        finally:
            connected.submit(connections.close_all).result()

    assert claimed is None


@pytest.mark.postgres
def test_a_claim_ends_with_a_unit_of_work_that_fails() -> None:
    def fail() -> None:
        RECORDS.claim(ID, since=NOON)
        raise EOFError

    with pytest.raises(EOFError):
        elsewhere(fail)

    assert elsewhere(lambda: RECORDS.claim(ID, since=NOON)) is None


@pytest.mark.postgres
def test_whoever_claims_twice_in_one_unit_of_work_does_not_stand_in_his_own_way() -> None:
    def claim_twice() -> IdempotencyRecord | None:
        RECORDS.claim(ID, since=NOON)
        return RECORDS.claim(ID, since=NOON)

    assert elsewhere(claim_twice) is None


def other_thread(act: Callable[[], None]) -> Thread:
    """Started, and given the time to get ahead if nothing holds it."""
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


def test_in_memory_others_wait_until_a_claimed_id_has_its_entry(memory: World) -> None:
    entry = an_idempotency_record()
    claimed: list[IdempotencyRecord | None] = []

    def claim() -> None:
        with memory.unit_of_work.atomic():
            claimed.append(memory.idempotency.records.claim(entry.request_key, since=NOON))

    with memory.unit_of_work.atomic():
        claimed.append(memory.idempotency.records.claim(entry.request_key, since=NOON))
        other = other_thread(claim)
        memory.idempotency.records.save(entry)
    other.join()

    assert claimed == [None, entry]
