"""Tell clients that somebody has signed out."""

from typing import Any

from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand, counted


class Command(OperatorCommand):
    help = (
        "Tell clients that somebody has signed out, where that is due (OpenID Connect Back-Channel Logout). What "
        "fails is tried again later, some times; run it every minute."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        told = counted(services().logouts.deliver(), "notice")
        self.stdout.write(f"Taken by clients: {told}.")
