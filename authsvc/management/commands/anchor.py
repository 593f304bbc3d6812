"""Anchoring of all logs."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.adapters.anchors import as_line
from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Make an anchor: a signed statement about how far all logs have come, chained to the one before. It is stored, "
        "exported to ANCHOR_EXPORT, and printed. A background job does the same every hour."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--new-key",
            action="store_true",
            help="continue after an anchor whose key the service no longer has",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        anchor = services().anchors.make(has_new_key=options["new_key"], by=OPERATOR)
        self.stdout.write(as_line(anchor), ending="")
        try:
            place = services().anchors.export(anchor)
        except OSError as error:
            msg = f"Anchor {anchor.sequence} is stored, but cannot be exported: {error.strerror or error}."
            raise CommandError(msg) from None
        if place:
            self.stderr.write(f"Exported to {place}.")
