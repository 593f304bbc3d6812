"""Compute everybody's progress anew."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.public import OPERATOR
from authsvc.commands import OperatorCommand, counted
from authsvc.container import services
from progress.domain.services import ProjectionReport


class Command(OperatorCommand):
    help = (
        "Compute everybody's progress anew from the log, and repair what was kept where it differs. Run verify_log "
        "first: it finds a log that was cut short by what was kept, and no longer after the repair."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="only compare, change nothing, and end with 1 if anything differs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._compare()
        else:
            self._rebuild()

    def _compare(self) -> None:
        report = services().log.compare(by=OPERATOR)
        self._list(report, "different")
        self.stdout.write(f"checksum of the log:      {report.checksum}")
        self.stdout.write(f"checksum of what is kept: {report.kept_checksum}")
        if not report.is_true:
            raise CommandError("What is kept of progress is not what the log amounts to.")

    def _rebuild(self) -> None:
        report = services().log.rebuild(by=OPERATOR)
        self._list(report, "repaired")
        self.stdout.write(f"checksum: {report.checksum}")
        if report.flaws:
            raise CommandError("Not all of it can be computed from the log.")

    def _list(self, report: ProjectionReport, verdict: str) -> None:
        for stream in report.differing:
            self.stdout.write(f"{stream}: {verdict}")
        for flaw in report.flaws:
            self.stdout.write(f"{flaw.stream}: {flaw.reason}")
        streams = counted(report.streams, "stream")
        self.stdout.write(f"{streams}, {len(report.differing)} {verdict}")
