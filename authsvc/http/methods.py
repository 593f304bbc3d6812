"""Methods of documents outside of the API."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from authsvc.http.problems import http_problem
from authsvc.http.rendering import response_of

View = Callable[[HttpRequest], HttpResponseBase]

_ALLOWED: Final = "GET, HEAD, OPTIONS"


def read_only(view: View) -> View:
    """Answer GET and HEAD with *view*, and other methods but OPTIONS with a problem (RFC 9110 §15.5.6)."""

    @wraps(view)
    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            return view(request)
        if request.method == "OPTIONS":
            response = response_of(b"", status=HTTPStatus.NO_CONTENT)
        else:
            detail = f'Method "{request.method}" not allowed.'
            response = http_problem(HTTPStatus.METHOD_NOT_ALLOWED, detail=detail)
        response["Allow"] = _ALLOWED
        return response

    return respond
