"""Verification of the audit logs."""

from typing import Any

from django.core.management.base import CommandError

from accounts.domain.access import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand, counted


class Command(OperatorCommand):
    help = (
        "Verify the hash chains of the audit logs of the platform and of every organization. Name each log in which "
        "an entry was changed or is missing, and exit with 1 if there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        report = services().audit_reader.verify(by=OPERATOR)
        for flaw in report.flaws:
            name = f"organization {flaw.org_id}" if flaw.org_id else "the platform"
            self.stdout.write(f"{name}: {flaw.reason}")
        chains = counted(report.chains, "chain")
        entries = "1 entry" if report.entries == 1 else f"{report.entries} entries"
        self.stdout.write(f"{chains}, {entries}")
        if report.flaws:
            raise CommandError(f"The audit log has {counted(len(report.flaws), 'flaw')}.")
