"""The pages of second factors, and those on which somebody shows again who he is."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base import views as code_views
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn import views as passkey_views
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.adapters.second_factors import redeem_code, totp_authenticator_of
from accounts.pages.adapters import WRONG_CODE
from accounts.pages.forms import FirstCodeForm, ShowCodeForm, ShowPasswordForm
from accounts.pages.passkeys import PasskeyForm, ShowPasskeyForm


class _ShownAgain:
    """Whoever knew the session's id before does not share what it may do from now on."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session.cycle_key()
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # a view's, below this
        return response


class ShowPasswordView(_ShownAgain, ReauthenticateView):
    form_class = ShowPasswordForm


class ShowCodeView(_ShownAgain, code_views.ReauthenticateView):
    form_class = ShowCodeForm


class ShowPasskeyView(_ShownAgain, passkey_views.ReauthenticateWebAuthnView):
    form_class = ShowPasskeyForm

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, WRONG_CODE)
        return redirect(self.request.get_full_path())


class SetUpAppView(_ShownAgain, ActivateTOTPView):
    form_class = FirstCodeForm

    def form_valid(self, form: FirstCodeForm) -> HttpResponse:
        """The code that sets the app up shows that it is at hand, and so is used up."""
        response = super().form_valid(form)
        user: Any = self.request.user
        app = totp_authenticator_of(user.pk)
        redeem_code(app, form.cleaned_data["code"])
        post_authentication(self.request, app, reauthenticated=True)
        return response


class AddPasskeyView(passkey_views.AddWebAuthnView):
    form_class = PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One that signs in by itself; the challenge that was made last is the one that counts."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = begin_registration(self.request.user, passwordless=True)
        return context | {"js_data": {"creation_options": options}}
