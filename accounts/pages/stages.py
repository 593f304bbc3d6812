"""What stands between a right password and the pages."""

from typing import Any

from allauth.account.stages import EmailVerificationStage
from django.conf import settings


class VerifiedEmailStage(EmailVerificationStage):
    """Whoever signs up follows a link first; whoever signs in need not have, unless the house wants it so."""

    def handle(self) -> tuple[Any, bool]:
        if not self.login.signup and not settings.ENVIRONMENT.needs_verified_email:
            return None, True
        answer: tuple[Any, bool] = super().handle()
        return answer
