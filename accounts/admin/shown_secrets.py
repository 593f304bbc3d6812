"""Secrets that are shown once: encrypted in the browser session from their creation until their page is read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.adapters.opaque_tokens import DecryptionError, Encryptor

SESSION_KEY: Final = "shown_secrets"
SHOWN_WITHIN: Final = timedelta(minutes=10)
"""How long a secret waits for its page to be read."""
MOST_REMEMBERED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSecret:
    """What is left of a secret: the secret itself the first time, afterwards when it was shown, if at all."""

    secret: str = field(default="", repr=False)
    shown_at: datetime | None = None


def keep_for_page(request: HttpRequest, name: str, secret: str) -> None:
    """Keep a secret for the page that shows it once. It replaces an earlier one of the same name."""
    entry = {"encrypted": _encryptor().encrypt(secret), "at": timezone.now().isoformat()}
    _store(request, name, entry)


def take_for_page(request: HttpRequest, name: str) -> ShownSecret:
    """The secret, if it has not been shown yet; from then on the session has only the time at which it was."""
    entry = _entries(request).get(name, {})
    if "shown_at" in entry:
        return ShownSecret(shown_at=datetime.fromisoformat(entry["shown_at"]))
    if "encrypted" not in entry:
        return ShownSecret()
    now = timezone.now()
    is_too_late = now - datetime.fromisoformat(entry["at"]) > SHOWN_WITHIN
    secret = "" if is_too_late else _decrypted(entry["encrypted"])
    _store(request, name, {"shown_at": now.isoformat()} if secret else {})
    return ShownSecret(secret=secret)


def _store(request: HttpRequest, name: str, entry: dict[str, str]) -> None:
    others = {key: value for key, value in _entries(request).items() if key != name}
    newest = dict(list(others.items())[1 - MOST_REMEMBERED :])
    request.session[SESSION_KEY] = newest | {name: entry}


def _entries(request: HttpRequest) -> dict[str, dict[str, str]]:
    return dict(request.session.get(SESSION_KEY, {}))


def _decrypted(text: str) -> str:
    """The secret; empty if the secret key of the service has changed since."""
    try:
        return _encryptor().decrypt(text)
    except DecryptionError:
        return ""


def _encryptor() -> Encryptor:
    return Encryptor(settings.SECRET_KEY, purpose=b"authsvc secrets shown once")
