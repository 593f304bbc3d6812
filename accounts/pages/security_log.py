"""Security log receivers: sign-ins, sign-outs and changes of second factors on the account pages.

Each receiver is named after its signal.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.users import RequiredAction
from authsvc.composition.container import services
from authsvc.http.browsers import note_sign_in


def listen() -> None:
    """Connect the receivers."""
    user_logged_in.connect(on_user_logged_in)
    user_logged_out.connect(on_user_logged_out)
    authenticator_added.connect(on_authenticator_added)
    authenticator_reset.connect(on_authenticator_reset)
    authenticator_removed.connect(on_authenticator_removed)


def on_user_logged_in(request: HttpRequest, user: Any, **_: Any) -> None:
    note_sign_in(request)
    services().security_log.record(SecurityEvent.SIGNED_IN, user_id=UserId(user.pk))


def on_user_logged_out(user: Any, **_: Any) -> None:
    """The signal is also sent when no user was signed in."""
    if user is not None:
        services().security_log.record(SecurityEvent.LOGGED_OUT, user_id=UserId(user.pk))


def on_authenticator_added(user: Any, authenticator: Authenticator, **_: Any) -> None:
    action, user_id = RequiredAction.SET_UP_SECOND_FACTOR, UserId(user.pk)
    services().accounts.complete(action, user_id=user_id)
    _note(SecurityEvent.SECOND_FACTOR_ADDED, user, authenticator)


def on_authenticator_reset(user: Any, authenticator: Authenticator, **_: Any) -> None:
    """New recovery codes have replaced the old ones."""
    _note(SecurityEvent.SECOND_FACTOR_RENEWED, user, authenticator)


def on_authenticator_removed(user: Any, authenticator: Authenticator, **_: Any) -> None:
    _note(SecurityEvent.SECOND_FACTOR_REMOVED, user, authenticator)


def _note(event: SecurityEvent, user: Any, authenticator: Authenticator) -> None:
    services().security_log.record(event, user_id=UserId(user.pk), kind=str(authenticator.type))
