"""Threads: two modules start them, one for jobs and one for what may never return."""

from typing import Final

from tests.support.sources import SHIPPED, Source, sources

STARTING: Final = {"Thread", "ThreadPoolExecutor", "Timer", "start_new_thread"}
EXPECTED: Final = {
    "authsvc/jobs/worker.py",
    "authsvc/kernel/workers.py",  # resolvers: the resolution of a name has no time limit of its own
}


def starts_threads(source: Source) -> bool:
    return not STARTING.isdisjoint(source.names())


def test_threads_are_started_for_jobs_and_for_resolvers_alone() -> None:
    assert {source.name for source in sources(*SHIPPED) if starts_threads(source)} == EXPECTED
