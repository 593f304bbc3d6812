"""Deletion of expired data."""

from typing import Any

from authsvc.composition.container import services
from authsvc.kernel.text import counted
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Delete data that has expired, such as sessions with their tokens, codes and rate-limit counters. Print how "
        "much of each kind has been deleted. A background job does the same daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        *most, last = (
            counted(kind.remove_expired(), noun) for noun, kind in services().expiring.items()
        )
        self.stdout.write(f"Removed: {', '.join(most)} and {last}.")
