"""Generation of signing keys."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.adapters.keys import new_key_ring


class Command(BaseCommand):
    help = (
        "Print a new private JSON Web Key Set for SIGNING_KEYS_FILE. It is secret: store it where only the service "
        "can read it. Needs no database and no settings."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key_ring().private_json())
