"""Background work in a process of its own."""

import signal
from threading import Event
from types import FrameType
from typing import Any

from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Run background jobs until SIGTERM or SIGINT: mail, notices to clients, imports, exports, and periodic work. "
        "Run as many of these processes as needed; each job is run by one of them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        worker = services().worker()
        worker.start()
        self.stdout.write("Working.")
        stop.wait()
        worker.stop()
