"""Mails of a sign-up over the API, sent by django-allauth as those of the sign-up page."""

import structlog

from accounts.adapters.allauth_internals import send_sign_up_email
from accounts.domain.access import UserId

log = structlog.get_logger(__name__)


class AllauthSignUpMails:
    def send(self, email: str, *, user_id: UserId | None) -> None:
        try:
            send_sign_up_email(email, user_id=user_id)
        except OSError as error:
            log.warning("a sign-up could not be mailed", error=type(error).__name__)
