"""Bounds of JSON values."""

from typing import Any

import pytest

from authsvc.kernel.proportion import DEEPEST, MOST_VALUES, Disproportionate, require_proportionate


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [1, None, "text", [], {}, [1] * (MOST_VALUES - 1), nested(DEEPEST), {"a": nested(DEEPEST - 1)}],
)
def test_values_within_the_bounds_are_accepted(value: object) -> None:
    require_proportionate(value)


@pytest.mark.parametrize(
    "value", [[1] * MOST_VALUES, [[1] * 1000] * 30, {str(n): n for n in range(MOST_VALUES)}]
)
def test_too_many_values_are_rejected(value: object) -> None:
    with pytest.raises(Disproportionate, match=r"more than 30,000 values"):
        require_proportionate(value)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 100_000])
def test_values_that_are_nested_too_deeply_are_rejected(depth: int) -> None:
    with pytest.raises(Disproportionate, match=r"more than 20 times"):
        require_proportionate(nested(depth))


def test_a_value_that_repeats_itself_is_counted_each_time() -> None:
    value: list[Any] = [1]
    for _ in range(DEEPEST - 1):
        value = [value, value]

    with pytest.raises(Disproportionate):
        require_proportionate(value)
