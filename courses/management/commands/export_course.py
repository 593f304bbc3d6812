"""Export a course."""

from typing import Any

from django.core.management.base import CommandParser

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
        self.add_output_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        definition = services().authoring.export(
            options["slug"], version=options["version"], by=OPERATOR
        )
        file = options["output"]
        done = f"{definition.slug} has been written to {file}."
        self.write_lines([write_definition(definition)], file, done=done)
