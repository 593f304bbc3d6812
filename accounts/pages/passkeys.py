"""What authenticators answer: the forms that bring it, and what kind of passkey it was."""

from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from django.http import HttpRequest
from fido2.webauthn import AuthenticatorData


class AnswerField(forms.JSONField):
    """An answer in the shape that WebAuthn Level 3 §5.1 gives it. What has another one is as good as a wrong code."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> dict[str, Any]:
        answer = super().clean(value)
        if not _is_answer(answer):
            raise get_adapter().validation_error("incorrect_code")
        return dict(answer)


class PasskeyForm(allauth_forms.AddWebAuthnForm):
    """Any passkey signs in by itself, so each has to ask for a finger or a PIN."""

    passwordless = None
    name = forms.CharField(label="Name of the passkey", max_length=100, required=False)
    credential = AnswerField()

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except ValueError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignInByPasskeyForm(allauth_forms.LoginWebAuthnForm):
    credential = AnswerField()


class SecondPasskeyForm(allauth_forms.AuthenticateWebAuthnForm):
    credential = AnswerField()


class ShowPasskeyForm(allauth_forms.ReauthenticateWebAuthnForm):
    credential = AnswerField()


def note_kind(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Add to the record of a passkey's use whether it may be copied to other devices.

    For django-allauth's signal `authenticator_used`.
    """
    if authenticator.type != Authenticator.Type.WEBAUTHN:
        return
    flags = authenticator.wrap().authenticator_data.flags
    records = request.session[AUTHENTICATION_METHODS_SESSION_KEY]
    records[-1]["is_synced"] = bool(flags & AuthenticatorData.FLAG.BE)
    request.session.modified = True


def _is_answer(said: Any) -> bool:
    if not isinstance(said, dict) or not isinstance(said.get("response"), dict):
        return False
    texts = [said.get("id"), said.get("rawId"), said.get("type"), *said["response"].values()]
    return all(isinstance(text, str) for text in texts) and isinstance(
        said.get("clientExtensionResults", {}), dict
    )
