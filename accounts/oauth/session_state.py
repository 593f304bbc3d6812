"""What the session of a browser remembers for the provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import time
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.domain.access import SessionId
from accounts.domain.identity.entities.sessions import Authentication
from authsvc.http.middleware import LEADS_TO
from authsvc.http.sign_in_state import SignIn
from authsvc.kernel.canonical import canonical_json

BROWSER_ID: Final = "browser_id"
_ASKED: Final = "oauth_asked"


def authentication_of(request: HttpRequest, sign_in: SignIn) -> Authentication:
    """How the person at this browser has shown who he is; from now on the browser's session has a name (`sid`)."""
    session = request.session
    name = session.setdefault(BROWSER_ID, str(uuid4()))
    return Authentication(at=sign_in.at, methods=sign_in.methods, browser_id=SessionId(UUID(name)))


def browser_id_in(session: SessionBase) -> SessionId | None:
    """The name of the browser's session, if a client was told it."""
    name = session.get(BROWSER_ID)
    return SessionId(UUID(name)) if name else None


@dataclass(frozen=True, slots=True)
class Question:
    """One request to authorize, on account of which somebody is asked to sign in.

    He comes back by the same address, with the same wish of the client to have him asked. So it is noted that he was
    asked, and when: whoever has signed in since then has answered.
    """

    request: HttpRequest
    parameters: Mapping[str, str]

    def note(self, leads_to: str) -> None:
        """He is asked now, and his browser may be led on from our forms to that address afterwards."""
        if self._asked_at() is None:
            self.request.session[_ASKED] = {"what": self._digest(), "at": time()}
        lead_to(self.request, leads_to)

    def is_answered(self, sign_in: SignIn) -> bool:
        asked_at = self._asked_at()
        return asked_at is not None and sign_in.at.timestamp() > asked_at

    def forget(self) -> None:
        for name in (_ASKED, LEADS_TO):
            self.request.session.pop(name, None)

    def _asked_at(self) -> float | None:
        asked: dict[str, Any] = self.request.session.get(_ASKED, {})
        return asked["at"] if asked.get("what") == self._digest() else None

    def _digest(self) -> str:
        return sha256(canonical_json(dict(self.parameters))).hexdigest()


def lead_to(request: HttpRequest, address: str) -> None:
    """Let forms of ours lead there: a browser holds all that follows against our policy (CSP form-action)."""
    parts = urlsplit(address)
    is_origin = parts.scheme in {"http", "https"} and ":" not in (parts.hostname or "")
    request.session[LEADS_TO] = (
        f"{parts.scheme}://{parts.netloc}" if is_origin else f"{parts.scheme}:"
    )
