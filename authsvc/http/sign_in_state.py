"""Sign-in state, as django-allauth stores it in the browser session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.public import PASSWORD, SECOND_FACTOR
from authsvc.http.impersonation import impersonation_of

SIGN_IN_LASTS: Final = timedelta(minutes=15)
"""The longest time between the password and the second factor of one sign-in."""
FIRST_HALF: Final = "reauthenticate"
SECOND_HALF: Final = "mfa_"
"""How the ids of django-allauth's re-authentication methods start."""
# The names of RFC 8176.
_METHODS: Final[Mapping[str, str]] = {
    "password": PASSWORD,
    "totp": "otp",
    "recovery_codes": "otp",
    "webauthn": "hwk",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """An authentication in a browser session: its methods (RFC 8176: `amr`), and the time of the last one."""

    at: datetime
    methods: tuple[str, ...]

    @property
    def has_second_factor(self) -> bool:
        return SECOND_FACTOR in self.methods

    @property
    def is_fresh(self) -> bool:
        """Whether it is recent enough for sensitive actions."""
        return timezone.now() - self.at < settings.ENVIRONMENT.fresh_sign_in


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """The strongest authentication of this browser session, the latest of these; None if nobody is signed in.

    Confirming the password alone does not renew an authentication with two factors, unless the user has removed the
    second.
    """
    sign_ins = _sign_ins_of(request)
    if not sign_ins:
        return None
    last, strong = sign_ins[-1], [sign_in for sign_in in sign_ins if sign_in.has_second_factor]
    return strong[-1] if strong and is_mfa_enabled(request.user) else last


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this browser session includes a second factor."""
    sign_in = sign_in_of(request)
    return sign_in is not None and sign_in.has_second_factor


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last authentication in this browser session is recent enough for sensitive actions."""
    sign_ins = _sign_ins_of(request)
    return bool(sign_ins) and sign_ins[-1].is_fresh


def require_fresh_sign_in(request: HttpRequest) -> None:
    """Raise ReauthenticationRequired unless the sign-in is fresh; django-allauth then resumes this request."""
    if not is_fresh(request):
        raise ReauthenticationRequired


def sign_in_again(request: HttpRequest, *, back_to: str) -> HttpResponseRedirect:
    """Redirect to what the user must confirm next, and from there to the path *back_to*."""
    pages = _pages_of_the_other_half(request) or _reauthentication_pages(request, "")
    return _redirect(pages[0], back_to=back_to)


def show_second_factor(request: HttpRequest, *, back_to: str) -> HttpResponseRedirect:
    """Redirect to the second factor, or to its set-up, and from there to the path *back_to*.

    A second factor without a recent password is half of an authentication, so it leads to the password next.
    """
    pages = _pages_of_the_other_half(request) or _reauthentication_pages(request, SECOND_HALF)
    return _redirect(pages[0] if pages else reverse("mfa_index"), back_to=back_to)


def _sign_ins_of(request: HttpRequest) -> list[SignIn]:
    """The authentications of this browser session, oldest first.

    The records of django-allauth name one method each. A password and a second factor that follow each other closely,
    in whichever order, are one authentication; whatever comes after that is another. Those of staff are not of the user
    that they are signed in as, who has none here.
    """
    if impersonation_of(request) is not None:
        return []
    authentications: list[list[Mapping[str, Any]]] = []
    for record in get_authentication_records(request, request.user):
        if not (authentications and _completes(authentications[-1], record)):
            authentications.append([])
        authentications[-1].append(record)
    return [_sign_in_from(records) for records in authentications]


def _completes(begun: list[Mapping[str, Any]], record: Mapping[str, Any]) -> bool:
    """Whether the record is the other half of an authentication that has begun."""
    first = begun[0]
    is_other_half = _is_password(first) != _is_password(record)
    is_soon = record["at"] - first["at"] < SIGN_IN_LASTS.total_seconds()
    return len(begun) == 1 and not first.get("passwordless") and is_other_half and is_soon


def _pages_of_the_other_half(request: HttpRequest) -> list[str]:
    """The pages that complete an authentication that has just begun; none if it is complete, or was long ago."""
    sign_ins = _sign_ins_of(request)
    last = sign_ins[-1] if sign_ins else None
    if last is None or last.has_second_factor or timezone.now() - last.at >= SIGN_IN_LASTS:
        return []
    prefix = SECOND_HALF if PASSWORD in last.methods else FIRST_HALF
    return _reauthentication_pages(request, prefix)


def _is_password(record: Mapping[str, Any]) -> bool:
    return bool(record["method"] == "password")


def _sign_in_from(records: list[Mapping[str, Any]]) -> SignIn:
    methods = [method for record in records if (method := _method_of(record))]
    # A passkey used without a password requires a biometric or a PIN, so it counts as two factors.
    if len(records) > 1 or records[0].get("passwordless", False):
        methods.append(SECOND_FACTOR)
    return SignIn(at=datetime.fromtimestamp(records[-1]["at"], UTC), methods=tuple(methods))


def _method_of(record: Mapping[str, Any]) -> str | None:
    return "swk" if record.get("is_synced") else _METHODS.get(record.get("type", record["method"]))


def _reauthentication_pages(request: HttpRequest, prefix: str) -> list[str]:
    """The URLs of the re-authentication methods of this user whose ids start with *prefix*."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return [method["url"] for method in methods if method["id"].startswith(prefix)]


def _redirect(page: str, *, back_to: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{page}?{urlencode({'next': back_to})}")
