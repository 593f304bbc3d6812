"""Renewal of the secret of an OAuth client."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser

from accounts.domain.oauth.errors import ClientNotFound
from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Replace the secret of an OAuth client and print the new one, which is shown only once. The old secret and the "
        "tokens that the client got for itself with it end at once, or after the overlap."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client_id", metavar="CLIENT_ID", help="the client's id")
        parser.add_argument(
            "--overlap-hours",
            type=float,
            metavar="HOURS",
            help="for how long the old secret stays valid, too",
        )
        parser.add_argument("--reason", required=True, help="recorded in the audit log")

    def handle(self, *args: Any, **options: Any) -> None:
        client = services().clients.find(options["client_id"])
        if client is None:
            raise ClientNotFound
        hours = options["overlap_hours"]
        overlap = None if hours is None else timedelta(hours=hours)
        renewed = services().service_clients.renew_secret(
            client.org_id,
            client.id,
            former_until=None if overlap is None else services().ports.clock.now() + overlap,
            reason=options["reason"],
            by=OPERATOR,
        )
        self.stdout.write(renewed.secret)
