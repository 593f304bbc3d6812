"""Export a course."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand
from courses.definitions.courses import write_definition


class Command(OperatorCommand):
    help = "Export the draft of a course, or one of its versions, as YAML for import_course."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """`--version` is that of the course, in place of Django's own option."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the slug or id of the course")
        parser.add_argument(
            "--version",
            type=int,
            metavar="N",
            help="the number of a published version; the draft by default",
        )
        parser.add_argument(
            "--output",
            type=Path,
            metavar="FILE",
            help="the file to write, which is overwritten; standard output by default",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        definition = services().authoring.export(
            options["slug"], version=options["version"], by=OPERATOR
        )
        text, file = write_definition(definition), options["output"]
        if file is None:
            self.stdout.write(text)
            return
        try:
            file.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{definition.slug} has been written to {file}.")
