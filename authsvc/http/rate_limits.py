"""Rate limits of operations, and the headers that report them."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request

from accounts.public import LimitName
from authsvc.composition.container import services
from authsvc.http.actors import principal_of
from authsvc.kernel.rate_limits import LimitState


def count(
    name: LimitName, view: Any, request: Request, *, by: Callable[[Request], str] | None
) -> None:
    """Count the request before its body is read, and report the limit in the headers of the view.

    *by* identifies the caller; without it, their user id does. Raises TooManyAttempts, PersonNeeded.
    """
    state = services().limits.count(name, by(request) if by else _user_of(request))
    view.headers |= _headers_of(state)
    state.require()


def _user_of(request: Request) -> str:
    return str(principal_of(request).person)


def _headers_of(state: LimitState) -> dict[str, str]:
    """RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10); times are in seconds."""
    limit = state.limit
    window = int(limit.period.total_seconds())
    return {
        "RateLimit-Policy": f'"{limit.name}";q={limit.most};w={window}',
        "RateLimit": f'"{limit.name}";r={state.remaining};t={state.forgotten_in_seconds}',
    }
