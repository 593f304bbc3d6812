"""Adapters of django-allauth: it manages links, codes and keys, and leaves users to our services."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import load_backend
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.adapters.allauth_internals import sync_email_address
from accounts.adapters.opaque_tokens import DecryptionError, Encryptor
from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import SignInWay
from accounts.domain.identity.errors import EmailTaken, MailBudgetSpent
from accounts.domain.identity.ports import PasswordOwner
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import Message
from accounts.pages.security_log import record_failure
from authsvc.composition.container import services
from authsvc.http.client_ip import client_ip_of
from authsvc.http.sign_in_state import is_fresh

log: Final = structlog.get_logger(__name__)

STAGES: Final = [
    "accounts.pages.stages.VerifiedEmailStage",
    "allauth.mfa.stages.AuthenticateStage",
]
WRONG_CODE: Final = "The code is wrong or has already been used."

# Texts by the templates in which django-allauth would look for them: of notification mails, and of page messages.
NOTIFICATIONS: Final[Mapping[str, str]] = {
    "account/email/password_changed": "Your password was changed.",
    "account/email/password_reset": "Your password was reset with a link that was sent to this address.",
    "account/email/email_changed": "The e-mail address of your account was changed.",
    "mfa/email/totp_activated": "An authenticator app was added to your account.",
    "mfa/email/totp_deactivated": "The authenticator app was removed from your account.",
    "mfa/email/webauthn_added": "A passkey was added to your account.",
    "mfa/email/webauthn_removed": "A passkey was removed from your account.",
    "mfa/email/recovery_codes_generated": "New recovery codes were generated for your account.",
}
MESSAGES: Final[Mapping[str, str]] = {
    "mfa/messages/totp_activated.txt": "Your authenticator app is set up.",
    "mfa/messages/totp_deactivated.txt": "Your authenticator app was removed.",
    "mfa/messages/webauthn_added.txt": "Passkey added.",
    "mfa/messages/webauthn_removed.txt": "Passkey removed.",
}
# Link texts of the other ways to confirm a sign-in.
REAUTHENTICATION_METHODS: Final[Mapping[str, str]] = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use your authenticator app or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is wrong.",
        "incorrect_password": "The password is wrong.",
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
    }

    def save_user(self, request: HttpRequest, user: Any, form: Form, **_: bool) -> Any:
        values, client_ip = form.cleaned_data, client_ip_of(request)
        services().limits.count(LimitName.REGISTER, client_ip).require()
        registered = services().accounts.register(
            email=values["email"], name=values["name"], password=values["password1"]
        )
        services().limits.save_known_address(registered.email, client_ip=client_ip)
        return load_backend(settings.AUTHENTICATION_BACKENDS[0]).get_user(registered.id)

    def clean_password(self, password: str, user: Any) -> str:
        owner = PasswordOwner(email=user.email, name=user.name, is_staff=user.is_staff)
        if field_errors := services().ports.password_policy.field_errors(password, owner=owner):
            raise ValidationError(field_errors)
        return password

    def set_password(self, user: Any, password: str) -> None:
        """Set the password after a mailed link. `ChangePasswordView` changes it for a signed-in user."""
        services().accounts.reset_password(UserId(user.pk), password=password)
        user.refresh_from_db()

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        try:
            services().emails.verify(UserId(email_address.user_id), email=email_address.email)
        except EmailTaken as error:
            messages.error(request, error.title)
            return False
        messages.success(request, f"{email_address.email} is verified.")
        return True

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        # django-allauth takes an address without a row, such as one registered by the API, for verified.
        sync_email_address(user)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Record who was rejected with a passkey: the service that checks passwords rejects the others."""
        record_failure(
            request,
            SignInFailure.INACTIVE,
            way=SignInWay.PASSKEY,
            user_id=UserId(user.pk),
        )
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def get_login_stages(self) -> list[str]:
        return STAGES

    def is_safe_url(self, url: str | None) -> bool:
        """Whether the URL is a path of ours that no browser can read as anything else."""
        return bool(
            url
            and url.startswith("/")
            and "\\" not in url
            and not any(unicodedata.category(character)[0] in "CZ" for character in url)
            and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [
            method | {"description": REAUTHENTICATION_METHODS[method["id"]]} for method in methods
        ]

    def is_reauthentication_required(self, **_: Any) -> bool:
        return not is_fresh(self.request)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Do nothing: the service that checks passwords counts login attempts."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _, token = key.partition("-")
        return mailed_link("account_reset_password_from_key", uidb36=user, key=token)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return mailed_link("account_confirm_email", key=emailconfirmation.key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail, so that it is retried if it cannot be sent.

        When the budget of the address is spent it is dropped, and the page does not show that.
        """
        kind = MailKind(template_prefix.rpartition("/")[2])
        try:
            services().mail_budgets.queue_own(Message(kind=kind, recipient=email, facts=context))
        except MailBudgetSpent:
            log.warning("the mail budget of an address is spent", kind=kind)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        note = {"note": NOTIFICATIONS[template_prefix]}
        super().send_notification_mail("account/email/note", user, note, email)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *_: Any,
        message: str | None = None,
        **__: Any,
    ) -> None:
        if text := message or MESSAGES.get(message_template or ""):
            messages.add_message(request, level, text)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "unverified_email": "Verify your e-mail address before you set up a second factor.",
    }

    def encrypt(self, text: str) -> str:
        return Encryptor(settings.SECRET_KEY).encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValidationError, as for a wrong code, if the text was encrypted under another SECRET_KEY."""
        try:
            return Encryptor(settings.SECRET_KEY).decrypt(encrypted_text)
        except DecryptionError:
            raise self.validation_error("incorrect_code") from None

    def get_totp_issuer(self) -> str:
        return "authsvc"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  # django-allauth's signature
        return "Passkey"


def mailed_link(view: str, **arguments: str) -> str:
    """A link for a mail. Its host comes from the settings, since a request can name any host."""
    return f"{settings.ENVIRONMENT.public_url}{reverse(view, kwargs=arguments)}"
