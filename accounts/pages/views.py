"""Account pages, where they differ from those of django-allauth."""

from typing import Any, Final

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.views.generic import FormView, TemplateView

from accounts.adapters.allauth_internals import rate_limited, send_verification_email
from accounts.adapters.email_links import key_for, read_key
from accounts.domain.access import UserId
from accounts.domain.identity.errors import EmailTaken
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.pages.adapters import mailed_link
from accounts.pages.forms import (
    ChangePasswordForm,
    EmailForm,
    RequestPasswordResetForm,
    ResetPasswordForm,
    SignInForm,
    SignUpForm,
)
from authsvc.composition.container import services
from authsvc.http.account_pages import AccountTab, account_sections, register_account_tab
from authsvc.http.actors import person_of
from authsvc.http.browsers import CONTINUES_AT
from authsvc.http.forms import add_form_errors
from authsvc.http.pacing import at_least
from authsvc.http.sign_in_state import require_fresh_sign_in
from authsvc.kernel.errors import DomainError

INVITED_EMAIL: Final = "invited-email"
"""The address of the invitation that this browser has opened, in the session of a visitor."""


class _ShowsDomainErrors:
    """Shows the domain errors of a service on the submitted form."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # a view's, below this
        except DomainError as error:
            add_form_errors(form, error)
            response = self.form_invalid(form)  # type: ignore[attr-defined]  # likewise
        return response


class SignInView(allauth_views.LoginView):
    """Fills in the `login_hint` of a client (OpenID Connect Core §3.1.2.1), or the address of an invitation."""

    form_class = SignInForm

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        invited = self.request.session.get(INVITED_EMAIL, "")
        return initial | {"login": self.request.GET.get("login_hint", invited)}


class _IsPaced:
    """Answers a form after the same time, whether or not its address has an account."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with at_least(settings.ENVIRONMENT.paced_answer):
            response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]  # a view's, below this
        return response


class SignUpView(_IsPaced, _ShowsDomainErrors, allauth_views.SignupView):
    """Fills in the address of the invitation from which a visitor comes."""

    form_class = SignUpForm

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        return initial | {"email": self.request.session.get(INVITED_EMAIL, "")}


class RequestPasswordResetView(_IsPaced, allauth_views.PasswordResetView):
    form_class = RequestPasswordResetForm


class ResetPasswordView(_ShowsDomainErrors, allauth_views.PasswordResetFromKeyView):
    """The target of the mailed reset link."""

    form_class = ResetPasswordForm


class AccountView(LoginRequiredMixin, TemplateView):
    """The overview: what all apps have to show of the user."""

    template_name = "account/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        facts = {
            "is_verified": services().emails.verified(UserId(user.pk)) is not None,
            "sections": account_sections(self.request),
        }
        return super().get_context_data(**kwargs) | facts


class SignInSettingsView(LoginRequiredMixin, TemplateView):
    template_name = "account/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        facts = {
            "is_verified": services().emails.verified(UserId(user.pk)) is not None,
            "has_second_factor": is_mfa_enabled(user),
        }
        return super().get_context_data(**kwargs) | facts


for _tab in (
    AccountTab(label="Overview", url_name="account", place=0),
    AccountTab(label="Profile", url_name="account_profile", place=40),
    AccountTab(label="Sign-in", url_name="account_sign_in", place=50),
    AccountTab(label="Devices and apps", url_name="account_sessions", place=60),
):
    register_account_tab(_tab)


class ChangePasswordView(LoginRequiredMixin, FormView[ChangePasswordForm]):
    """Changes the password, which ends every session but this one."""

    template_name = "account/password_change.html"
    form_class = ChangePasswordForm

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
        except DomainError as error:
            add_form_errors(form, error)
            return self.form_invalid(form)
        user.refresh_from_db()
        update_session_auth_hash(self.request, user)
        get_adapter().send_notification_mail("account/email/password_changed", user)
        messages.success(self.request, "Your password was changed.")
        return super().form_valid(form)

    def get_success_url(self) -> str:
        """Where the user was led here from, if an administrator required a new password."""
        return str(self.request.session.pop(CONTINUES_AT, None) or reverse("account"))


class EmailView(LoginRequiredMixin, FormView[EmailForm]):
    """Shows whether the e-mail address is verified, and starts a change of it."""

    template_name = "account/email.html"
    form_class = EmailForm
    success_url = reverse_lazy("account_email")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "send" in request.POST:
            return self._send_link()
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: EmailForm) -> HttpResponse:
        require_fresh_sign_in(self.request)
        if (response := rate_limited(self.request, action="manage_email")) is not None:
            return response
        email = form.cleaned_data["email"]
        link = mailed_link("account_move_email", key=key_for(self.request.user, email))
        get_adapter().send_mail("account/email/new_address", email, {"link": link})
        return self._confirm_sent(email)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        is_verified = services().emails.verified(UserId(user.pk)) is not None
        return super().get_context_data(**kwargs) | {"is_verified": is_verified}

    def _send_link(self) -> HttpResponse:
        user: Any = self.request.user
        if send_verification_email(self.request, user):
            return self._confirm_sent(user.email)
        messages.error(
            self.request, "We have already sent you several links. Follow the most recent one."
        )
        return redirect(self.get_success_url())

    def _confirm_sent(self, email: str) -> HttpResponse:
        messages.info(self.request, f"We sent a link to {email}. It is valid for one hour.")
        return redirect(self.get_success_url())


class ConfirmEmailChangeView(FormView[Form]):
    """The target of the mailed link. Asks first, because some mail programs follow every link in a mail."""

    template_name = "account/email_move.html"
    form_class = Form

    def form_valid(self, form: Form) -> HttpResponse:
        change = read_key(self.kwargs["key"])
        if change is None:
            return self.form_invalid(form)
        user, email = change
        old_email = user.email
        try:
            services().emails.verify(UserId(user.pk), email=email)
        except EmailTaken as error:
            messages.error(self.request, error.title)
        else:
            get_adapter().send_notification_mail(
                "account/email/email_changed", user, email=old_email
            )
            messages.success(self.request, f"Your e-mail address is now {email}.")
        return redirect("account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"move": read_key(self.kwargs["key"])}
