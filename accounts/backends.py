"""Authentication backend: Django's sign-in through the session service."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.domain.identity.entities.users import User as Account
from accounts.domain.identity.errors import InvalidCredentials, PasswordsBusy
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.models import User
from authsvc.composition.container import services
from authsvc.http.client_ip import client_ip_of
from authsvc.http.forms import sentence_of
from authsvc.kernel.rate_limits import TooManyAttempts


class AccountsBackend(ModelBackend):
    """Authenticates with the session service and returns Django's row. Permissions stay Django's."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: Any,
    ) -> User | None:
        """Raises ValidationError, which forms show, if the password was not checked because of a limit."""
        email = username if email is None else email
        if email is None or password is None:
            return None
        try:
            user = _authenticated(request, email=email, password=password)
        except InvalidCredentials:
            return None
        except (TooManyAttempts, PasswordsBusy) as error:
            raise ValidationError(sentence_of(error)) from error
        return User.objects.get(pk=user.id)


def _authenticated(request: HttpRequest | None, *, email: str, password: str) -> Account:
    sign_in = services().sign_in
    if request is None:
        return sign_in.authenticate_and_rehash(email=email, password=password)
    client_ip = client_ip_of(request)
    return sign_in.authenticate_and_rehash(
        email=email,
        password=password,
        client_ip=client_ip,
        address_limit=services().limits.count(LimitName.LOG_IN, client_ip),
    )
