"""Login stages, between a correct password and the pages."""

from typing import Any

from allauth.account.stages import EmailVerificationStage
from django.conf import settings

from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.pages.security_log import record_failure, way_of


class VerifiedEmailStage(EmailVerificationStage):
    """Requires a verified address after sign-up, and after sign-in if `needs_verified_email` is on."""

    def handle(self) -> tuple[Any, bool]:
        if not self.login.signup and not settings.ENVIRONMENT.needs_verified_email:
            return None, True
        response, may_continue = super().handle()
        if response is not None and not self.login.signup:
            record_failure(
                self.request,
                SignInFailure.UNVERIFIED_EMAIL,
                way=way_of(self.request, self.login.user),
                user_id=UserId(self.login.user.pk),
            )
        return response, may_continue
