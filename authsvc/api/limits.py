"""Gate zero: was this asked too often?"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import LimitName
from authsvc.actors import principal_of
from authsvc.addresses import address_of
from authsvc.container import services
from authsvc.kernel.limits import LimitState

Handler = Callable[..., Response]


def limited(
    name: LimitName, *, by: Callable[[Request], str] = address_of
) -> Callable[[Handler], Handler]:
    """Count each request before anything of it is read, and refuse it when there were too many.

    Stands above `idempotent`: what is refused for the moment is no answer to be repeated, and what is undone there
    must not undo the count.
    """

    def limiting(handler: Handler) -> Handler:
        @wraps(handler)
        def counting(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            state = services().limits.count(name, by(request))
            view.headers |= fields_of(state)
            state.require()
            return handler(view, request, *args, **kwargs)

        counting.is_limited = True  # type: ignore[attr-defined]  # read by the OpenAPI schema
        return counting

    return limiting


def asker_of(request: Request) -> str:
    """Who asks, as verified by his token. Raises PersonNeeded when it is nobody."""
    return str(principal_of(request).person)


def fields_of(state: LimitState) -> dict[str, str]:
    """What to tell of a limit (draft-ietf-httpapi-ratelimit-headers-10)."""
    limit = state.limit
    window = int(limit.period.total_seconds())
    return {
        "RateLimit-Policy": f'"{limit.name}";q={limit.most};w={window}',
        "RateLimit": f'"{limit.name}";r={state.remaining};t={state.forgotten_in_seconds}',
    }
