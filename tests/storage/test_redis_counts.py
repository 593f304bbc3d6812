"""Attempts counted in Redis: shared by all processes, and what happens while Redis is away."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest
from pytest_django import Settings
from structlog.testing import capture_logs

from authsvc.composition.container import services
from authsvc.kernel.rate_limits import Limit
from authsvc.storage import redis_counts
from authsvc.storage.redis_counts import RedisCounts
from tests.support.application import Application
from tests.support.builders import NOON
from tests.support.postgres import free_port
from tests.support.redis import running_redis

THREE_A_MINUTE = Limit(name="knots", most=3, period=timedelta(minutes=1))


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture
def counts(redis_url: str) -> Iterator[RedisCounts]:
    counts = RedisCounts.at(redis_url)
    yield counts
    counts.client.flushdb()
    counts.client.close()


def is_allowed(counts: RedisCounts, subject: str = "anna") -> bool:
    return counts.count(subject, THREE_A_MINUTE, at=NOON).is_allowed


def test_attempts_beyond_the_limit_are_refused_until_the_period_ends(counts: RedisCounts) -> None:
    states = [counts.count("anna", THREE_A_MINUTE, at=NOON) for _ in range(5)]

    assert [state.is_allowed for state in states] == [True] * 3 + [False] * 2
    assert [state.remaining for state in states] == [2, 1, 0, 0, 0]
    assert all(0 < state.forgotten_in_seconds <= 60 for state in states)
    assert states[-1].waits_until == states[-1].forgotten_at
    assert is_allowed(counts, "bo")


def test_a_period_ends_by_the_clock_of_redis(counts: RedisCounts) -> None:
    moment = Limit(name="knots", most=1, period=timedelta(milliseconds=1))
    counts.count("anna", moment, at=NOON)
    while counts.client.keys():
        sleep(0.001)

    assert counts.count("anna", moment, at=NOON).is_allowed


def test_processes_count_together(counts: RedisCounts, redis_url: str) -> None:
    other = RedisCounts.at(redis_url)

    allowed = [is_allowed(counts), is_allowed(other), is_allowed(counts), is_allowed(other)]

    assert allowed == [True, True, True, False]
    other.client.close()


def test_twenty_attempts_at_once_are_all_counted(counts: RedisCounts) -> None:
    with ThreadPoolExecutor(20) as pool:
        allowed = list(pool.map(lambda _: is_allowed(counts), range(20)))

    assert sorted(allowed) == [False] * 17 + [True] * 3


def test_a_process_counts_for_itself_while_redis_is_away() -> None:
    with running_redis() as url:
        counts = RedisCounts.at(url)
        assert is_allowed(counts)

    with capture_logs() as log:
        allowed = [is_allowed(counts) for _ in range(4)]

    assert allowed == [True, True, True, False]
    assert [entry["event"] for entry in log] == ["redis_unavailable"]
    assert url not in str(log)


def test_after_an_outage_processes_count_together_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_counts, "PAUSE", timedelta())
    port = free_port()
    counts = RedisCounts.at(f"redis://127.0.0.1:{port}/0")
    is_allowed(counts)

    with running_redis(port) as url:
        here = [is_allowed(counts) for _ in range(2)]
        elsewhere = [is_allowed(RedisCounts.at(url)) for _ in range(2)]

    assert here + elsewhere == [True, True, True, False]


def test_a_restart_of_redis_is_not_an_outage() -> None:
    port = free_port()
    with running_redis(port) as url:
        counts = RedisCounts.at(url)
        is_allowed(counts)

    with running_redis(port), capture_logs() as log:
        assert is_allowed(counts)

    assert log == []


def test_requests_to_all_processes_are_charged_to_one_budget(
    application: Application, settings: Settings, counts: RedisCounts, redis_url: str
) -> None:
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, redis_url=redis_url, reads_per_minute=2, is_behind_proxy=True
    )
    statuses = list[int]()
    for _ in range(3):
        services.cache_clear()
        statuses.append(application.stranger.get("/v1/openapi.json").status)

    assert statuses == [200, 200, 429]
    assert counts.client.keys() == [b"authsvc:read:127.0.0.1"]
