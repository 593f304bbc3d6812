"""Deletion of expired data."""

from typing import Any

from authsvc.composition.container import services
from authsvc.http.idempotency.store import idempotency
from authsvc.management.base import OperatorCommand, counted


class Command(OperatorCommand):
    help = (
        "Delete data that has expired, such as sessions with their tokens, codes and rate-limit counters. Print how "
        "much of each kind has been deleted. Run it daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        expiring = services().expiring | {"idempotency record": idempotency()}
        *most, last = (counted(kind.remove_expired(), noun) for noun, kind in expiring.items())
        self.stdout.write(f"Removed: {', '.join(most)} and {last}.")
