"""Staff actions: calls of several services that succeed or fail together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from authsvc.kernel.unit_of_work import UnitOfWork

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffActions:
    unit_of_work: UnitOfWork

    def perform(
        self, act: Callable[[], Result], *, note: Callable[[Result], object] | None = None
    ) -> Result:
        """Call *act*, then *note* with its result, and commit the writes of both or of neither.

        *note* writes the entry in the history that the admin site shows for each row.
        """
        with self.unit_of_work.atomic():
            result = act()
            if note is not None:
                note(result)
        return result
