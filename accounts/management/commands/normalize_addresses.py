"""Normalization of stored e-mail addresses."""

from typing import Any

from django.apps import apps
from django.core.management.base import CommandError

from accounts.adapters.address_rows import normalize_addresses
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Store e-mail addresses in one form, as `migrate` has done. Name the accounts that share a mailbox, and the "
        "addresses that are no longer valid, and exit with 1 if there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        report = normalize_addresses(apps)
        for problem in report.problems:
            self.stdout.write(problem)
        self.stdout.write(f"{report.changed} normalized")
        if report.problems:
            raise CommandError(f"{len(report.problems)} to resolve.")
