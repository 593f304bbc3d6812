"""What happens around every request, and what happens around pages alone.

The API has no cookies, forms or frames, so the middlewares that serve those let it pass: they cost more than many
of its requests.
"""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from secrets import token_hex
from time import time
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from csp.middleware import CSPMiddleware as _Csp
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware as _Authentication
from django.contrib.messages.middleware import MessageMiddleware as _Message
from django.contrib.sessions.middleware import SessionMiddleware as _Session
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware as _XFrameOptions
from django.middleware.csrf import CsrfViewMiddleware as _Csrf
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from authsvc.config.logs import request_id

NO_PAGES: Final = (
    "/v1/",
    "/health",
    "/.well-known/",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/introspect",
    "/oauth/par",
    "/oauth/device",
    "/oauth/userinfo",
    "/oauth/register",
)
LEADS_TO: Final = "leads_to"
"""In a browser's session: a source beside our own (CSP) to which the forms on our pages may lead in the end."""
_BEGAN_AT: Final = "began_at"
_SEEN_AT: Final = "seen_at"
# To write it down at each request would make a writer of every reader.
_NOTED_EVERY_SECONDS: Final = 30
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


class WholeBodies:
    """Around Django: gives a body that comes in chunks the length without which WSGI takes it for empty.

    Of one that is too long it passes on just enough to be refused.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:
            body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return self.application(environ, start_response)


class RequestIdMiddleware:
    """Names each request, in its log lines and in the answer, by the X-Request-Id it came with or by a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if _REQUEST_ID.fullmatch(given) else token_hex(16)
        request_id.set(name)
        response = self.get_response(request)
        response["X-Request-Id"] = name
        return response


class _PagesOnly(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(NO_PAGES):
            return self.get_response(request)
        return super().__call__(request)


class SessionMiddleware(_PagesOnly, _Session):
    """Django's, on pages. Somebody is signed out when he was idle for too long, and in the end whatever he does.

    What depends on who he is, no cache keeps; not even that of his own browser, for whoever sits down there after him.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        session, now = request.session, int(time())
        if session.session_key is None or SESSION_KEY not in session:
            return
        lasts = now - session.setdefault(_BEGAN_AT, now)
        idle = now - session.setdefault(_SEEN_AT, now)
        is_too_long = lasts >= settings.ENVIRONMENT.browser_session.total_seconds()
        if is_too_long or idle >= settings.ENVIRONMENT.browser_idle.total_seconds():
            session.flush()
        elif idle >= _NOTED_EVERY_SECONDS:
            session[_SEEN_AT] = now

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.session.accessed and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return super().process_response(request, response)


class CsrfViewMiddleware(_PagesOnly, _Csrf):
    """Django's, on pages; the API takes no cookie that a forged request could carry."""


class AuthenticationMiddleware(_PagesOnly, _Authentication):
    """Django's, on pages."""


class MessageMiddleware(_PagesOnly, _Message):
    """Django's, on pages."""


class XFrameOptionsMiddleware(_PagesOnly, _XFrameOptions):
    """Django's, on pages."""


class CSPMiddleware(_PagesOnly, _Csp):
    """django-csp's, on pages; and their forms may lead to where the browser's session says."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if leads_to := request.session.get(LEADS_TO):
            vars(response)["_csp_update"] = {"form-action": [leads_to]}  # django-csp's hook
        return super().process_response(request, response)
