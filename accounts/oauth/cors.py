"""Which pages of others may read our answers (Fetch Standard: CORS). No answer here depends on a cookie."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.oauth.core import core


def with_cors(response: HttpResponseBase, request: HttpRequest) -> HttpResponseBase:
    """Let the pages of the client that asks read the answer, a refusal too."""
    response["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return response
    client = core().named_client(request)
    if client is not None and origin in client.terms.allowed_origins:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "WWW-Authenticate, Retry-After"
    return response


def open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Let every page read the answer: it is public, or needs a token that the page has already."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "WWW-Authenticate"
    return response


def preflight(request: HttpRequest) -> HttpResponse:
    """Let a page ask. Which client it is of shows only then; whether it may read the answer is decided there."""
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, POST"
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Max-Age"] = "600"
    return response
