"""Sign-in state, as django-allauth stores it in the browser session."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

# The names of RFC 8176.
PASSWORD: Final = "pwd"  # noqa: S105  # a name, not a secret
SECOND_FACTOR: Final = "mfa"
_METHODS: Final[Mapping[str, str]] = {
    "password": PASSWORD,
    "totp": "otp",
    "recovery_codes": "otp",
    "webauthn": "hwk",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The authentication methods of a browser session (RFC 8176: `amr`), and the time of the last one."""

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
    """The sign-in of this browser session; None if nobody is signed in."""
    records = get_authentication_records(request, request.user)
    if not records:
        return None
    at = datetime.fromtimestamp(records[-1]["at"], UTC)
    return SignIn(at=at, methods=tuple(_methods_in(records)))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this browser session includes a second factor."""
    sign_in = sign_in_of(request)
    return sign_in is not None and sign_in.has_second_factor


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last authentication in this browser session is recent enough for sensitive actions."""
    sign_in = sign_in_of(request)
    return sign_in is not None and sign_in.is_fresh


def require_fresh_sign_in(request: HttpRequest) -> None:
    """Raise ReauthenticationRequired unless the sign-in is fresh; django-allauth then resumes this request."""
    if not is_fresh(request):
        raise ReauthenticationRequired


def sign_in_again(request: HttpRequest, *, back_to: str) -> HttpResponseRedirect:
    """Redirect to re-authentication, and from there to the path *back_to*."""
    return _redirect(_reauthentication_pages(request, "")[0], back_to=back_to)


def show_second_factor(request: HttpRequest, *, back_to: str) -> HttpResponseRedirect:
    """Redirect to the second factor, or to its set-up, and from there to the path *back_to*."""
    pages = _reauthentication_pages(request, "mfa_")
    return _redirect(pages[0] if pages else reverse("mfa_index"), back_to=back_to)


def _methods_in(records: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    methods: dict[str, None] = {}
    is_passwordless = False
    for record in records:
        method = _METHODS.get(record.get("type", record["method"]))
        if method is not None:
            methods["swk" if record.get("is_synced") else method] = None
        is_passwordless |= record.get("passwordless", False)
    yield from methods
    # A passkey used without a password requires a biometric or a PIN, so it counts as two factors.
    if is_passwordless or (PASSWORD in methods and len(methods) > 1):
        yield SECOND_FACTOR


def _reauthentication_pages(request: HttpRequest, prefix: str) -> list[str]:
    """The URLs of the re-authentication methods of this user whose ids start with *prefix*."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return [method["url"] for method in methods if method["id"].startswith(prefix)]


def _redirect(page: str, *, back_to: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{page}?{urlencode({'next': back_to})}")
