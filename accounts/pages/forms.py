"""Forms of the account pages."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.http import HttpRequest, HttpResponse

from accounts.adapters.allauth_internals import (
    record_password_sign_in,
    respond_as_if_signed_up,
)
from accounts.adapters.second_factors import redeem_code
from accounts.domain.access import UserId
from accounts.domain.identity.entities.sign_in_records import SignInWay
from accounts.domain.identity.errors import EmailTaken
from accounts.domain.identity.services.login_attempts import Secret
from accounts.pages.security_log import recorded_failure
from authsvc.composition.container import services
from authsvc.http.client_ip import client_ip_of
from authsvc.http.forms import AddressField, NameField, PasswordField, sentence_of
from authsvc.kernel.rate_limits import TooManyAttempts


class LabelledForm(forms.Form):
    """A form with labels and without placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(LabelledForm, allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The service checks the address. `webauthn` lets the browser offer passkeys in this field, too.
        widget = forms.EmailInput(attrs={"autocomplete": "username webauthn"})
        self.fields["login"] = forms.CharField(
            label="E-mail address", max_length=254, widget=widget
        )
        self.fields["password"] = PasswordField(label="Password", is_new=False)


class SignUpForm(LabelledForm, allauth_forms.SignupForm):
    name = NameField(
        max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField(label="E-mail address")
        self.fields["password1"] = PasswordField(label="Password")

    def validate_unique_email(self, value: str) -> str:
        """Look nothing up: `try_save` finds out, in the same time and with the same response as for a new address."""
        return value

    def try_save(self, request: HttpRequest) -> tuple[Any, HttpResponse | None]:
        email = self.cleaned_data["email"]
        try:
            user = self.save(request)
        except EmailTaken:
            return None, respond_as_if_signed_up(request, email=email)
        record_password_sign_in(request, user, email=email)
        return user, None


class RequestPasswordResetForm(LabelledForm, allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField(label="E-mail address")


class ResetPasswordForm(LabelledForm, allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"] = PasswordField(label="New password")

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        return str(get_account_adapter().clean_password(password, user=self.user))


class ChangePasswordForm(LabelledForm):
    current_password = PasswordField(label="Current password", is_new=False)
    new_password = PasswordField(label="New password")


class EmailForm(LabelledForm):
    email = AddressField(label="New e-mail address")


class ConfirmPasswordForm(LabelledForm, allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField(label="Password", is_new=False)


class _OneTimeCodeForm(LabelledForm, code_forms.BaseAuthenticateForm):
    """A form for a code, which works once even in concurrent requests, with the limits on login attempts.

    django-allauth remembers used and wrong codes in this process alone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "code"
        ].help_text = "Enter a code from your authenticator app, or a recovery code."
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        try:
            with services().limits.attempt(
                str(self.user.pk), client_ip=client_ip_of(context.request), secret=Secret.CODE
            ):
                return self._use_code()
        except TooManyAttempts as error:
            raise forms.ValidationError(sentence_of(error)) from error

    def _use_code(self) -> str:
        code = str(super().clean_code())
        if not redeem_code(self.authenticator, code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OneTimeCodeForm, code_forms.AuthenticateForm):
    def clean_code(self) -> str:
        with recorded_failure(SignInWay.SECOND_FACTOR, user_id=UserId(self.user.pk)):
            return super().clean_code()


class ConfirmCodeForm(_OneTimeCodeForm, code_forms.ReauthenticateForm):
    pass


class ActivateAppForm(LabelledForm, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code"
        self.fields["code"].help_text = "The six-digit code shown in the app."
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
