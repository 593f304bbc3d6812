"""Second factors, stored by django-allauth."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import transaction
from fido2.webauthn import AuthenticatorData

from accounts.adapters.allauth_internals import (
    passkey_assertion_options,
    redeem_recovery_code,
    totp_step_of,
    verified_passkey,
)
from accounts.domain.access import UserId
from accounts.domain.identity.entities.second_factors import FactorMethod, PasskeyRequest

ONE_TIME_PASSWORD: Final = "otp"  # noqa: S105  # a method, not a secret
HARDWARE_KEY: Final = "hwk"
SOFTWARE_KEY: Final = "swk"
"""Authentication methods (RFC 8176)."""

METHOD_OF: Final[Mapping[str, FactorMethod]] = {
    Authenticator.Type.TOTP: FactorMethod.APP,
    Authenticator.Type.RECOVERY_CODES: FactorMethod.RECOVERY_CODE,
    Authenticator.Type.WEBAUTHN: FactorMethod.PASSKEY,
}


class AllauthSecondFactors:
    """The second factors of the account pages, for sign-ins over the API."""

    def methods_of(self, user_id: UserId) -> tuple[FactorMethod, ...]:
        types = Authenticator.objects.filter(user_id=user_id).values_list("type", flat=True)
        return tuple(sorted({METHOD_OF[type_] for type_ in types}))

    def redeem_code(self, user_id: UserId, code: str) -> str | None:
        types = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
        for authenticator in Authenticator.objects.filter(user_id=user_id, type__in=types):
            is_app = authenticator.type == Authenticator.Type.TOTP
            redeem = redeem_code if is_app else redeem_recovery_code
            if redeem(authenticator, code):
                authenticator.record_usage()
                return ONE_TIME_PASSWORD
        return None

    def begin_passkey(self, user_id: UserId) -> PasskeyRequest:
        options, state = passkey_assertion_options(user_id)
        return PasskeyRequest(options=options, state=state)

    def verify_assertion(
        self, user_id: UserId, assertion: Mapping[str, Any], *, state: Mapping[str, Any]
    ) -> str | None:
        passkey = verified_passkey(user_id, assertion, state=state)
        if passkey is None:
            return None
        passkey.record_usage()
        return SOFTWARE_KEY if is_synced(passkey) else HARDWARE_KEY

    def remove_all_of(self, user_id: UserId) -> tuple[FactorMethod, ...]:
        methods = self.methods_of(user_id)
        Authenticator.objects.filter(user_id=user_id).delete()
        return methods


def is_synced(passkey: Authenticator) -> bool:
    """Whether the passkey can be synchronized to other devices (WebAuthn Level 3 §6.1.3)."""
    flags = passkey.wrap().authenticator_data.flags
    return bool(flags & AuthenticatorData.FLAG.BE)


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
