"""Delivery of mail that could not be sent at once."""

from typing import Any

from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Retry mail that could not be sent, as far as it is due: after one minute, two, four and so on. Run it every "
        "few minutes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sent, failed = services().outbox.deliver()
        self.stdout.write(f"Sent: {sent}. Failed: {failed}.")
