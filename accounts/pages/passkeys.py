"""Passkey forms, and the record of the kind of passkey that was used."""

from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from django.http import HttpRequest

from accounts.adapters.second_factors import is_synced
from accounts.domain.access import UserId
from accounts.domain.identity.entities.sign_in_records import SignInWay
from accounts.pages.security_log import recorded_failure
from authsvc.http.forms import NameField


class CredentialField(forms.JSONField):
    """A PublicKeyCredential (WebAuthn Level 3 §5.1) as JSON. Any other value is an error like a wrong code."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> dict[str, Any]:
        credential = super().clean(value)
        if not _is_credential(credential):
            raise get_adapter().validation_error("incorrect_code")
        return dict(credential)


class PasskeyForm(allauth_forms.AddWebAuthnForm):
    """A new passkey. Each can replace the password, so each must verify its user with a PIN or biometrics."""

    passwordless = None
    name = NameField(label="Name of the passkey", max_length=100, required=False)
    credential = CredentialField()

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except ValueError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignInPasskeyForm(allauth_forms.LoginWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        """Record a failure as that of nobody: whose passkey it is, the sender says."""
        with recorded_failure(SignInWay.PASSKEY):
            return super().clean_credential()


class SecondPasskeyForm(allauth_forms.AuthenticateWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        with recorded_failure(SignInWay.SECOND_FACTOR, user_id=UserId(self.user.pk)):
            return super().clean_credential()


class ConfirmPasskeyForm(allauth_forms.ReauthenticateWebAuthnForm):
    credential = CredentialField()


def record_passkey_kind(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Receiver of `authenticator_used`: record whether a used passkey can be synchronized to other devices."""
    if authenticator.type != Authenticator.Type.WEBAUTHN:
        return
    records = request.session[AUTHENTICATION_METHODS_SESSION_KEY]
    records[-1]["is_synced"] = is_synced(authenticator)
    request.session.modified = True


def _is_credential(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("response"), dict):
        return False
    texts = [value.get("id"), value.get("rawId"), value.get("type"), *value["response"].values()]
    return all(isinstance(text, str) for text in texts) and isinstance(
        value.get("clientExtensionResults", {}), dict
    )
