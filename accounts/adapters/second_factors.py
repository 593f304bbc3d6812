"""Second factors, stored by django-allauth."""

from uuid import UUID

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.db import transaction


def redeem_code(authenticator: Authenticator, code: str) -> bool:
    """Redeem a TOTP code; False if its time step, or a later one, was used before (RFC 6238 §5.2).

    Of concurrent callers one succeeds. Recovery codes can be used once anyway.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        step = _step_of(code, secret=decrypt(row.data["secret"]))
        if step is None or step <= row.data.get("last_step", -1):
            return False
        row.data["last_step"] = step
        row.save(update_fields=["data"])
    return True


def _step_of(code: str, *, secret: str) -> int | None:
    """The latest time step around now that has this code."""
    steps = sorted(auth.yield_hotp_counters_from_time(), reverse=True)
    return next((step for step in steps if _is_of(code, step, secret)), None)


def _is_of(code: str, step: int, secret: str) -> bool:
    expected = auth.format_hotp_value(auth.hotp_value(secret, step))
    return bool(compare_user_code(actual=code, expected=expected))


def totp_authenticator_of(user_id: UUID) -> Authenticator:
    """The user's authenticator app, which must be set up."""
    return Authenticator.objects.get(user_id=user_id, type=Authenticator.Type.TOTP)
