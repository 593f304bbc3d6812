"""Internals of django-allauth: the only module that imports them, because any of its releases may change them.

Each function does one thing that the public API of django-allauth does not offer.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.account.internal.flows import email_verification, login, manage_email, signup
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.internal import cryptokit, ratelimit
from allauth.mfa.base.internal import flows as second_factor_flows
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth as recovery_codes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib.auth import get_user_model, load_backend
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse


def sync_email_address(user: Any) -> None:
    """Create the address row of a user who has none, unverified."""
    manage_email.sync_user_email_address(user)


def send_verification_email(request: HttpRequest, user: Any) -> bool:
    """Mail a verification link. Return whether the rate limit allowed it."""
    return bool(email_verification.send_verification_email_for_user(request, user))


def send_sign_up_email(email: str, *, user_id: UUID | None) -> None:
    """Mail a verification link to the new user or, without one, that the address has an account already."""
    address = EmailAddress(user=None, email=email)
    if user_id is not None:
        user = load_backend(settings.AUTHENTICATION_BACKENDS[0]).get_user(user_id)
        sync_email_address(user)
        address = email_verification.get_address_for_user(user)
    email_verification.send_verification_email_to_address(context.request, address, signup=True)


def record_password_sign_in(request: HttpRequest, user: Any, *, email: str) -> None:
    """Record in the session that the user signed in with a password."""
    login.record_authentication(request, user, method="password", email=email)


def respond_as_if_signed_up(request: HttpRequest, *, email: str) -> HttpResponse:
    """The response of a sign-up, for an address that is taken, so that it does not show whether it is."""
    response: HttpResponse = signup.prevent_enumeration(request, email=email)
    return response


def rate_limited(request: HttpRequest, *, action: str) -> HttpResponse | None:
    """Count the action (see ACCOUNT_RATE_LIMITS). Return the response with status 429 if the limit is reached."""
    response: HttpResponse | None = ratelimit.consume_or_429(
        request, app="allauth.account", action=action
    )
    return response


def record_second_factor(request: HttpRequest, authenticator: Authenticator) -> None:
    """Record that the user confirmed a second factor, as a new proof of who is signed in."""
    second_factor_flows.post_authentication(request, authenticator, reauthenticated=True)


def passkey_registration_options(user: Any) -> dict[str, Any]:
    """Options for `navigator.credentials.create`, for a passkey that signs in without a password.

    Also stores their challenge in the session.
    """
    return dict(webauthn.begin_registration(user, passwordless=True))


def passkey_assertion_options(user_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options for `navigator.credentials.get` with a passkey of the user, and the state that verifies the answer."""
    options, state = webauthn.get_server().authenticate_begin(
        credentials=webauthn.get_credentials(get_user_model()(pk=user_id)),
        user_verification=webauthn.UserVerificationRequirement.PREFERRED,
    )
    return json.loads(json.dumps(dict(options["publicKey"]))), dict(state)


def verified_passkey(
    user_id: UUID, assertion: Mapping[str, Any], *, state: Mapping[str, Any]
) -> Authenticator | None:
    """The passkey of the user that made the assertion; None if the assertion is wrong."""
    user = get_user_model()(pk=user_id)
    try:
        webauthn.parse_authentication_response(assertion)
        credential = webauthn.get_server().authenticate_complete(
            state, webauthn.get_credentials(user), assertion
        )
    except (ValueError, ValidationError):
        return None
    passkey: Authenticator | None = webauthn.get_authenticator_by_credential_id(
        user, credential.credential_id
    )
    return passkey


def redeem_recovery_code(authenticator: Authenticator, code: str) -> bool:
    """Redeem a recovery code; False if it is wrong or was used before."""
    return bool(recovery_codes.RecoveryCodes(authenticator).validate_code(code))


def totp_step_of(code: str, *, secret: str) -> int | None:
    """The latest accepted time step with this code (RFC 6238 §4.2); None if the code is wrong."""
    steps = sorted(totp.yield_hotp_counters_from_time(), reverse=True)
    return next((step for step in steps if _is_code_of(step, code, secret)), None)


def _is_code_of(step: int, code: str, secret: str) -> bool:
    expected = totp.format_hotp_value(totp.hotp_value(secret, step))
    return bool(cryptokit.compare_user_code(actual=code, expected=expected))
