"""Rate limits under load: exactly as many requests as the limit are allowed, and others are still served."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from time import monotonic
from typing import Final
from uuid import uuid4

import pytest
from django.db import connections

from accounts.domain.identity.services.login_attempts import LimitName
from tests.accounts.limiting import POLICY
from tests.support.application import Answer
from tests.support.school import School
from tests.support.server import Server, running_server
from tests.support.wire import WireCaller, at_once
from tests.support.worlds import orm_world

_NUMBERS: Final = count(1)
ONE_OF_EACH_KIND: Final = {POLICY.limit(name).backs_off: name for name in LimitName}.values()
"""A limit that makes callers wait longer and longer, and one per period: each kind is one statement."""
SLOW: Final = {"ARGON2_MEMORY_KIB": "19456", "ARGON2_PASSES": "25", "ARGON2_AT_ONCE": "2"}
"""Hashing a password takes longer than a request may wait for its turn."""


def log_in(caller: WireCaller, *, email: str = "", address: str = "") -> Answer:
    """A login attempt on this account, by default on a new one."""
    body = {"email": email or f"{uuid4()}@school.example", "password": "a wrong password"}
    return caller.post("/v1/auth/login", body, X_Forwarded_For=address)


def an_address() -> str:
    """A client IP that is new to this school."""
    return f"203.0.113.{next(_NUMBERS)}"


@pytest.fixture
def key(committing: None) -> Iterator[str]:
    """A key without attempts, unknown to other tests."""
    key = uuid4().hex
    yield key
    orm_world().repositories.limits.reset(key)


@pytest.mark.database
def test_of_fifty_simultaneous_log_ins_exactly_as_many_as_the_limit_are_allowed(
    neighbour: Server,
) -> None:
    caller, address = WireCaller(neighbour.port), an_address()

    answers = at_once(*[lambda: log_in(caller, address=address)] * 50)

    assert Counter(answer.status for answer in answers) == {401: 30, 429: 20}
    left = [answer.headers["RateLimit"].split(";")[1] for answer in answers]
    assert Counter(left) == Counter([f"r={number}" for number in range(30)] + ["r=0"] * 20)


@pytest.mark.database
def test_of_fifty_simultaneous_login_attempts_on_an_account_few_are_verified(
    neighbour: Server,
) -> None:
    email, caller = f"{uuid4()}@school.example", WireCaller(neighbour.port)
    began = monotonic()

    answers = at_once(*[lambda: log_in(caller, email=email, address=an_address())] * 50)

    seconds = monotonic() - began

    looked_at = [answer.status for answer in answers].count(401)
    may_be_by_then = 5 + int(seconds + 1).bit_length() - 1
    assert 5 <= looked_at <= may_be_by_then
    assert {answer.status for answer in answers} == {401, 429}


@pytest.mark.postgres
@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_of_fifty_simultaneous_connections_exactly_as_many_as_the_limit_are_allowed(
    key: str, name: LimitName
) -> None:
    world, barrier, limit = orm_world(), Barrier(50), POLICY.limit(name)

    def attempt(_: int) -> bool:
        barrier.wait()
        try:
            with world.unit_of_work.atomic():
                state = world.repositories.limits.count(key, limit, at=world.clock.now())
        finally:
            connections.close_all()
        return state.is_allowed

    with ThreadPoolExecutor(50) as pool:
        allowed = list(pool.map(attempt, range(50)))

    assert allowed.count(True) == min(limit.most, 50)


@pytest.mark.database
def test_a_flood_of_passwords_does_not_block_other_requests(school: School) -> None:
    token = school.learner().token

    with running_server(school.environment | SLOW, threads=8) as server:
        flood, anna = WireCaller(server.port), WireCaller(server.port, token)
        acts: list[Callable[[], Answer]] = [lambda: log_in(flood)] * 40
        acts[::5] = [lambda: anna.get("/v1/me")] * 8
        answers = at_once(*acts)

    assert {answer.status for answer in answers[::5]} == {200}
    guessed = [answer for place, answer in enumerate(answers) if place % 5]
    assert {answer.status for answer in guessed} == {401, 503}
    assert {answer.code for answer in guessed} == {"invalid-credentials", "busy"}
