"""Rebuild the progress of all learners from the event log."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.kernel.text import counted
from authsvc.management.base import OperatorCommand
from progress.domain.services.verification import ProjectionReport


class Command(OperatorCommand):
    help = (
        "Rebuild the progress of all learners from the event log, and repair stored progress that differs. Refuses a "
        "log that does not verify, or that is behind the stored progress: the repair would hide what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="only compare, change nothing, and exit with 1 if anything differs",
        )
        parser.add_argument(
            "--trust-log",
            action="store_true",
            help="also repair progress that ends with an event that is not in the log",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._compare()
        else:
            self._rebuild(trusts_log=options["trust_log"])

    def _compare(self) -> None:
        report = services().log_verifier.compare(by=OPERATOR)
        self._list(report, "different")
        self.stdout.write(f"checksum of the log:             {report.checksum}")
        self.stdout.write(f"checksum of the stored progress: {report.stored_checksum}")
        if not report.is_clean:
            raise CommandError("The stored progress differs from the log.")

    def _rebuild(self, *, trusts_log: bool) -> None:
        report = services().log_verifier.rebuild(trusts_log=trusts_log, by=OPERATOR)
        self._list(report, "repaired")
        self.stdout.write(f"checksum: {report.checksum}")
        if report.flaws:
            raise CommandError("Some progress cannot be rebuilt from the log.")

    def _list(self, report: ProjectionReport, verdict: str) -> None:
        for stream in report.differing:
            self.stdout.write(f"{stream}: {verdict}")
        for flaw in report.flaws:
            self.stdout.write(f"{flaw.stream}: {flaw.reason}")
        streams = counted(report.streams, "stream")
        self.stdout.write(f"{streams}, {len(report.differing)} {verdict}")
