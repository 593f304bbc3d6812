"""Work for long member lists: statements in proportion to parts of a thousand rows, not to rows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.organizations.services.member_lists import ListOutcome
from authsvc.kernel.sheets import MOST_ROWS
from tests.accounts.inviting import pending
from tests.support.tenants import acts_in, has_guest, has_organization, has_root
from tests.support.worlds import World

pytestmark = pytest.mark.database


def list_of(count: int) -> str:
    return "email\n" + "".join(f"a{number}@school.example\n" for number in range(count))


def statements_for(world: World, count: int) -> int:
    school, root = has_organization(world), has_root(world)
    with CaptureQueriesContext(connection) as captured:
        world.services.member_lists.import_list(school.id, list_of(count), by=root)
    return len(captured)


def test_a_hundred_rows_take_as_many_statements_as_one(world: World) -> None:
    assert statements_for(world, 100) == statements_for(world, 1)


@pytest.mark.nightly
def test_the_longest_list_takes_few_statements(
    world: World, django_assert_max_num_queries: Any
) -> None:
    school, root = has_organization(world), has_root(world)

    with django_assert_max_num_queries(80):
        results = world.services.member_lists.import_list(school.id, list_of(MOST_ROWS), by=root)

    assert [result.outcome for result in results] == [ListOutcome.INVITED] * MOST_ROWS


def test_all_rows_of_a_list_are_recorded_in_order(world: World) -> None:
    school, root = has_organization(world), has_root(world)
    has_guest(world, email="a1@school.example")

    results = world.services.member_lists.import_list(school.id, list_of(3), by=root)

    assert [result.outcome.value for result in results] == ["invited", "added", "invited"]
    assert len(pending(world, school)) == 2
    assert [act.action.value for act in acts_in(world, school)] == [
        "member-added",
        "invitation-sent",
        "invitation-sent",
    ]
