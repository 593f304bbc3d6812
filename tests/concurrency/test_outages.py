"""Durability: what was acknowledged survives the death of the server and lost database connections."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest

from tests.support.commands import manage
from tests.support.patience import PATIENCE
from tests.support.school import SAMPLE, School, items_of
from tests.support.server import Server, running_server
from tests.support.wire import WireCaller, at_once

ENOUGH = 150
"""Acknowledged acts after which the server is killed, amid many others."""

LOOK_AT_THE_LOG = """
from accounts.public import OPERATOR
from authsvc.composition.container import services
compared, verified = services().log_verifier.compare(by=OPERATOR), services().verifier.verify(by=OPERATOR)
print(compared.is_clean, compared.checksum == compared.stored_checksum, verified.is_clean)
"""


@dataclass
class Load:
    """Learners who take the sample course until the server is gone, and the answers that they received."""

    enough: Event = field(default_factory=Event)
    acknowledged: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def learn(self, anna: WireCaller) -> None:
        acknowledged = self.acknowledged.setdefault(anna.token, [])
        acts = [f"{SAMPLE}/enroll"]
        acts += [f"{SAMPLE}/items/{item}/complete" for item in items_of(anna.get(SAMPLE).json)]
        try:
            for act in acts:
                answer = anna.post(act)
                assert answer.status < 300, answer.text
                acknowledged.append(answer.json)
                if sum(len(answers) for answers in self.acknowledged.values()) >= ENOUGH:
                    self.enough.set()
        except (OSError, HTTPException):
            return


@pytest.mark.long
@pytest.mark.nightly
@pytest.mark.database
def test_what_was_acknowledged_survives_the_death_of_the_server(school: School) -> None:
    load = Load()
    with running_server(school.environment, workers=2, threads=8) as server:
        learners = [WireCaller(server.port, school.learner().token) for _ in range(16)]
        with ThreadPoolExecutor(len(learners)) as pool:
            at_work = [pool.submit(load.learn, anna) for anna in learners]
            was_enough = load.enough.wait(timeout=PATIENCE)
            server.kill()
            for work in at_work:
                work.result()

    assert was_enough
    assert not all(
        acknowledged and acknowledged[-1]["status"] == "completed"
        for acknowledged in load.acknowledged.values()
    )
    with running_server(school.environment) as restarted:
        for token, acknowledged in load.acknowledged.items():
            assert_kept(acknowledged, WireCaller(restarted.port, token))
    output = manage(school.environment, "shell", "--verbosity=0", "--command", LOOK_AT_THE_LOG)
    assert output == "True True True\n"


def assert_kept(acknowledged: list[dict[str, Any]], anna: WireCaller) -> None:
    """Everything acknowledged is stored and logged, and at most one act whose answer was lost."""
    if not acknowledged:
        return
    progress = anna.get(SAMPLE.replace("courses", "progress")).json
    events = anna.get(f"{SAMPLE.replace('courses', 'progress')}/events?limit=100").json["items"]
    completed = [event["entity_id"] for event in events if event["type"] == "item_completed"]
    assert set(acknowledged[-1]["completed_items"]) <= set(progress["completed_items"])
    assert len(progress["completed_items"]) <= len(acknowledged)
    assert completed == progress["completed_items"]
    issued = anna.get("/v1/me/credentials").json["items"]
    assert len(issued) == (progress["status"] == "completed")


@pytest.mark.postgres
def test_no_request_fails_after_the_database_has_dropped_its_connections(
    school: School, neighbour: Server, log: Path
) -> None:
    anna = WireCaller(neighbour.port, school.learner().token)
    before = at_once(*[lambda: anna.get("/v1/me")] * 8)

    drop_connections(school.environment["DATABASE_URL"])

    after = [anna.get("/v1/me") for _ in range(20)]

    assert {answer.status for answer in before} == {200}
    assert {answer.status for answer in after} == {200}
    assert "the database failed a request" not in log.read_text()


def drop_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
