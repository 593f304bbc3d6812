"""Export events as xAPI statements."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from accounts.public import OPERATOR, OrganizationId, OrganizationNotFound
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand
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
        parser.add_argument(
            "--output",
            type=Path,
            metavar="FILE",
            help="the file to write or overwrite (default: standard output)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        events = services().export.whole(
            by=OPERATOR,
            org_id=_org_id(options["org"]),
            since=_time(options["since"]),
            until=_time(options["until"]),
        )
        home, file = settings.ENVIRONMENT.public_url, options["output"]
        lines = (f"{json.dumps(statement_of(event, home=home))}\n" for event in events)
        if file is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        try:
            with file.open("w", encoding="utf-8", newline="\n") as opened:
                opened.writelines(lines)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"Statements written to {file}.")


def _org_id(slug: str | None) -> OrganizationId | None:
    if slug is None:
        return None
    organization = services().tenant_access.by_slug(slug, by=OPERATOR)
    if organization is None:
        raise OrganizationNotFound
    return organization.id


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
