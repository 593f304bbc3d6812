"""Verification of everything that the service vouches for."""

import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.adapters.anchors import read_anchors
from accounts.public import (
    OPERATOR,
    Anchor,
    CheckResult,
    VerificationReport,
    VerificationTask,
    members_of,
)
from authsvc.composition.container import services
from authsvc.composition.verification_processes import in_processes
from authsvc.kernel.text import counted
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Verify the event log, the progress that follows from it, the audit logs, and that published versions, "
        "attempts, grades and credentials are what the logs recorded; compare the logs with the anchors. Write a "
        "report as JSON, and exit with 1 if it has a finding."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="compare the logs with exported anchors, too: a file or a folder; can be repeated",
        )
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="CHECK",
            help="run only this check; can be repeated",
        )
        parser.add_argument(
            "--processes",
            type=int,
            choices=range(1, 65),
            metavar="NUMBER",
            help="how many processes verify at once (default: one for each core, and one alone for a small log)",
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="the file to write or overwrite (default: standard output)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verifier = services().verifier
        if unknown := set(options["only"]).difference(verifier.names):
            names = ", ".join(verifier.names)
            raise CommandError(f"There is no check {unknown.pop()}; choose from {names}.")
        try:
            report = verifier.verify(
                by=OPERATOR,
                only=options["only"],
                exported=_anchors_in(options["anchor"]),
                run=partial(self._results_of, processes=options["processes"]),
            )
        except BrokenProcessPool:
            msg = "A process was killed before it had verified its part. Is there enough memory?"
            raise CommandError(msg) from None
        self._write(report, options["report"])
        if not report.is_clean:
            findings = sum(len(result.findings) + result.omitted for result in report.results)
            raise CommandError(f"The data does not verify: {counted(findings, 'finding')}.")

    def _results_of(
        self, tasks: Sequence[VerificationTask], *, processes: int | None
    ) -> Iterable[CheckResult]:
        # A small log is verified before other processes have started.
        has_parts = len({task.users for task in tasks}) > 1
        processes = processes or (os.cpu_count() or 1 if has_parts else 1)
        if processes > 1:
            return in_processes(tasks, processes=processes, progress=self._show_progress)
        run = services().verifier.run
        return (run(task, by=OPERATOR, progress=self._show_progress) for task in tasks)

    def _show_progress(self, label: str, rows: int) -> None:
        self.stderr.write(f"{label}: {counted(rows, 'row')}")

    def _write(self, report: VerificationReport, file: Path | None) -> None:
        text = json.dumps(members_of(report), indent=2)
        if file is None:
            self.stdout.write(text)
            return
        try:
            file.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None


def _anchors_in(files: Iterable[Path]) -> list[Anchor]:
    anchors = list[Anchor]()
    for file in files:
        try:
            anchors.extend(read_anchors(file))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        except ValueError:
            raise CommandError(f"{file} does not hold exported anchors.") from None
    return anchors
