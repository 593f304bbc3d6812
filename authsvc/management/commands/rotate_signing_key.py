"""Rotation of signing keys."""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.adapters.key_file import CHECK_INTERVAL_SECONDS, UnusableKeys, read_key_ring
from accounts.adapters.keys import ALGORITHMS, KeyRing
from accounts.adapters.security_log import StructlogSecurityLogWriter
from accounts.public import OPERATOR, KeyRotation, SecurityEvent
from authsvc.config.secret_files import replace_secret

KEY_SET_MAX_AGE: Final = timedelta(minutes=5)
"""How long others may cache our public keys: the max-age of /.well-known/jwks.json."""


class Command(BaseCommand):
    help = (
        "Add new signing keys to SIGNING_KEYS_FILE. They are published at once and sign after a few minutes, when all "
        "cached key sets have expired. The old keys verify their tokens until the last one has expired. No restart is "
        "needed."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="the old keys are compromised: remove them now, which invalidates every token they have signed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.ENVIRONMENT.signing_keys_path
        if path is None:
            raise CommandError("SIGNING_KEYS_FILE is not set, so there are no keys to rotate.")
        try:
            ring = _rotated(read_key_ring(path), is_compromised=options["compromised"])
            replace_secret(path, ring.private_json())
        except UnusableKeys as error:
            raise CommandError(f"{error}.") from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        StructlogSecurityLogWriter().write(
            SecurityEvent.SIGNING_KEYS_ROTATED,
            by=OPERATOR.identity,
            reason=KeyRotation.COMPROMISED if options["compromised"] else KeyRotation.PLANNED,
        )
        for key in ring.keys[-len(ALGORITHMS) :]:
            self.stdout.write(f"{key['alg']}: {key['kid']}")


def _rotated(ring: KeyRing, *, is_compromised: bool) -> KeyRing:
    now = timezone.now()
    if is_compromised:
        return KeyRing(()).rotated(at=now, signs_from=now, ends=now)
    lead = KEY_SET_MAX_AGE + timedelta(seconds=2 * CHECK_INTERVAL_SECONDS)
    if {key["alg"] for key in ring.keys} != set(ALGORITHMS):
        lead = timedelta()
    signs_from = now + lead
    ends = signs_from + settings.ENVIRONMENT.access_token + timedelta(minutes=1)
    return ring.rotated(at=now, signs_from=signs_from, ends=ends)
