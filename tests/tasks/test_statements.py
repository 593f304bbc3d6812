"""Statements that tasks cost."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import pytest

from accounts.domain.access import UserId
from tests.support.application import Answer, Application
from tests.support.sql import statements_of
from tests.support.store import STORE
from tests.support.tasks import a_task

pytestmark = pytest.mark.database

Request = Callable[[], Answer]
IS_POSTGRES: Final = STORE == "postgres"


def list_tasks(application: Application) -> Request:
    anna = application.signed_in()
    for _ in range(3):
        a_task(application.services, owner_id=UserId(UUID(anna.id)))
    return lambda: anna.caller.get("/v1/tasks")


def get_task(application: Application) -> Request:
    anna = application.signed_in()
    task_id = a_task(application.services, owner_id=UserId(UUID(anna.id)))
    return lambda: anna.caller.get(f"/v1/tasks/{task_id}")


def start_task(application: Application) -> Request:
    anna = application.signed_in()
    return lambda: anna.caller.post("/v1/xapi/exports")


@pytest.mark.parametrize(
    ("prepare", "work"),
    [
        # The session of the caller; the page of tasks, however many it has.
        (list_tasks, ["SELECT", "SELECT"]),
        # The session of the caller; the task.
        (get_task, ["SELECT", "SELECT"]),
        # The session of the caller; the job, how it was stored, and the caller's number of them, on PostgreSQL behind a
        # lock; the last position.
        (start_task, ["SELECT", "INSERT", "SELECT", *["SELECT"] * (1 + IS_POSTGRES), "SELECT"]),
    ],
)
def test_a_request_takes_few_statements(
    application: Application, prepare: Callable[[Application], Request], work: list[str]
) -> None:
    request = prepare(application)

    answer, statements = statements_of(request)

    assert answer.status in (200, 202)
    assert [word for word in statements if word not in ("SAVEPOINT", "RELEASE", "BEGIN")] == work
