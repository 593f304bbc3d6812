"""Moving an account to another e-mail address: nothing is kept until the link that is mailed there is followed."""

from typing import Any, Final

from django.conf import settings
from django.contrib.auth import load_backend
from django.core import signing
from django.utils.crypto import constant_time_compare

_SALT: Final = "accounts.pages.addresses"


def key_for(user: Any, email: str) -> str:
    """What the link says: whose the address is to be, as long as the account is as it is now."""
    return signing.dumps(
        {"user": str(user.pk), "email": email, "seal": _seal_of(user)}, salt=_SALT, compress=True
    )


def move_in(key: str) -> tuple[Any, str] | None:
    """Who moves where; None if the link is not ours, is too old or was followed before."""
    try:
        said = signing.loads(key, salt=_SALT, max_age=settings.LINK_SECONDS)
    except signing.BadSignature:
        return None
    user = load_backend(settings.AUTHENTICATION_BACKENDS[0]).get_user(said["user"])
    if user is None or not constant_time_compare(said["seal"], _seal_of(user)):
        return None
    return user, said["email"]


def _seal_of(user: Any) -> str:
    """Another one as soon as the password or the address is another one."""
    return signing.Signer(salt=_SALT).signature(f"{user.get_session_auth_hash()}:{user.email}")
