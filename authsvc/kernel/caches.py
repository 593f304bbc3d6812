"""Caches in a process: values that cost more to make than to hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True)
class BoundedCache(Generic[Key, Value]):
    """At most *most* values by their keys; before there are more, all are forgotten. No value may be None.

    It can be shared by threads. Of those that lack the same value at the same time, each makes it.
    """

    most: int
    _values: dict[Key, Value] = field(default_factory=dict, repr=False)

    def find(self, key: Key) -> Value | None:
        return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        if len(self._values) >= self.most:
            self._values.clear()
        self._values[key] = value

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value with this key, which is made if it is not here."""
        value = self.find(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def clear(self) -> None:
        self._values.clear()

    def __len__(self) -> int:
        return len(self._values)
