"""Middleware for all requests, and for pages only.

The API has no cookies, forms or frames, so it bypasses the middleware for those, which costs more than many of its
requests.
"""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
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
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.middleware.clickjacking import XFrameOptionsMiddleware as _XFrameOptions
from django.middleware.csrf import CsrfViewMiddleware as _Csrf
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from accounts.adapters.browser_sessions import BEGAN_AT, SEEN_AT
from accounts.public import Principal
from authsvc.config.logs import refused_caller, request_id
from authsvc.http.browsers import note_browser

API_PREFIXES: Final = (
    "/ims/",
    "/issuers/",
    "/v1/",
    "/mcp",
    "/wallets/",
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
"""The session key of a further CSP source to which forms on our pages may redirect."""
# Saving it at every request would turn each read into a write.
_SAVED_EVERY_SECONDS: Final = 30
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


class BufferedBodies:
    """WSGI middleware: buffers a chunked body and sets its Content-Length, without which Django sees an empty body.

    It reads one byte more than is allowed, so that a body that is too long is rejected.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:
            body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return self.application(environ, start_response)


class RequestIdMiddleware:
    """Identifies each request in its log lines and its response, by its own X-Request-Id or a new one.

    Of a request that is forbidden the log has the caller, too (ASVS 16.3.2).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.META.get("HTTP_X_REQUEST_ID", "")
        new_id = header if _REQUEST_ID.fullmatch(header) else token_hex(16)
        request_id.set(new_id)
        response = self.get_response(request)
        response["X-Request-Id"] = new_id
        if response.status_code == HTTPStatus.FORBIDDEN:
            refused_caller.set(_caller_of(request))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Note the caller before Django logs what a page forbids."""
        if isinstance(exception, PermissionDenied):
            refused_caller.set(_caller_of(request))


def _caller_of(request: HttpRequest) -> str:
    """The id of the user or the client; empty without one."""
    user = getattr(request, "user", None)
    return user.identity if isinstance(user, Principal) else str(getattr(user, "pk", "") or "")


class CrossOriginMiddleware:
    """Keeps other origins from embedding our responses (Fetch Standard, Cross-Origin-Resource-Policy)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response


class _PagesOnly(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(API_PREFIXES):
            return self.get_response(request)
        return super().__call__(request)


class SessionMiddleware(_PagesOnly, _Session):
    """Django's, on pages. Ends a browser session that was idle for too long or has reached its maximum lifetime.

    Responses that depend on the session are not cached, not even by the browser, which other people may use later.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        session, now = request.session, int(time())
        if session.session_key is None or SESSION_KEY not in session:
            return
        if SEEN_AT not in session:
            note_browser(request)
        age, idle = now - session[BEGAN_AT], now - session[SEEN_AT]
        is_too_old = age >= settings.ENVIRONMENT.browser_session.total_seconds()
        if is_too_old or idle >= settings.ENVIRONMENT.browser_idle.total_seconds():
            session.flush()
        elif idle >= _SAVED_EVERY_SECONDS:
            note_browser(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.session.accessed and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return super().process_response(request, response)


class CsrfViewMiddleware(_PagesOnly, _Csrf):
    """Django's, on pages; the API accepts no cookie that a forged request could carry."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        if request.path_info.startswith(API_PREFIXES):  # Django calls this for all views
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class AuthenticationMiddleware(_PagesOnly, _Authentication):
    """Django's, on pages."""


class MessageMiddleware(_PagesOnly, _Message):
    """Django's, on pages."""


class NulMiddleware(_PagesOnly):
    """Rejects pages' parameters with a NUL character, which PostgreSQL cannot store or compare.

    The body of a view that limits it is left for that view, which reads no more than it allows.
    """

    def process_view(
        self, request: HttpRequest, callback: Callable[..., HttpResponseBase], *_: Any
    ) -> None:
        if request.path_info.startswith(API_PREFIXES):  # Django calls this for all views
            return
        is_left = getattr(callback, "limits_body", False)
        for parameters in (request.GET,) if is_left else (request.GET, request.POST):
            if any("\0" in text for name, values in parameters.lists() for text in (name, *values)):
                raise BadRequest


class XFrameOptionsMiddleware(_PagesOnly, _XFrameOptions):
    """Django's, on pages."""


class CSPMiddleware(_PagesOnly, _Csp):
    """django-csp's, on pages. Adds the source under LEADS_TO in the session to `form-action`."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if leads_to := request.session.get(LEADS_TO):
            vars(response)["_csp_update"] = {"form-action": [leads_to]}  # django-csp's hook
        return super().process_response(request, response)
