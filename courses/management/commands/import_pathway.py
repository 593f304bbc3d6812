"""Import a learning pathway."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.kernel.text import counted
from authsvc.management.base import OperatorCommand, organization_at
from courses.definitions.pathways import read_pathway
from courses.management.files import add_owner_argument, text_in


class Command(OperatorCommand):
    help = (
        "Import a pathway definition as the learning pathway with its slug, which is created if it does not exist. "
        "Learners see changes to a published pathway at once. Importing the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            metavar="FILE",
            help="the definition, YAML or JSON in UTF-8; - reads standard input",
        )
        add_owner_argument(parser, "pathway")

    def handle(self, *args: Any, **options: Any) -> None:
        definition = read_pathway(text_in(options["file"]))
        pathway = services().pathway_authoring.import_definition(
            definition, org_id=organization_at(options["org"]), by=OPERATOR
        )
        stages = counted(len(definition.stages), "stage")
        courses = counted(sum(len(stage.courses) for stage in definition.stages), "course")
        self.stdout.write(f"{pathway.slug} is {pathway.status} and has {stages} and {courses}.")
