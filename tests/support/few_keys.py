"""Keys that are generated a few times, and then used in turn."""

from collections.abc import Callable
from itertools import count
from typing import Final, ParamSpec, TypeVar

Key = TypeVar("Key")
Arguments = ParamSpec("Arguments")

FEW: Final = 16
"""More than any test compares with each other."""


def few_keys(generate: Callable[Arguments, Key]) -> Callable[Arguments, Key]:
    """The generator, which starts again with the first key after so many."""
    keys: dict[int, Key] = {}
    numbers = count()

    def next_key(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Key:
        number = next(numbers) % FEW
        if number not in keys:
            keys[number] = generate(*args, **kwargs)
        return keys[number]

    return next_key
