"""Background work in a process of its own."""

import signal
from threading import Event
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from authsvc.composition.container import services
from authsvc.composition.jobs import THREADS
from authsvc.jobs.entities import Queue
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Run background jobs until SIGTERM or SIGINT: mail, notices to clients, imports, exports, and periodic work. "
        "Run as many of these processes as needed; each job is run by one of them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--once", action="store_true", help="Run the jobs that are due in one thread, then end."
        )
        for queue, number in THREADS.items():
            parser.add_argument(
                f"--{queue}",
                type=int,
                default=number,
                help=f"Threads for jobs of the queue {queue}. Default: %(default)s.",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT.has_broker:
            raise CommandError(
                "BROKER_URL is set, so Celery runs the jobs: celery --app=authsvc.celery worker --beat. "
                "Unset it to run them without the broker."
            )
        threads: dict[Queue, int] = {queue: options[queue] for queue in THREADS}
        if min(threads.values()) < 0 or not any(threads.values()):
            raise CommandError("Numbers of threads must not be negative, nor all 0.")
        worker = services().worker({queue: number for queue, number in threads.items() if number})
        stop = Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        if options["once"]:
            self.stdout.write(f"Jobs run: {worker.run_once(is_stopping=stop.is_set)}.")
            return
        worker.start()
        self.stdout.write("Working.")
        self.stdout.flush()
        stop.wait()
        worker.stop()
