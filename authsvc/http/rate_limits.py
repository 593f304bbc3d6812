"""Rate limits of operations, request budgets, and the headers that report them."""

from collections.abc import Callable, Hashable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from accounts.public import LimitName, Principal
from authsvc.composition.container import services
from authsvc.http.actors import principal_of
from authsvc.http.client_ip import client_ip_of
from authsvc.http.problems import problem_response
from authsvc.http.protected_resource import PREFIXES
from authsvc.kernel.rate_limits import LimitState, TooManyAttempts
from authsvc.kernel.request_budgets import Cost

COSTS_OF_METHODS: Final = {"GET": Cost.READ, "HEAD": Cost.READ, "OPTIONS": Cost.READ}
_STATE: Final = "request_budget"


def count(
    name: LimitName, view: Any, request: Request, *, by: Callable[[Request], str] | None
) -> LimitState:
    """Count the request before its body is read, and report the limit in the headers of the view.

    *by* identifies the caller; without it, their user id does. Raises PersonNeeded.
    """
    state = services().limits.count(name, by(request) if by else _user_of(request))
    view.headers |= _headers_of(state)
    return state


def cost_of(method: str | None) -> Cost:
    return COSTS_OF_METHODS.get(method or "", Cost.WRITE)


def charge(cost: Cost, request: Request) -> None:
    """Count the request in the budget of the verified caller, else of the client IP. Raises TooManyAttempts."""
    state = services().request_budgets.charge(cost, _caller_of(request))
    setattr(request._request, _STATE, state)  # noqa: SLF001  # the middleware sees Django's request alone
    state.require()


def adopt_charge(inner: HttpRequest, request: Request) -> None:
    """Report the charge of an operation that was performed for *request* in its own response."""
    setattr(request._request, _STATE, getattr(inner, _STATE, None))  # noqa: SLF001  # as above


class RequestBudgetMiddleware:
    """States the budget in every response of the API.

    Requests that were answered before an operation charged them, such as those for unknown URLs or with an invalid
    token, are charged to the client IP afterwards.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(PREFIXES) or response.has_header("RateLimit"):
            return response
        state: LimitState | None = getattr(request, _STATE, None)
        if state is None:
            state = services().request_budgets.charge(
                cost_of(request.method), client_ip_of(request)
            )
            try:
                state.require()
            except TooManyAttempts as error:
                response = problem_response(error)
        for name, value in _headers_of(state).items():
            response[name] = value
        return response


def _caller_of(request: Request) -> Hashable:
    user = request.user
    if isinstance(user, Principal):
        return user.user_id or user.client_id
    return client_ip_of(request)


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
