"""Batches in tests: lists, and what became of their rows."""

import csv
from io import StringIO
from typing import Any

from accounts.domain.access import Principal
from accounts.domain.tasks.entities import Task
from authsvc.composition.container import Services
from authsvc.jobs.entities import Queue
from credentials.domain.entities.batches import BatchTerms
from credentials.domain.entities.definitions import Credential


def a_list(*names: object, heading: str = "email") -> str:
    return "".join(f"{line}\n" for line in (heading, *names))


def start_batch(
    services: Services,
    credential: Credential,
    text: str,
    *,
    is_dry_run: bool = False,
    by: Principal,
    **terms: Any,
) -> Task:
    given = BatchTerms(**{"reason": "Workshop of May.", **terms})
    return services.award_tasks.start(credential.id, text, given, is_dry_run=is_dry_run, by=by)


def outcomes_of(services: Services, task: Task, *, by: Principal) -> list[str]:
    """The outcomes in the file of the task, by row."""
    return [row["outcome"] for row in rows_of(services, task, by=by)]


def rows_of(services: Services, task: Task, *, by: Principal) -> list[dict[str, str]]:
    text = services.tasks.result_of(task.id, by=by).content.decode()
    return list(csv.DictReader(StringIO(text)))


def awarded(
    services: Services, credential: Credential, text: str, *, by: Principal, **parts: Any
) -> list[str]:
    """Award the credential to everyone on the list, and return the outcomes."""
    task = start_batch(services, credential, text, by=by, **parts)
    services.job_engine.run_due(Queue.LONG)
    return outcomes_of(services, task, by=by)
