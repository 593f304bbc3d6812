"""Import a course."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.kernel.text import counted
from authsvc.management.base import OperatorCommand, organization_at
from courses.definitions.courses import read_definition
from courses.definitions.olx.files import ROOT, is_archive
from courses.definitions.olx.losses import Loss, lines_of
from courses.definitions.olx.reading import read_olx
from courses.domain.entities.courses import CourseDefinition
from courses.management.files import add_owner_argument, text_in, unreadable


class Command(OperatorCommand):
    help = (
        "Import a course definition, or an Open edX course in OLX, as the draft of the course with its slug, which is "
        "created if it does not exist. Learners see the draft after publish_course. Importing the same again changes "
        "nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            metavar="FILE",
            help=(
                "the definition, YAML or JSON in UTF-8; - reads standard input; or a folder with a course.xml, "
                "or such a folder packed as .tar.gz"
            ),
        )
        add_owner_argument(parser, "course")

    def handle(self, *args: Any, **options: Any) -> None:
        definition, losses = _read(options["file"])
        course = services().authoring.import_definition(
            definition, org_id=organization_at(options["org"]), by=OPERATOR
        )
        for line in lines_of(losses):
            self.stdout.write(line)
        modules = counted(len(definition.modules), "module")
        items = counted(sum(len(module.items) for module in definition.modules), "item")
        self.stdout.write(f"{course.slug}: the draft has {modules} and {items}.")
        if losses:
            self.stdout.write(f"{counted(len(losses), 'part')} of the course could not be mapped.")
        self.stdout.write(f"To publish it: manage.py publish_course {course.slug}")


def _read(file: str) -> tuple[CourseDefinition, list[Loss]]:
    """The course in the file or folder, and what could not be mapped."""
    path = Path(file)
    if not ((path / ROOT).is_file() or is_archive(path)):
        return read_definition(text_in(file)), []
    try:
        return read_olx(path)
    except OSError as error:
        raise unreadable(file, error) from None
