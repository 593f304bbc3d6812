"""Prove the log."""

from typing import Any

from django.core.management.base import CommandError

from accounts.public import OPERATOR
from authsvc.commands import OperatorCommand, counted
from authsvc.container import services


class Command(OperatorCommand):
    help = (
        "Follow the chain of every learner's log on every course, up to the event with which what is kept of his "
        "progress ends. Name each stream in which an event was changed or is missing, and end with 1 if there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        report = services().log.verify(by=OPERATOR)
        for flaw in report.flaws:
            self.stdout.write(f"{flaw.stream}: {flaw.reason}")
        streams, events = counted(report.streams, "stream"), counted(report.events, "event")
        self.stdout.write(f"{streams}, {events}")
        if report.flaws:
            raise CommandError(f"The log has {counted(len(report.flaws), 'flaw')}.")
