"""Publish a course."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Publish the draft of a course as its next version. Learners who are enrolled stay on their version. A retired "
        "course whose draft is unchanged reopens."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the slug or id of the course")

    def handle(self, *args: Any, **options: Any) -> None:
        course = services().authoring.publish(options["slug"], by=OPERATOR)
        self.stdout.write(f"{course.slug}: learners now see version {course.version}.")
