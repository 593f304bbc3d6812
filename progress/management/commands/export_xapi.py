"""Take the log out, as statements of xAPI."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from accounts.public import OPERATOR, OrganizationId, OrganizationNotFound
from authsvc.commands import OperatorCommand
from authsvc.container import services
from progress.statements import statement_of


class Command(OperatorCommand):
    help = (
        "Write all that is recorded as statements of xAPI 1.0.3, one a line, in the order of the log. "
        "The ids of statements never change, so an export may begin again where an earlier one broke off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", metavar="SLUG", help="only what belongs to this organization")
        parser.add_argument("--since", metavar="TIME", help="only what was stored after this")
        parser.add_argument("--until", metavar="TIME", help="only what was stored by then")
        parser.add_argument(
            "--output",
            type=Path,
            metavar="FILE",
            help="the file to write, in place of what it holds; without it, standard output",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        events = services().export.whole(
            by=OPERATOR,
            org_id=_org_id(options["org"]),
            since=_moment(options["since"]),
            until=_moment(options["until"]),
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
        self.stdout.write(f"The statements are written to {file}.")


def _org_id(slug: str | None) -> OrganizationId | None:
    if slug is None:
        return None
    found = services().gate.by_slug(slug, by=OPERATOR)
    if found is None:
        raise OrganizationNotFound
    return found.id


def _moment(text: str | None) -> datetime | None:
    """Without an offset it is UTC."""
    if text is None:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text} is no moment; write it as 2026-11-25T12:00:00Z.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
