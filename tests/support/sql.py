"""SQL: the statements of a request, and changes to rows by an attacker with database access."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from authsvc.storage.append_only import releasing
from tests.support.application import Answer


def change_row(row: type[Model], statement: str, *parameters: Any) -> None:
    """Change one row, bypassing the code and the triggers of the append-only table of *row*."""
    connection.check_constraints()  # now, for PostgreSQL alters no table that waits for it
    with connection.cursor() as cursor:
        for release in releasing(row._meta.db_table, connection):
            cursor.execute(release)
        cursor.execute(statement, parameters or None)
        assert cursor.rowcount == 1


def statements_of(act: Callable[[], Answer]) -> tuple[Answer, list[str]]:
    """The answer to a request, and the first word of each statement that it took."""
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    return answer, [query["sql"].split()[0] for query in captured.captured_queries]


def each_cost(costs: Sequence[tuple[Callable[[Any], Any], str]]) -> pytest.MarkDecorator:
    """Run a test for each request, which a function prepares, and its statements."""
    names = [prepare.__name__ for prepare, _ in costs]
    return pytest.mark.parametrize(("prepare", "statements"), costs, ids=names)
