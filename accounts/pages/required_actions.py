"""Required actions on pages: every other page redirects to the one of the action."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.adapters.browser_sessions import BEGAN_AT
from accounts.domain.identity.entities.users import RequiredAction
from authsvc.http.browsers import continue_at
from authsvc.http.impersonation import impersonation_of

PAGES: Final[Mapping[RequiredAction, str]] = {
    RequiredAction.CHANGE_PASSWORD: "account_change_password",
    RequiredAction.SET_UP_SECOND_FACTOR: "mfa_index",
}
REQUESTS: Final[Mapping[RequiredAction, str]] = {
    RequiredAction.CHANGE_PASSWORD: "Choose a new password to continue. An administrator requires it.",
    RequiredAction.SET_UP_SECOND_FACTOR: "Set up a second factor to continue. An administrator requires it.",
}
_ALWAYS: Final = frozenset(
    {
        "account_logout",
        "signed_out",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
# A second factor needs a verified address.
_SECOND_FACTOR: Final = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_move_email",
    }
)
_ALLOWED: Final = {
    RequiredAction.CHANGE_PASSWORD: _ALWAYS | {"account_change_password"},
    RequiredAction.SET_UP_SECOND_FACTOR: _ALWAYS | _SECOND_FACTOR,
}


class RequiredActionsMiddleware:
    """Lets a user who signed in after staff required an action of them see the pages for that action alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        action = first_required_of(request)
        match = request.resolver_match
        if action is None or (match is not None and match.url_name in _ALLOWED[action]):
            return None
        if request.method == "GET":
            continue_at(request, request.get_full_path())
        messages.info(request, REQUESTS[action])
        return redirect(PAGES[action])


def first_required_of(request: HttpRequest) -> RequiredAction | None:
    """What the user must do first, if they signed in since it was required."""
    user: Any = getattr(request, "user", None)  # none on API paths
    required_at = getattr(user, "actions_required_at", None)
    if impersonation_of(request) is not None:
        return None
    if required_at is None or request.session.get(BEGAN_AT, 0) < int(required_at.timestamp()):
        return None
    return RequiredAction(user.required_actions[0])
