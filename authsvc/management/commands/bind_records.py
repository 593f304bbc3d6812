"""Binding of records that are older than the hashes in the logs."""

from typing import Any

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Record the hashes of versions, attempts and credentials that were recorded without one, so that later changes "
        "are detected. Run it once after upgrading; it leaves out what contradicts the logs, which `verify` names."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = {
            "course versions": services().course_version_binder.bind_all(by=OPERATOR),
            "attempts": services().attempt_binder.bind_all(by=OPERATOR),
            "credentials": services().credential_binder.bind_all(by=OPERATOR),
        }
        for name, number in numbers.items():
            self.stdout.write(f"{name}: {number} bound")
