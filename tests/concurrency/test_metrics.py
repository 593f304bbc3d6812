"""Metrics of a server with several processes: any of them shows those of all."""

from pathlib import Path
from typing import Final

import pytest

from tests.support.metrics import Exposition
from tests.support.school import School

pytestmark = pytest.mark.postgres

HEALTHY: Final = "authsvc_request_duration_seconds_count"
WORKERS: Final = 2


def test_workers_of_a_server_are_added_up(school: School) -> None:
    before = requests_shown(school)
    ask(school, times=40)
    more = ask_until_all_have_started(school)
    shown = {requests_shown(school) for _ in range(8)}

    assert shown == {before + 40 + more}


def ask(school: School, *, times: int) -> None:
    for _ in range(times):
        assert school.stranger().get("/health").status == 200


def ask_until_all_have_started(school: School) -> int:
    """Send requests until each worker is there to count one, and return how many it took: one may start late."""
    folder = Path(school.environment["DATA_DIR"]) / "metrics"
    for number in range(10_000):
        if len(list(folder.glob("slot-*.lock"))) >= WORKERS:
            return number
        ask(school, times=1)
    raise AssertionError("Not all workers have started.")


def requests_shown(school: School) -> float:
    text = school.stranger().get("/metrics").text
    return Exposition(text).total(HEALTHY, operation="GET health")
