"""Verify the event log."""

from typing import Any

from django.core.management.base import CommandError

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand, counted


class Command(OperatorCommand):
    help = (
        "Verify the hash chain of every learner's events on every course, up to the head in the stored progress. List "
        "each stream in which an event was changed or is missing, and exit with 1 if there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        report = services().log_verifier.verify(by=OPERATOR)
        for flaw in report.flaws:
            self.stdout.write(f"{flaw.stream}: {flaw.reason}")
        streams, events = counted(report.streams, "stream"), counted(report.events, "event")
        self.stdout.write(f"{streams}, {events}")
        if report.flaws:
            raise CommandError(f"The log has {counted(len(report.flaws), 'flaw')}.")
