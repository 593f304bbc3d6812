"""What a browser has shown of the person at it, as django-allauth keeps it in the session."""

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
    """By what somebody has shown who he is since he signed in, and when he last did (RFC 8176: `amr`)."""

    at: datetime
    methods: tuple[str, ...]

    @property
    def has_second_factor(self) -> bool:
        return SECOND_FACTOR in self.methods

    @property
    def is_fresh(self) -> bool:
        """Whether it was so short a time ago that he need not show it again before he does something grave."""
        return timezone.now() - self.at < settings.ENVIRONMENT.fresh_sign_in


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """How the person at this browser has signed in; None if nobody has."""
    records = get_authentication_records(request, request.user)
    if not records:
        return None
    at = datetime.fromtimestamp(records[-1]["at"], UTC)
    return SignIn(at=at, methods=tuple(_methods_in(records)))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the person at this browser has shown a second factor since he signed in."""
    sign_in = sign_in_of(request)
    return sign_in is not None and sign_in.has_second_factor


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person at this browser has shown a short time ago who he is."""
    sign_in = sign_in_of(request)
    return sign_in is not None and sign_in.is_fresh


def require_fresh_sign_in(request: HttpRequest) -> None:
    """Unless it is fresh, have the person asked again, and then go on with this request."""
    if not is_fresh(request):
        raise ReauthenticationRequired


def sign_in_again(request: HttpRequest, *, back_to: str) -> HttpResponseRedirect:
    """Have the person at this browser show once more who he is, and then lead him back to this path of ours."""
    return _led_to(_ways_to_show(request, "")[0], back_to=back_to)


def show_second_factor(request: HttpRequest, *, back_to: str) -> HttpResponseRedirect:
    """Have the person at this browser show his second factor, or set one up, and then lead him back."""
    ways = _ways_to_show(request, "mfa_")
    return _led_to(ways[0] if ways else reverse("mfa_index"), back_to=back_to)


def _methods_in(records: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    found: dict[str, None] = {}
    is_passwordless = False
    for record in records:
        method = _METHODS.get(record.get("type", record["method"]))
        if method is not None:
            found["swk" if record.get("is_synced") else method] = None
        is_passwordless |= record.get("passwordless", False)
    yield from found
    # A passkey that stands alone has asked for a finger or a PIN, so it is two factors.
    if is_passwordless or (PASSWORD in found and len(found) > 1):
        yield SECOND_FACTOR


def _ways_to_show(request: HttpRequest, beginning: str) -> list[str]:
    """The pages on which somebody shows who he is."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return [method["url"] for method in methods if method["id"].startswith(beginning)]


def _led_to(page: str, *, back_to: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{page}?{urlencode({'next': back_to})}")
