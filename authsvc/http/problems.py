"""Problem details (RFC 9457): the one module that maps errors to HTTP answers."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

import structlog
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.cache import patch_vary_headers
from django.views import defaults
from rest_framework import exceptions
from rest_framework.views import exception_handler as drf_exception_handler

from accounts.public import InsufficientAuthentication, InvalidToken
from authsvc.http.middleware import API_PREFIXES
from authsvc.http.protected_resource import API_PATH, challenge, resource_of
from authsvc.http.rendering import JSON
from authsvc.http.status_info import has_status_info, status_info_of, status_of
from authsvc.kernel.errors import (
    Busy,
    Conflict,
    DomainError,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    Listed,
    NotFound,
    Outdated,
    TooMany,
    Unauthenticated,
    Unconditional,
)

log: Final = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 100
"""Invalid members that are reported at once. Every value of a long list could be invalid."""

STATUS_OF: Final[Mapping[type[DomainError], HTTPStatus]] = {
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Gone: HTTPStatus.GONE,
    Conflict: HTTPStatus.CONFLICT,
    Outdated: HTTPStatus.PRECONDITION_FAILED,
    Unconditional: HTTPStatus.PRECONDITION_REQUIRED,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
}

# Problems with a request as HTTP, before any domain rule applies: code and title.
OF_HTTP: Final[Mapping[HTTPStatus, tuple[str, str]]] = {
    HTTPStatus.BAD_REQUEST: ("malformed-request", "The request is malformed"),
    HTTPStatus.UNAUTHORIZED: ("not-authenticated", "Authentication is required"),
    HTTPStatus.FORBIDDEN: ("insufficient-scope", "The token lacks a scope"),
    HTTPStatus.NOT_FOUND: ("no-such-address", "URL not found"),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method-not-allowed", "The method is not allowed"),
    HTTPStatus.NOT_ACCEPTABLE: ("not-acceptable", "The requested media type is not available"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("body-too-large", "The body is too large"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "unsupported-media-type",
        "The media type is not supported",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("invalid-request", "The request is invalid"),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("internal-error", "Internal error"),
    HTTPStatus.SERVICE_UNAVAILABLE: ("unavailable", "The service is unavailable"),
}


UNREADABLE: Final = "The request cannot be read. Go back and try again."
UNKNOWN_HOST: Final = (
    "The host name of the request is not one of this service's. Check the address."
)


class BodyTooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "Send a smaller body."


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Answer *error* as a problem; leave unforeseen errors to Django, which logs them."""
    path = context["request"].path_info
    if isinstance(error, DomainError):
        return problem_response(error, resource=resource_of(context["view"]), path=path)
    if isinstance(error, OperationalError):
        # The database is unreachable, or ended a deadlock by aborting this transaction. Both are temporary.
        log.error("the database failed a request", exc_info=error)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _response(status, members_of_http(status), headers={"Retry-After": "1"}, path=path)
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    status, members = HTTPStatus(response.status_code), {}
    if isinstance(error, exceptions.ValidationError):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        members = {"errors": field_errors_in(error.detail)}
    detail = getattr(error, "detail", None)
    return _response(
        status,
        members_of_http(status, detail=detail if isinstance(detail, str) else None, **members),
        headers=dict(response.items()),
        path=path,
    )


def problem_response(
    error: DomainError, *, resource: str = API_PATH, path: str = ""
) -> HttpResponse:
    """The problem as the answer at a path; a challenge in it leads to the metadata of the resource."""
    return _response(*problem_of(error), headers=_headers_of(error, resource), path=path)


def problem_of(error: DomainError) -> tuple[HTTPStatus, dict[str, Any]]:
    """The status and the members of the problem of a domain error."""
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS_OF)
    members: dict[str, Any] = {name: _public(fact) for name, fact in error.facts.items()}
    if isinstance(error, Invalid) and error.field_errors:
        members["errors"] = [_pointer(field_error) for field_error in error.field_errors]
    status = STATUS_OF[kind]
    return status, members | _members(status, error.code, error.title, error.detail)


def members_of_http(
    status: HTTPStatus, *, detail: str | None = None, **members: Any
) -> dict[str, Any]:
    """The members of a problem with a request as HTTP."""
    code, title = OF_HTTP[status]
    return members | _members(status, code, title, detail or status.description or title)


def _members(status: HTTPStatus, code: str, title: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"/problems/{code}",
        "title": title,
        "status": int(status),
        "detail": detail,
        "code": code,
    }


