"""Show a course to learners."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.public import OPERATOR
from authsvc.commands import OperatorCommand
from authsvc.container import services


class Command(OperatorCommand):
    help = (
        "Freeze the draft of a course as its next version, and show that to learners from now on. Those on the "
        "course stay on their version. A retired course whose draft is unchanged opens again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the slug of the course, or its id")

    def handle(self, *args: Any, **options: Any) -> None:
        course = services().authoring.publish(options["slug"], by=OPERATOR)
        self.stdout.write(f"{course.slug}: learners now see version {course.version}.")
