"""Answers of the endpoints that programs ask: JSON that nobody may keep (RFC 6749 §5)."""

from abc import abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from oauthlib.oauth2 import OAuth2Error

from accounts.domain.identity.services.login_attempts import LimitName
from accounts.oauth.cors import preflight, with_cors
from accounts.oauth.errors import SlowDown
from authsvc.composition.container import services
from authsvc.http.client_ip import client_ip_of

NO_STORE: Final[Mapping[str, str]] = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def answer(members: Mapping[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    return JsonResponse(members, status=status, headers=NO_STORE)


def refusal(error: OAuth2Error) -> HttpResponse:
    """The error as RFC 6749 §5.2 has it, whatever the endpoint."""
    members = {"error": error.error, "error_description": error.description}
    response = answer(members, status=error.status_code)
    if isinstance(error, SlowDown):
        response["Retry-After"] = str(error.seconds)
    return response


@method_decorator(csrf_exempt, name="dispatch")
class Endpoint(View):
    """An address that clients post forms to. `answer_to` may raise OAuth2Error, which becomes the answer."""

    challenge: ClassVar[str] = 'Basic realm="authsvc"'

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            response = self.answer_to(request)
        except OAuth2Error as error:
            response = refusal(error)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            response = self._failed(response, client_ip_of(request))
        return with_cors(response, request)

    def options(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponseBase:
        return preflight(request)

    def _failed(self, response: HttpResponseBase, address: str) -> HttpResponseBase:
        """Only failures are counted, and only they are refused: nobody at an address can shut out others there."""
        state = services().limits.count(LimitName.TOKEN, "address", address)
        if not state.is_allowed:
            return refusal(SlowDown(seconds=state.forgotten_in_seconds))
        response["WWW-Authenticate"] = self.challenge
        return response

    @abstractmethod
    def answer_to(self, request: HttpRequest) -> HttpResponseBase:
        """Do what the client asks. Raises OAuth2Error."""
