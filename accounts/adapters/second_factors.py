"""Second factors, as django-allauth keeps them."""

from uuid import UUID

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.db import transaction


def uses_up(authenticator: Authenticator, code: str) -> bool:
    """Whether the code is of a later step of time than every code that was used before (RFC 6238 §5.2).

    Of several callers at once it is so for one. Recovery codes work once anyway.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        step = _step_of(code, secret=decrypt(kept.data["secret"]))
        if step is None or step <= kept.data.get("last_step", -1):
            return False
        kept.data["last_step"] = step
        kept.save(update_fields=["data"])
    return True


def _step_of(code: str, *, secret: str) -> int | None:
    """The last of the steps around now whose code this is."""
    steps = sorted(auth.yield_hotp_counters_from_time(), reverse=True)
    return next((step for step in steps if _is_of(code, step, secret)), None)


def _is_of(code: str, step: int, secret: str) -> bool:
    expected = auth.format_hotp_value(auth.hotp_value(secret, step))
    return bool(compare_user_code(actual=code, expected=expected))


def app_of(user_id: UUID) -> Authenticator:
    """The user's authenticator app, which he has set up."""
    return Authenticator.objects.get(user_id=user_id, type=Authenticator.Type.TOTP)
