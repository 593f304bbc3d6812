"""Rotation of the keys with which issuers sign credentials."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.public import OPERATOR
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand
from credentials.domain.entities.issuers import PLATFORM, issuer_named


class Command(OperatorCommand):
    help = (
        "Replace the keys with which an issuer signs credentials. What the old keys signed verifies as before, unless "
        "they are marked as compromised: then what they signed from that time on does not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--issuer", default=PLATFORM, help="the id of an organization; without it, the platform"
        )
        parser.add_argument("--reason", required=True, help="why, for the audit log")
        parser.add_argument(
            "--compromised-since",
            metavar="TIME",
            help="mark the present keys as compromised from this time on, such as 2026-11-29T12:00Z",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            org_id = issuer_named(options["issuer"])
        except ValueError:
            raise CommandError(
                "--issuer must be `platform` or the id of an organization."
            ) from None
        keys, reason = services().issuer_keys, options["reason"]
        if options["compromised_since"]:
            since = _time_in(options["compromised_since"])
            for key in keys.issuer(org_id).keys:
                if key.is_current:
                    keys.mark_compromised(key.id, since=since, reason=reason, by=OPERATOR)
        for key in keys.rotate(org_id, reason=reason, by=OPERATOR):
            self.stdout.write(f"{key.kind}: {services().addresses.key(org_id, key.id)}")


def _time_in(text: str) -> datetime:
    """Raises CommandError."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a time such as 2026-11-29T12:00Z.") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
