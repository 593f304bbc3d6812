"""Django's sign-in, through our own."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.domain.identity.entities.users import User as Account
from accounts.domain.identity.errors import InvalidCredentials, PasswordsBusy
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.models import User
from authsvc.composition.container import services
from authsvc.http.client_ip import address_of
from authsvc.http.forms import sentence_of
from authsvc.kernel.rate_limits import TooManyAttempts


class AccountsBackend(ModelBackend):
    """Asks the accounts service who it is, and hands Django the row. Permissions stay Django's."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: Any,
    ) -> User | None:
        """Raises ValidationError, which forms show, when we do not look at the password now."""
        address = username if email is None else email
        if address is None or password is None:
            return None
        try:
            user = _recognised(request, email=address, password=password)
        except InvalidCredentials:
            return None
        except (TooManyAttempts, PasswordsBusy) as refusal:
            raise ValidationError(sentence_of(refusal)) from refusal
        return User.objects.get(pk=user.id)


def _recognised(request: HttpRequest | None, *, email: str, password: str) -> Account:
    if request is None:
        return services().sessions.authenticate_and_rehash(email=email, password=password)
    address = address_of(request)
    services().limits.count(LimitName.LOG_IN, address).require()
    return services().sessions.authenticate_and_rehash(
        email=email, password=password, address=address
    )
