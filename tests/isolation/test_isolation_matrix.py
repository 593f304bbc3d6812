"""The isolation matrix: every operation, by every kind of caller, on own, foreign and missing things.

Cells are derived from the operations of the code, so none can be left out. A caller's rights follow from their role,
the scopes of their token, and how and when they signed in. Each kind of caller is one test.
"""

from typing import Final

import pytest

from tests.isolation.cells import (
    NOT_FOUND,
    CallerKind,
    Cell,
    Object,
    cells_of,
    names_a_thing,
)
from tests.isolation.matrix import Matrix
from tests.isolation.tenants import Neighbours
from tests.support.operations import routes

ON_POSTGRES: Final = {CallerKind.LEARNER, CallerKind.OTHER_OWNER}
"""Callers who together reach each query. What else the others may do is decided before a query."""

SEES_LIKE_OTHERS: Final = {
    CallerKind.ANONYMOUS,
    CallerKind.STALE_ADMIN,
    CallerKind.ONE_SCOPE,
    CallerKind.OTHER_SCOPES,
    CallerKind.DEVICE,
}
"""Callers who see nothing, or what the admin or the owner behind their token sees."""


@pytest.fixture
def matrix(neighbours: Neighbours, kind: CallerKind) -> Matrix:
    return Matrix(neighbours, kind)


@pytest.mark.long
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            kind,
            id=kind,
            marks=pytest.mark.memory_nightly
            if kind in ON_POSTGRES
            else pytest.mark.postgres_nightly,
        )
        for kind in CallerKind
        if kind is not CallerKind.WEAK_ADMIN
    ],
)
def test_every_operation_follows_the_permission_table_and_hides_other_tenants(
    kind: CallerKind, matrix: Matrix
) -> None:
    assert wrong_answers(kind, matrix) == []
    if kind not in SEES_LIKE_OTHERS:
        assert revealing_operations(kind, matrix) == []


@pytest.mark.long
@pytest.mark.postgres_nightly
@pytest.mark.parametrize(
    ("kind", "built"), [(CallerKind.WEAK_ADMIN, True)], ids=str, indirect=["built"]
)
def test_every_operation_follows_the_permission_table_where_staff_need_a_second_factor(
    kind: CallerKind, matrix: Matrix
) -> None:
    """In a test of its own, because the tenants are built with that setting."""
    assert wrong_answers(kind, matrix) == []
    assert revealing_operations(kind, matrix) == []


def wrong_answers(kind: CallerKind, matrix: Matrix) -> list[str]:
    """The cells whose answers are not what the permission table implies."""
    cells = [cell for route in routes().values() for cell in cells_of(route, kind)]
    answers = [(cell, matrix.send(cell)) for cell in cells]
    assert len(cells) > len(routes())
    return [
        f"{cell}: {answer.status} instead of {cell.expected}, {answer.text[:200]}"
        for cell, answer in answers
        if not cell.expected.describes(answer)
    ]


def revealing_operations(kind: CallerKind, matrix: Matrix) -> list[str]:
    """The operations whose responses for another tenant's objects differ from those for missing ones."""
    hidden = [
        route
        for route in routes().values()
        if names_a_thing(route) and Cell(route, kind, Object.OTHER).expected == NOT_FOUND
    ]

    responses = {
        route.name: [
            matrix.send(Cell(route, kind, object_)).text
            for object_ in (Object.OTHER, Object.MISSING)
        ]
        for route in hidden
    }

    assert responses
    return [name for name, (other, missing) in responses.items() if other != missing]
