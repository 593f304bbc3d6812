"""Sign-ins, sign-outs and changes of second factors on the account pages, for the security log and for staff.

Each receiver is named after its signal.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SecurityEvent, SignInFailure
from accounts.domain.identity.entities.sign_in_records import SignInWay
from accounts.domain.identity.entities.users import RequiredAction
from authsvc.composition.container import services
from authsvc.http.browsers import note_sign_in
from authsvc.http.client_ip import client_ip_of

_WRONG: Final[Mapping[SignInWay, SignInFailure]] = {
    SignInWay.SECOND_FACTOR: SignInFailure.WRONG_SECOND_FACTOR,
    SignInWay.PASSKEY: SignInFailure.WRONG_PASSKEY,
}


@contextmanager
def recorded_failure(way: SignInWay, *, user_id: UserId | None = None) -> Iterator[None]:
    """Record the ValidationError that a field of a sign-in form raises in the block as a failed attempt."""
    try:
        yield
    except ValidationError as error:
        is_wrong = error.code == "incorrect_code"
        record_failure(
            context.request,
            _WRONG[way] if is_wrong else SignInFailure.TOO_MANY_ATTEMPTS,
            way=way,
            user_id=user_id,
        )
        raise


def record_failure(
    request: HttpRequest, reason: SignInFailure, *, way: SignInWay, user_id: UserId | None
) -> None:
    services().sign_in_records.record_failure(
        reason, way=way, user_id=user_id, client_ip=client_ip_of(request)
    )


def listen() -> None:
    """Connect the receivers."""
    user_logged_in.connect(on_user_logged_in)
    user_logged_out.connect(on_user_logged_out)
    authenticator_added.connect(on_authenticator_added)
    authenticator_reset.connect(on_authenticator_reset)
    authenticator_removed.connect(on_authenticator_removed)


def on_user_logged_in(request: HttpRequest, user: Any, **_: Any) -> None:
    note_sign_in(request)
    services().sign_in_records.record(
        UserId(user.pk), way=way_of(request, user), client_ip=client_ip_of(request)
    )


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


def way_of(request: HttpRequest, user: Any) -> SignInWay:
    """How the user has just signed in, from the last of django-allauth's records of it."""
    records = get_authentication_records(request, user)
    last = records[-1] if records else {}
    if last.get("passwordless"):
        return SignInWay.PASSKEY
    return SignInWay.SECOND_FACTOR if last.get("method") == "mfa" else SignInWay.PASSWORD
