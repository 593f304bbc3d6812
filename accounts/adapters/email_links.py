"""E-mail address changes: a signed link to the new address, which saves it when it is followed."""

from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model, load_backend
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.domain.access import UserId

_SALT: Final = "accounts.pages.addresses"  # links of earlier releases stay valid


class SignedEmailLinks:
    def path_for(self, user_id: UserId, *, email: str) -> str:
        user = get_user_model().objects.get(pk=user_id)
        return reverse("account_move_email", kwargs={"key": key_for(user, email)})


def key_for(user: Any, email: str) -> str:
    """The key in the link. It expires when the password or the address of the user changes."""
    return signing.dumps(
        {"user": str(user.pk), "email": email, "encryptor": _seal_of(user)},
        salt=_SALT,
        compress=True,
    )


def read_key(key: str) -> tuple[Any, str] | None:
    """The user and their new address; None if the key is invalid, expired or already used."""
    try:
        values = signing.loads(key, salt=_SALT, max_age=settings.LINK_SECONDS)
    except signing.BadSignature:
        return None
    user = load_backend(settings.AUTHENTICATION_BACKENDS[0]).get_user(values["user"])
    if user is None or not constant_time_compare(values["encryptor"], _seal_of(user)):
        return None
    return user, values["email"]


def _seal_of(user: Any) -> str:
    """A signature that changes with the password and with the address."""
    return signing.Signer(salt=_SALT).signature(f"{user.get_session_auth_hash()}:{user.email}")
