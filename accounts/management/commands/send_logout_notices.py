"""Delivery of log-out notices (OpenID Connect Back-Channel Logout)."""

from typing import Any

from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand, counted


class Command(OperatorCommand):
    help = (
        "Retry log-out notifications that could not be delivered to clients (OpenID Connect Back-Channel Logout), as "
        "far as they are due. Run it every few minutes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        notices = counted(services().logouts.deliver(), "notice")
        self.stdout.write(f"Delivered: {notices}.")
