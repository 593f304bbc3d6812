"""Bring a course in."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser

from accounts.public import OPERATOR, OrganizationId, OrganizationNotFound
from authsvc.commands import OperatorCommand, counted
from authsvc.container import services
from courses.definitions import read_definition
from courses.definitions.reading import LONGEST_TEXT

MOST_BYTES: Final = 4 * LONGEST_TEXT
"""What the longest text can take in UTF-8."""


class Command(OperatorCommand):
    help = (
        "Make a course definition the draft of the course with its slug, which is started if there is none. "
        "Learners see nothing of it before publish_course. To import the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            metavar="FILE",
            help="the definition, YAML or JSON in UTF-8; - reads standard input",
        )
        parser.add_argument(
            "--org",
            metavar="SLUG",
            help="the slug of the organization whose course it is; without it, the platform's",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        definition = read_definition(_text_in(options["file"]))
        course = services().authoring.import_definition(
            definition, org_id=_organization(options["org"]), by=OPERATOR
        )
        modules = counted(len(definition.modules), "module")
        items = counted(sum(len(module.items) for module in definition.modules), "item")
        self.stdout.write(f"{course.slug}: the draft has {modules} and {items}.")
        self.stdout.write(f"To show it to learners: manage.py publish_course {course.slug}")


def _organization(slug: str | None) -> OrganizationId | None:
    if slug is None:
        return None
    found = services().gate.by_slug(slug, by=OPERATOR)
    if found is None:
        raise OrganizationNotFound
    return found.id


def _text_in(file: str) -> str:
    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    if len(content) > MOST_BYTES:
        raise CommandError(f"{file} is too long for a course.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{file} is not text in UTF-8.") from None
