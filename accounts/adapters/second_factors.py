"""Second factors, stored by django-allauth."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import transaction

from accounts.adapters.allauth_internals import totp_step_of


def redeem_code(authenticator: Authenticator, code: str) -> bool:
    """Redeem a TOTP code; False if its time step, or a later one, was used before (RFC 6238 §5.2).

    Of concurrent callers one succeeds. Recovery codes can be used once anyway.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        step = totp_step_of(code, secret=decrypt(row.data["secret"]))
        if step is None or step <= row.data.get("last_step", -1):
            return False
        row.data["last_step"] = step
        row.save(update_fields=["data"])
    return True


def totp_authenticator_of(user_id: UUID) -> Authenticator:
    """The user's authenticator app, which must be set up."""
    return Authenticator.objects.get(user_id=user_id, type=Authenticator.Type.TOTP)
