"""Races between batches of awards, and the death of the process that runs one."""

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.domain.access import Principal
from accounts.domain.tasks.entities import Task
from authsvc.jobs.entities import JobStatus
from credentials.domain.entities.definitions import Credential
from tests.concurrency.test_organizations import DONE, at_once
from tests.concurrency.waiting import wait_until_blocked
from tests.credentials.batches import a_list, outcomes_of, start_batch
from tests.support.builders import a_definition_of
from tests.support.databases import connected_to
from tests.support.job_commands import kill, start_process
from tests.support.jobs import stored
from tests.support.learning import Learner, a_credential_for, a_published_course
from tests.support.tenants import has_guest, has_root
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.postgres

ROWS: Final = 4
LOCK_PROGRESS: Final = "SELECT 1 FROM progress_courseprogress WHERE user_id = %s FOR UPDATE"
WORK: Final = [sys.executable, "manage.py", "work", "--once", "--outbound=0", "--webhooks=0"]


@dataclass(frozen=True, kw_only=True)
class Class:
    """Learners on a course, and who may award them its credential."""

    world: World
    root: Principal
    credential: Credential
    learners: tuple[Learner, ...]
    emails: tuple[str, ...]

    def listed(self) -> Task:
        """A batch that nobody has run yet, with a row for each learner."""
        return start_batch(
            self.world.services,
            self.credential,
            a_list(*self.emails),
            even_if_not_eligible=True,
            by=self.root,
        )

    def outcomes(self, task: Task) -> list[str]:
        return outcomes_of(self.world.services, task, by=self.root)

    def held(self) -> list[int]:
        """How many credentials each learner has."""
        return [len(learner.held()) for learner in self.learners]

    def status(self, task: Task) -> JobStatus:
        return stored(self.world, task.id).status


@pytest.fixture
def year(database_url: str) -> Iterator[Class]:
    """A class in a world that all threads see, in which jobs wait until somebody runs them."""
    with connected_to(database_url):
        world = orm_world(runs_jobs=False)
        # Other processes have the time of the machine.
        world.clock.at = datetime.now(UTC)
        name = uuid4().hex[:8]
        course = a_published_course(world.services, a_definition_of(required=1, slug=name))
        emails = tuple(f"p{number}@{name}.example" for number in range(ROWS))
        people = [has_guest(world, email=email) for email in emails]
        learners = tuple(Learner(services=world.services, principal=person) for person in people)
        for learner in learners:
            learner.enrols(course)
        yield Class(
            world=world,
            root=has_root(world),
            credential=a_credential_for(world.services, course),
            learners=learners,
            emails=emails,
        )


def test_of_two_batches_of_a_list_at_once_one_awards_each_row(
    year: Class, database_url: str
) -> None:
    tasks = [year.listed(), year.listed()]

    def run(task: Task) -> None:
        with connected_to(database_url):
            year.world.services.job_engine.run(task.id)

    assert at_once(*[partial(run, task) for task in tasks]) == Counter({DONE: 2})

    outcomes = [sorted(pair) for pair in zip(*map(year.outcomes, tasks), strict=True)]
    assert outcomes == [["already-held", "awarded"]] * ROWS
    assert year.held() == [1] * ROWS


def test_a_batch_whose_process_is_killed_goes_on_after_its_lease(
    year: Class, database_url: str, tmp_path: Path
) -> None:
    task, half, engine = year.listed(), ROWS // 2, year.world.services.job_engine
    environment = {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "test",  # that of the world
    }
    with transaction.atomic(), connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute(LOCK_PROGRESS, [year.learners[half].principal.user_id])
        worker = start_process(WORK, environment)
        wait_until_blocked(pool.submit(worker.wait), cursor)
        kill(worker)
    assert (year.status(task), year.held()) == (JobStatus.RUNNING, [1] * half + [0] * half)

    engine.run(task.id)
    assert year.status(task) is JobStatus.RUNNING
    year.world.clock.go_on(hours=1)
    engine.run(task.id)

    assert year.status(task) is JobStatus.SUCCEEDED
    assert (year.outcomes(task), year.held()) == (["awarded"] * ROWS, [1] * ROWS)