def _headers_of(error: DomainError, resource: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    if isinstance(error, InvalidToken):
        headers["WWW-Authenticate"] = challenge(resource, error="invalid_token")  # RFC 6750 §3.1
    elif isinstance(error, InsufficientAuthentication):
        headers["WWW-Authenticate"] = _step_up_challenge(error, resource)
    elif isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = challenge(resource)
    if "retry_after" in error.facts:
        headers["Retry-After"] = str(error.facts["retry_after"])
    return headers


def _step_up_challenge(error: InsufficientAuthentication, resource: str) -> str:
    """The challenge for a more recent or stronger sign-in (RFC 9470 §3)."""
    facts = {name: str(value) for name, value in error.facts.items()}
    return challenge(
        resource, error="insufficient_user_authentication", error_description=error.title, **facts
    )


def json_of(members: Mapping[str, Any]) -> str:
    """The JSON text of a problem."""
    return json.dumps(members, separators=(",", ":"))


def _response(
    status: HTTPStatus,
    members: dict[str, Any],
    *,
    headers: dict[str, str] | None = None,
    path: str = "",
) -> HttpResponse:
    """A problem is always JSON, whatever media type was negotiated. The path tells clients that know another form."""
    headers = (headers or {}) | {"Content-Type": MEDIA_TYPE}
    if has_status_info(path):
        headers |= {"Content-Type": JSON, "Link": f'<{members["type"]}>; rel="type"'}
        status, members = status_of(status), status_info_of(status, members)
    return HttpResponse(json_of(members), status=status, headers=headers)


def _public(fact: object) -> object:
    if isinstance(fact, Listed):
        return list(fact)
    if isinstance(fact, Mapping):
        return dict(fact)
    return fact if isinstance(fact, int | str | None) else str(fact)


def _pointer(field_error: FieldError) -> dict[str, str]:
    pointer = f"#/{field_error.path}" if field_error.path else "#"
    return {"pointer": pointer, "detail": field_error.detail}


def field_errors_in(detail: Any) -> list[dict[str, str]]:
    """The errors of a serializer as members of a problem, with a pointer to each invalid value."""
    return list(islice(_pointers(detail), MOST_ERRORS))


def _pointers(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested errors into RFC 6901 pointers."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            is_whole = name == "non_field_errors"
            yield from _pointers(inner, pointer if is_whole else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            is_nested = isinstance(inner, dict | list)
            yield from _pointers(inner, f"{pointer}/{index}" if is_nested else pointer)
    else:
        # DRF repeats input, which can contain lone surrogates. JSON allows them, but UTF-8 does not.
        yield {"pointer": pointer, "detail": str(detail).encode(errors="replace").decode()}


def http_problem(
    status: HTTPStatus, *, detail: str | None = None, path: str = "", **members: Any
) -> HttpResponse:
    """A problem with a request as HTTP, for views outside of DRF."""
    return _response(status, members_of_http(status, detail=detail, **members), path=path)


def _expects_problem(request: HttpRequest) -> bool:
    """Whether the request is for the API, or prefers JSON to a page (RFC 9110 §12.5.1)."""
    if request.path_info.startswith(API_PREFIXES):
        return True
    return request.get_preferred_type(["text/html", MEDIA_TYPE, "application/json"]) not in (
        "text/html",
        None,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    detail = UNKNOWN_HOST if isinstance(exception, DisallowedHost) else UNREADABLE
    if _expects_problem(request):
        return http_problem(HTTPStatus.BAD_REQUEST, detail=detail, path=request.path_info)
    page = loader.render_to_string("400.html", {"detail": detail})
    return HttpResponse(page, status=HTTPStatus.BAD_REQUEST)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    response: HttpResponse = (
        http_problem(HTTPStatus.NOT_FOUND, path=request.path_info)
        if _expects_problem(request)
        else defaults.page_not_found(request, exception)
    )
    patch_vary_headers(response, ("Accept",))
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: the cause is logged and never shown."""
    if _expects_problem(request):
        detail = "The cause is logged under the X-Request-Id of this response."
        return http_problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail=detail, path=request.path_info)
    return defaults.server_error(request)


def database_needed(request: HttpRequest) -> HttpResponse:
    """The answer to URLs that need a database, in memory mode."""
    return http_problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        detail="This needs a database. Set DATABASE_URL and restart.",
    )
