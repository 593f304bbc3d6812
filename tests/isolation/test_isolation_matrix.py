"""The isolation matrix: every operation, by every kind of caller, on own, foreign and missing things.

Cells are derived from the operations of the code, so none can be left out. Each kind of caller is one test, because
building the tenants takes longer than sending the requests.
"""

from http import HTTPStatus

import pytest

from tests.isolation.cells import CallerKind, Cell, Object, cells_of, names_a_thing
from tests.isolation.matrix import Matrix
from tests.support.application import Application
from tests.support.operations import routes

pytestmark = pytest.mark.postgres_too


@pytest.fixture
def matrix(application: Application) -> Matrix:
    return Matrix(application)


@pytest.mark.parametrize("kind", CallerKind)
def test_every_operation_follows_the_permission_table(kind: CallerKind, matrix: Matrix) -> None:
    cells = [cell for route in routes().values() for cell in cells_of(route, kind)]

    answers = [(cell, matrix.send(cell)) for cell in cells]

    assert len(cells) > len(routes())
    assert [
        f"{cell}: {answer.status} instead of {int(cell.expected)}, {answer.text[:200]}"
        for cell, answer in answers
        if answer.status != cell.expected
    ] == []


@pytest.mark.parametrize("kind", [kind for kind in CallerKind if kind is not CallerKind.ANONYMOUS])
def test_responses_for_another_tenants_objects_equal_those_for_missing_ones(
    kind: CallerKind, matrix: Matrix
) -> None:
    hidden = [
        route
        for route in routes().values()
        if names_a_thing(route) and Cell(route, kind, Object.OTHER).expected == HTTPStatus.NOT_FOUND
    ]

    responses = {
        route.name: [
            matrix.send(Cell(route, kind, object_)).text
            for object_ in (Object.OTHER, Object.MISSING)
        ]
        for route in hidden
    }

    assert responses
    assert [name for name, (other, missing) in responses.items() if other != missing] == []
