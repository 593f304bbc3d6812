"""Login stages, between a correct password and the pages."""

from typing import Any

from allauth.account.stages import EmailVerificationStage
from django.conf import settings


class VerifiedEmailStage(EmailVerificationStage):
    """Requires a verified address after sign-up, and after sign-in if `needs_verified_email` is on."""

    def handle(self) -> tuple[Any, bool]:
        if not self.login.signup and not settings.ENVIRONMENT.needs_verified_email:
            return None, True
        response: tuple[Any, bool] = super().handle()
        return response
