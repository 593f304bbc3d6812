"""The isolation matrix: every operation, by every kind of caller, on own, foreign and missing things.

Cells are derived from the operations of the code, so none can be left out. A caller's rights follow from their role,
the scopes of their token, and how and when they signed in. Each kind of caller is one test.
"""

from collections.abc import Iterable, Sequence
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

ON_OWN_THINGS: Final = {
    CallerKind.INSTRUCTOR,
    CallerKind.ADMIN,
    CallerKind.SUSPENDED,
    CallerKind.STALE_ADMIN,
    CallerKind.WEAK_ADMIN,
    CallerKind.DEVICE,
}
"""Callers whose own things show which rights they have. What belongs to others is hidden as it is from the owner."""

SHOWN_BY_OTHERS: Final = {
    CallerKind.ANONYMOUS,
    CallerKind.OTHER_SERVICE,
    CallerKind.ONE_SCOPE,
    CallerKind.OTHER_SCOPES,
}
"""The mirror of the service client, and callers whom tests/http/test_every_operation.py sends to each operation."""

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


def marks_of(kind: CallerKind) -> list[pytest.MarkDecorator]:
    """When and where a caller is tried on all objects."""
    if kind in ON_POSTGRES:
        return [pytest.mark.memory_nightly]
    is_nightly = kind in ON_OWN_THINGS | SHOWN_BY_OTHERS
    return [pytest.mark.postgres_nightly, *([pytest.mark.nightly] if is_nightly else [])]


def by(kinds: Iterable[CallerKind], *marks: pytest.MarkDecorator) -> pytest.MarkDecorator:
    """These callers of the tenants as they are usually built."""
    return pytest.mark.parametrize(
        "kind",
        [
            pytest.param(kind, id=kind, marks=marks or marks_of(kind))
            for kind in CallerKind
            if kind in kinds and kind is not CallerKind.WEAK_ADMIN
        ],
    )


by_the_weak_admin = pytest.mark.parametrize(
    ("kind", "built"), [(CallerKind.WEAK_ADMIN, True)], ids=str, indirect=["built"]
)
"""In tests of their own, because the tenants are built again for them."""


@pytest.mark.long
@by(CallerKind)
def test_every_operation_follows_the_permission_table_and_hides_other_tenants(
    kind: CallerKind, matrix: Matrix
) -> None:
    assert unexpected_answers(cells_by(kind), matrix) == []
    if kind not in SEES_LIKE_OTHERS:
        assert revealing_operations(kind, matrix) == []


@pytest.mark.long
@pytest.mark.nightly
@pytest.mark.postgres_nightly
@by_the_weak_admin
def test_every_operation_follows_the_permission_table_where_staff_need_a_second_factor(
    kind: CallerKind, matrix: Matrix
) -> None:
    assert unexpected_answers(cells_by(kind), matrix) == []
    assert revealing_operations(kind, matrix) == []


@by(ON_OWN_THINGS, pytest.mark.memory)
def test_every_operation_follows_the_permission_table_on_things_of_the_caller(
    kind: CallerKind, matrix: Matrix
) -> None:
    assert unexpected_answers(own_cells_by(kind), matrix) == []


@pytest.mark.memory
@by_the_weak_admin
def test_so_it_does_on_things_of_an_admin_without_a_second_factor(
    kind: CallerKind, matrix: Matrix
) -> None:
    assert unexpected_answers(own_cells_by(kind), matrix) == []


def cells_by(kind: CallerKind) -> list[Cell]:
    return [cell for route in routes().values() for cell in cells_of(route, kind)]


def own_cells_by(kind: CallerKind) -> list[Cell]:
    return [Cell(route, kind, Object.OWN) for route in routes().values()]


def unexpected_answers(cells: Sequence[Cell], matrix: Matrix) -> list[str]:
    """The cells whose answers are not what the permission table implies."""
    assert len(cells) >= len(routes())
    answers = [(cell, matrix.send(cell)) for cell in cells]
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
