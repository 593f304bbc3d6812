"""UserInfo endpoint (OpenID Connect Core §5.3)."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from oauthlib.oauth2 import OAuth2Error
from oauthlib.oauth2.rfc6749.errors import InsufficientScopeError

from accounts.domain.access import PersonNeeded
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.oauth.errors import IdentityScopeNeeded
from accounts.oauth import errors
from accounts.oauth.endpoints import error_response, json_response, open_to_all, preflight
from accounts.oauth.parameters import form_of
from authsvc.composition.container import services

CHALLENGE: Final = 'Bearer realm="authsvc"'


@method_decorator(csrf_exempt, name="dispatch")
class UserInfoView(View):
    """`GET` or `POST /oauth/userinfo`, with the token in the header or a form, never in the URL (RFC 9700 §4.3.2)."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return open_to_all(self._respond(request))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return open_to_all(self._respond(request))

    def options(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponseBase:
        return preflight(request)

    def _respond(self, request: HttpRequest) -> HttpResponse:
        try:
            token = _token_of(request)
            if token is None:
                return _challenged(
                    error_response(errors.InvalidToken(description="The access token is missing."))
                )
            principal = services().access.principal_of(token)
            return json_response(services().claims.of(principal))
        except InvalidToken:
            return _challenged(error_response(errors.InvalidToken()), 'error="invalid_token"')
        except (IdentityScopeNeeded, PersonNeeded):
            response = error_response(InsufficientScopeError())
            return _challenged(response, 'error="insufficient_scope", scope="openid"')
        except OAuth2Error as error:
            return error_response(error)


def _token_of(request: HttpRequest) -> str | None:
    """Raises InvalidRequestError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token
    if request.method == "POST" and request.body:
        return form_of(request).get("access_token")
    return None


def _challenged(response: HttpResponse, error: str = "") -> HttpResponse:
    """Add the challenge. Without a token it names no error (RFC 6750 §3)."""
    response["WWW-Authenticate"] = f"{CHALLENGE}, {error}" if error else CHALLENGE
    return response
