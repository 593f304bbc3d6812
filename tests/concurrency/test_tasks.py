"""Tasks that a caller starts at the same time."""

from collections import Counter
from dataclasses import replace
from typing import Final

import pytest

from accounts.domain.access import OPERATOR, Scope, UserId
from accounts.domain.tasks.entities import MOST_UNFINISHED, TaskPlan
from accounts.domain.tasks.errors import TooManyTasks
from tests.concurrency.test_organizations import DONE, at_once
from tests.support.databases import connected_to
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

AT_ONCE: Final = 6


def test_no_caller_gets_more_tasks_than_are_allowed_by_starting_them_at_once(
    town: World, database_url: str
) -> None:
    anna = replace(OPERATOR, user_id=UserId(town.has_user().id))
    plan = TaskPlan(kind="example", scope=Scope.ORGS_READ)

    def start() -> None:
        with connected_to(database_url):
            town.services.tasks.start(plan, by=anna)

    for _ in range(MOST_UNFINISHED - 2):
        town.services.tasks.start(plan, by=anna)
    outcomes = at_once(*[start] * AT_ONCE)

    assert outcomes == Counter({DONE: 2, TooManyTasks.code: AT_ONCE - 2})
