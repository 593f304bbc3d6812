"""The isolation matrix: every operation, by every kind of caller, on own, foreign and missing things.

The cells are made of the operations that the code has; none can be left out. They are tried asker by asker, because
the schools take longer to build than all that somebody tries there.
"""

from http import HTTPStatus

import pytest

from tests.support.application import Application
from tests.support.operations import routes
from tests.walls.cells import Asker, Cell, Object, cells_of, names_a_thing
from tests.walls.matrix import Matrix

pytestmark = pytest.mark.postgres_too


@pytest.fixture
def matrix(application: Application) -> Matrix:
    return Matrix(application)


@pytest.mark.parametrize("asker", Asker)
def test_every_operation_is_open_to_whom_the_table_says(asker: Asker, matrix: Matrix) -> None:
    cells = [cell for route in routes().values() for cell in cells_of(route, asker)]

    answers = [(cell, matrix.tried(cell)) for cell in cells]

    assert len(cells) > len(routes())
    assert [
        f"{cell}: {answer.status} instead of {int(cell.expected)}, {answer.text[:200]}"
        for cell, answer in answers
        if answer.status != cell.expected
    ] == []


@pytest.mark.parametrize("asker", [each for each in Asker if each is not Asker.ANONYMOUS])
def test_what_another_tenant_has_is_refused_in_the_same_words_as_what_nobody_has(
    asker: Asker, matrix: Matrix
) -> None:
    refused = [
        route
        for route in routes().values()
        if names_a_thing(route)
        and Cell(route, asker, Object.OTHER).expected == HTTPStatus.NOT_FOUND
    ]

    told = {
        route.name: [
            matrix.tried(Cell(route, asker, each)).text for each in (Object.OTHER, Object.MISSING)
        ]
        for route in refused
    }

    assert told
    assert [name for name, (others, nobodys) in told.items() if others != nobodys] == []
