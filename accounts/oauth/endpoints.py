"""Client endpoints: JSON responses that must not be cached (RFC 6749 §5), errors, CORS and the limit on failures."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from oauthlib.oauth2 import OAuth2Error

from accounts.domain.identity.services.login_attempts import LimitName
from accounts.oauth.client_authentication import named_client
from accounts.oauth.errors import SlowDown, description_of
from authsvc.composition.container import services
from authsvc.http.client_ip import client_ip_of

NO_STORE: Final[Mapping[str, str]] = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@method_decorator(csrf_exempt, name="dispatch")
class Endpoint(View):
    """An endpoint to which clients post forms. An OAuth2Error that `respond` raises becomes the response."""

    challenge: ClassVar[str] = 'Basic realm="authsvc"'

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request, self.respond)

    def answer(
        self, request: HttpRequest, respond: Callable[[HttpRequest], HttpResponseBase]
    ) -> HttpResponseBase:
        """The response, with what all endpoints add to it."""
        try:
            response = respond(request)
        except OAuth2Error as error:
            response = error_response(error)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            response = self._count_failure(response, client_ip_of(request))
        return with_cors(response, request)

    def options(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponseBase:
        return preflight(request)

    def _count_failure(self, response: HttpResponseBase, client_ip: str) -> HttpResponseBase:
        """Count failures alone, so that nobody can lock out other clients behind the same IP address."""
        state = services().limits.count(LimitName.TOKEN, "address", client_ip)
        if not state.is_allowed:
            return error_response(SlowDown(seconds=state.forgotten_in_seconds))
        response["WWW-Authenticate"] = self.challenge
        return response

    @abstractmethod
    def respond(self, request: HttpRequest) -> HttpResponseBase:
        """Do what the client requests. Raises OAuth2Error."""


def json_response(members: Mapping[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    return JsonResponse(members, status=status, headers=NO_STORE)


def error_response(error: OAuth2Error) -> HttpResponse:
    """The error in the format of RFC 6749 §5.2."""
    description = description_of(error.error, error.description)
    members = {"error": error.error, "error_description": description}
    response = json_response(members, status=error.status_code)
    if isinstance(error, SlowDown):
        response["Retry-After"] = str(error.seconds)
    return response


# CORS (Fetch Standard). No response of these endpoints depends on a cookie.


def with_cors(response: HttpResponseBase, request: HttpRequest) -> HttpResponseBase:
    """Let pages on the allowed origins of the client read the response, error or not."""
    response["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return response
    client = named_client(request)
    if client is not None and origin in client.terms.allowed_origins:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "WWW-Authenticate, Retry-After"
    return response


def open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Let every page read the response: it is public, or needs a token that the page already has."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "WWW-Authenticate"
    return response


def preflight(request: HttpRequest) -> HttpResponse:
    """Allow every page to send the request, which names the client; its response says who may read it."""
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, POST"
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Max-Age"] = "600"
    return response
