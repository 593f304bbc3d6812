"""Export events as xAPI statements."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand, organization_at
from progress.domain.entities.events import EventSelection
from progress.statements import statement_of


class Command(OperatorCommand):
    help = (
        "Write all events as xAPI 1.0.3 statements, one per line, in the order of the log. "
        "Statement ids never change, so an interrupted export can be resumed with --since."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", metavar="SLUG", help="only events of this organization")
        parser.add_argument("--since", metavar="TIME", help="only events stored after this time")
        parser.add_argument("--until", metavar="TIME", help="only events stored up to this time")
        self.add_output_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        export = services().export
        events = export.whole(
            by=OPERATOR,
            org_id=organization_at(options["org"]),
            selection=EventSelection(since=_time(options["since"]), until=_time(options["until"])),
        )
        home, file = settings.ENVIRONMENT.public_url, options["output"]
        lines = (
            f"{json.dumps(statement_of(event, titles, home=home))}\n"
            for event, titles in export.with_titles(events, by=OPERATOR)
        )
        self.write_lines(lines, file, done=f"Statements written to {file}.")


def _time(text: str | None) -> datetime | None:
    """Parse a time; without an offset it is UTC."""
    if text is None:
        return None
    try:
        time = parse_datetime(text)
    except ValueError:
        time = None
    if time is None:
        raise CommandError(f"{text} is not a valid time; write it like 2026-11-25T12:00:00Z.")
    return time if time.tzinfo else time.replace(tzinfo=UTC)
