"""Submission of assessment attempts whose time limit has passed."""

from typing import Any

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.kernel.text import counted
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Submit attempts whose time limit has passed, as of their deadline and with the answers saved until then. A "
        "background job does the same every five minutes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        number = services().overdue_attempts.submit_all(by=OPERATOR)
        self.stdout.write(f"Submitted: {counted(number, 'attempt')}.")
