"""Django's sign-in, through our own."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.domain.errors import InvalidCredentials
from accounts.models import User
from authsvc.container import services


class AccountsBackend(ModelBackend):
    """Asks the accounts service who it is, and hands Django the row. Permissions stay Django's."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        try:
            user = services().sessions.authenticate(email=username, password=password)
        except InvalidCredentials:
            return None
        return User.objects.get(pk=user.id)
