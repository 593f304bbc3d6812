"""Cross-origin requests from pages (Fetch Standard §3.3, CORS).

Pages may read public documents, and the API if a client has registered their origin. Neither depends on cookies, and
credentials are never allowed. Only access tokens, which a page has to send itself, give access to data.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from authsvc.composition.container import services
from authsvc.http.protected_resource import PREFIXES

PUBLIC: Final = re.compile(
    r"/\.well-known/.+|/v1/openapi\.json|/v1/schemas/[^/]+|/v1/issued/[^/]+(?:/verify)?"
    r"|/v1/credentials/[^/]+/versions/[^/]+|/issuers/.+|/credentials/[^/]+|/ims/ob/v3p0/discovery"
    r"|/wallets/.+"
)
"""The paths of public documents and of the endpoints for wallets, which pages of every origin may read."""
METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS: Final = (
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "MCP-Protocol-Version, Mcp-Method, Mcp-Name, Min-Position, X-Experience-API-Version, X-Request-Id"
)
RESPONSE_HEADERS: Final = (
    "Allow, Content-Disposition, ETag, Idempotent-Replayed, Link, Location, Position, RateLimit, "
    "RateLimit-Policy, Retry-After, WWW-Authenticate, X-Experience-API-Consistent-Through, "
    "X-Experience-API-Version, X-Request-Id, X-Total-Count"
)
"""The headers of responses that pages may read, besides those that every page may read."""
PREFLIGHT_SECONDS: Final = 7200
"""How long browsers may cache a preflight; Chromium caches none for longer."""
ALLOW_ORIGIN: Final = "Access-Control-Allow-Origin"


class CorsMiddleware:
    """Answers preflights, and states in every response of the API whether pages of the origin may read it.

    Preflights are charged to no budget: they read nothing, and a page could not read a problem.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_public = PUBLIC.fullmatch(request.path_info) is not None
        if not is_public and not request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        is_preflight = (
            request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        )
        response = _preflight() if is_preflight else self.get_response(request)
        origin = "*" if is_public else request.META.get("HTTP_ORIGIN")
        if not is_public:
            patch_vary_headers(response, ("Origin",))
        if origin is not None and (is_public or origin in services().allowed_origins):
            _allow(origin, response, is_preflight=is_preflight)
        return response


def _preflight() -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    del response["Content-Type"]
    return response


def _allow(origin: str, response: HttpResponse, *, is_preflight: bool) -> None:
    response[ALLOW_ORIGIN] = origin
    if is_preflight:
        response["Access-Control-Allow-Methods"] = METHODS
        response["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    else:
        response["Access-Control-Expose-Headers"] = RESPONSE_HEADERS
