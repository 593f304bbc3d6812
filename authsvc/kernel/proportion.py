"""Bounds of JSON values: how many values are in one, and how deeply they are nested."""

from typing import Any, Final

DEEPEST: Final = 20
MOST_VALUES: Final = 30_000


class Disproportionate(Exception):
    """A value has more parts, or is nested more deeply, than is read. The message continues a sentence."""

    @classmethod
    def of_many(cls) -> "Disproportionate":
        return cls(f"has more than {MOST_VALUES:,} values")

    @classmethod
    def of_depth(cls) -> "Disproportionate":
        return cls(f"is nested too deeply, more than {DEEPEST} times")


def require_proportionate(value: Any) -> None:
    """Raise Disproportionate for a JSON value with more than 30,000 values in it, or nested more than 20 deep.

    It looks at no more than that many values.
    """
    count, level = 1, [value]
    for _ in range(DEEPEST + 1):
        collections = [inner for inner in level if isinstance(inner, dict | list)]
        count += sum(map(len, collections))
        if count > MOST_VALUES:
            raise Disproportionate.of_many()
        if not collections:
            return
        level = [
            part
            for inner in collections
            for part in (inner.values() if isinstance(inner, dict) else inner)
        ]
    raise Disproportionate.of_depth()
