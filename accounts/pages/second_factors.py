"""Second-factor pages, and the pages that confirm a sign-in (re-authentication)."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base import views as code_views
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn import views as passkey_views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.adapters.allauth_internals import (
    passkey_registration_options,
    record_second_factor,
)
from accounts.adapters.second_factors import redeem_code, totp_authenticator_of
from accounts.pages.adapters import WRONG_CODE
from accounts.pages.forms import ActivateAppForm, ConfirmCodeForm, ConfirmPasswordForm
from accounts.pages.passkeys import ConfirmPasskeyForm, PasskeyForm


class _RenewsSessionKey:
    """A new session key after re-authentication, so that a stolen old one gains nothing by it."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session.cycle_key()
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # a view's, below this
        return response


class ConfirmPasswordView(_RenewsSessionKey, ReauthenticateView):
    form_class = ConfirmPasswordForm


class ConfirmCodeView(_RenewsSessionKey, code_views.ReauthenticateView):
    form_class = ConfirmCodeForm


class ConfirmPasskeyView(_RenewsSessionKey, passkey_views.ReauthenticateWebAuthnView):
    form_class = ConfirmPasskeyForm

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, WRONG_CODE)
        return redirect(self.request.get_full_path())


class ActivateAppView(_RenewsSessionKey, ActivateTOTPView):
    form_class = ActivateAppForm

    def form_valid(self, form: ActivateAppForm) -> HttpResponse:
        """The code that activates the app confirms the sign-in, too, and must not work again."""
        response = super().form_valid(form)
        user: Any = self.request.user
        app = totp_authenticator_of(user.pk)
        redeem_code(app, form.cleaned_data["code"])
        record_second_factor(self.request, app)
        return response


class AddPasskeyView(passkey_views.AddWebAuthnView):
    form_class = PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Replace the options of django-allauth, and so its challenge: the last one made is the one that is checked."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = passkey_registration_options(self.request.user)
        return context | {"js_data": {"creation_options": options}}
