"""The pages of one's account, as far as they differ from django-allauth's."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import send_verification_email_for_user
from allauth.core.internal.ratelimit import consume_or_429
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.generic import FormView, TemplateView

from accounts.domain.access import UserId
from accounts.domain.identity.errors import EmailTaken
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.pages.adapters import mailed_link
from accounts.pages.addresses import key_for, move_in
from accounts.pages.forms import (
    AddressForm,
    ChangePasswordForm,
    NewPasswordForm,
    SignInForm,
    SignUpForm,
)
from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.http.forms import add_form_errors
from authsvc.http.sign_in_state import require_fresh_sign_in
from authsvc.kernel.errors import DomainError


class _Refusable:
    """What a service refuses is said on the form that was sent."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # a view's, below this
        except DomainError as refusal:
            add_form_errors(form, refusal)
            response = self.form_invalid(form)  # type: ignore[attr-defined]  # likewise
        return response


class SignInView(allauth_views.LoginView):
    """With `login_hint`, a client that knows who it is says so (OpenID Connect Core §3.1.2.1)."""

    form_class = SignInForm

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        return initial | {"login": self.request.GET.get("login_hint", "")}


class SignUpView(_Refusable, allauth_views.SignupView):
    form_class = SignUpForm


class SetPasswordView(_Refusable, allauth_views.PasswordResetFromKeyView):
    """What the link in the mail leads to."""

    form_class = NewPasswordForm


class AccountView(LoginRequiredMixin, TemplateView):
    template_name = "account/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        facts = {
            "is_verified": services().emails.verified(UserId(user.pk)) is not None,
            "has_second_factor": is_mfa_enabled(user),
        }
        return super().get_context_data(**kwargs) | facts


class ChangePasswordView(LoginRequiredMixin, FormView[ChangePasswordForm]):
    """Ends every session but this one."""

    template_name = "account/password_change.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("account")

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        user: Any = self.request.user
        by = person_of(self.request)
        try:
            services().limits.count(LimitName.CHANGE_PASSWORD, str(by.person)).require()
            services().accounts.change_password(
                current=form.cleaned_data["current_password"],
                new=form.cleaned_data["new_password"],
                by=by,
            )
        except DomainError as refusal:
            add_form_errors(form, refusal)
            return self.form_invalid(form)
        user.refresh_from_db()
        update_session_auth_hash(self.request, user)
        get_adapter().send_notification_mail("account/email/password_changed", user)
        messages.success(self.request, "Your password was changed.")
        return super().form_valid(form)


class AddressView(LoginRequiredMixin, FormView[AddressForm]):
    """Whether one's address is verified, and the way to another one."""

    template_name = "account/email.html"
    form_class = AddressForm
    success_url = reverse_lazy("account_email")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "send" in request.POST:
            return self._send_link()
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AddressForm) -> HttpResponse:
        require_fresh_sign_in(self.request)
        too_many: HttpResponse | None = consume_or_429(
            self.request, app="allauth.account", action="manage_email"
        )
        if too_many is not None:
            return too_many
        email = form.cleaned_data["email"]
        link = mailed_link("account_move_email", key=key_for(self.request.user, email))
        get_adapter().send_mail("account/email/new_address", email, {"link": link})
        return self._told(email)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        is_verified = services().emails.verified(UserId(user.pk)) is not None
        return super().get_context_data(**kwargs) | {"is_verified": is_verified}

    def _send_link(self) -> HttpResponse:
        user: Any = self.request.user
        if send_verification_email_for_user(self.request, user):
            return self._told(user.email)
        messages.error(
            self.request, "We have already sent you several links. Follow the most recent one."
        )
        return redirect(self.get_success_url())

    def _told(self, email: str) -> HttpResponse:
        messages.info(self.request, f"We sent a link to {email}. It is valid for one hour.")
        return redirect(self.get_success_url())


class MoveAddressView(FormView[Form]):
    """What the link in the mail leads to. It asks, because there are programs that follow every link in a mail."""

    template_name = "account/email_move.html"
    form_class = Form

    def form_valid(self, form: Form) -> HttpResponse:
        move = move_in(self.kwargs["key"])
        if move is None:
            return self.form_invalid(form)
        user, email = move
        old = user.email
        try:
            services().emails.verify(UserId(user.pk), email=email)
        except EmailTaken as refusal:
            messages.error(self.request, refusal.title)
        else:
            get_adapter().send_notification_mail("account/email/email_changed", user, email=old)
            messages.success(self.request, f"Your e-mail address is now {email}.")
        return redirect("account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"move": move_in(self.kwargs["key"])}
