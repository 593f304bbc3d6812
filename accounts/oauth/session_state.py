"""Session state: what the provider stores in the session of a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import time
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.adapters.browser_sessions import BROWSER_ID
from accounts.domain.access import Authentication, SessionId
from authsvc.http.browsers import CONTINUES_AT
from authsvc.http.middleware import LEADS_TO
from authsvc.http.sign_in_state import SignIn
from authsvc.kernel.canonical import canonical_json

_ASKED: Final = "oauth_asked"
_DECLINED: Final = "oauth_declined"


def authentication_of(request: HttpRequest, sign_in: SignIn) -> Authentication:
    """How the user signed in at this browser. Gives the browser session an ID (`sid`), if it has none."""
    session = request.session
    browser_id = session.setdefault(BROWSER_ID, str(uuid4()))
    return Authentication(
        at=sign_in.at, methods=sign_in.methods, browser_id=SessionId(UUID(browser_id))
    )


def browser_id_in(session: SessionBase) -> SessionId | None:
    """The ID of a browser session, if a client has been told one."""
    browser_id = session.get(BROWSER_ID)
    return SessionId(UUID(browser_id)) if browser_id else None


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """An authorization request on account of which the user is asked to sign in.

    The browser returns with the same request, which still demands a sign-in. The time of the first is noted, so that a
    later sign-in counts as the answer to it.
    """

    request: HttpRequest
    parameters: Mapping[str, str]

    def note(self, leads_to: str) -> None:
        """Note the time, and let our forms lead on to that URL afterwards."""
        if self._asked_at() is None:
            self.request.session[_ASKED] = {"what": self._digest(), "at": time()}
        allow_form_action(self.request, leads_to)

    def is_answered(self, sign_in: SignIn) -> bool:
        asked_at = self._asked_at()
        return asked_at is not None and sign_in.at.timestamp() > asked_at

    def decline(self) -> None:
        """Note that the user goes on without the second factor that the request asks for."""
        self.request.session[_DECLINED] = self._digest()

    @property
    def is_declined(self) -> bool:
        return bool(self.request.session.get(_DECLINED) == self._digest())

    def clear(self) -> None:
        for key in (_ASKED, _DECLINED, CONTINUES_AT, LEADS_TO):
            self.request.session.pop(key, None)

    def _asked_at(self) -> float | None:
        asked: dict[str, Any] = self.request.session.get(_ASKED, {})
        return asked["at"] if asked.get("what") == self._digest() else None

    def _digest(self) -> str:
        return sha256(canonical_json(dict(self.parameters))).hexdigest()


def allow_form_action(request: HttpRequest, url: str) -> None:
    """Let our forms redirect there: browsers check every redirect after a form against our CSP `form-action`."""
    parts = urlsplit(url)
    is_origin = parts.scheme in {"http", "https"} and ":" not in (parts.hostname or "")
    request.session[LEADS_TO] = (
        f"{parts.scheme}://{parts.netloc}" if is_origin else f"{parts.scheme}:"
    )
