"""Browser state: what the session of a signed-in browser tells about the browser."""

from time import time
from typing import Final
from uuid import uuid4

from django.http import HttpRequest

from accounts.adapters.browser_sessions import (
    BEGAN_AT,
    BROWSER_ID,
    CLIENT_IP,
    SEEN_AT,
    USER_AGENT,
)
from authsvc.http.client_ip import client_ip_of

CONTINUES_AT: Final = "continues_at"
"""The key of the path to which the pages of required actions and second factors lead back; their templates read it."""
_LONGEST_USER_AGENT: Final = 300


def note_sign_in(request: HttpRequest) -> None:
    """Note the beginning of a session, also if the browser had one."""
    request.session.pop(BEGAN_AT, None)
    note_browser(request)


def continue_at(request: HttpRequest, path: str) -> None:
    """Let the pages on which a password or a second factor is set up lead back to that path."""
    request.session[CONTINUES_AT] = path


def note_browser(request: HttpRequest) -> None:
    """Note in the session which browser it is in, at which address and when. Gives the session an ID (`sid`)."""
    session, now = request.session, int(time())
    session.setdefault(BROWSER_ID, str(uuid4()))
    session.setdefault(BEGAN_AT, now)
    session[SEEN_AT] = now
    session[USER_AGENT] = request.headers.get("User-Agent", "")[:_LONGEST_USER_AGENT]
    session[CLIENT_IP] = client_ip_of(request)
