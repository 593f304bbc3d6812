"""Parameters of requests, as strictly as RFC 6749 §3.1 and §3.2 have them."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from oauthlib.oauth2 import InvalidRequestError

from accounts.oauth.errors import InvalidTarget

MOST: Final = 100
FORM: Final = "application/x-www-form-urlencoded"

# The Unicode category Cc.
_CONTROL_CHARACTER: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_FORMS: Final[WeakKeyDictionary[HttpRequest, Mapping[str, str]]] = WeakKeyDictionary()

KNOWN: Final = frozenset(
    {
        "acr_values",
        "client_assertion",
        "client_assertion_type",
        "client_id",
        "client_secret",
        "code",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "device_code",
        "display",
        "grant_type",
        "id_token_hint",
        "login_hint",
        "max_age",
        "nonce",
        "prompt",
        "redirect_uri",
        "refresh_token",
        "request",
        "request_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "state",
        "token",
        "token_type_hint",
    }
)
"""What we know the meaning of; the rest is ignored (RFC 6749 §3.1), and must not get in the way of oauthlib's names."""


def form_of(request: HttpRequest) -> Mapping[str, str]:
    """The parameters of a posted form, parsed once for each request. Raises InvalidRequestError."""
    form = _FORMS.get(request)
    if form is None:
        form = _FORMS[request] = _parsed_form(request)
    return form


def _parsed_form(request: HttpRequest) -> Mapping[str, str]:
    if request.content_type != FORM:
        raise InvalidRequestError(description=f"The body must be {FORM}.")
    try:
        body = request.body.decode()
    except RequestDataTooBig:
        raise InvalidRequestError(
            description="The body is too large.", status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        ) from None
    except UnicodeDecodeError:
        raise InvalidRequestError(description="The body must be encoded in UTF-8.") from None
    return _once_each(_pairs_in(body))


def query_of(request: HttpRequest) -> Mapping[str, str]:
    """The parameters in the query of a request. Raises InvalidRequestError."""
    return _once_each(_pairs_in(request.META.get("QUERY_STRING", "")))


def _pairs_in(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, errors="strict", max_num_fields=MOST)
    except ValueError:
        raise InvalidRequestError(description="The parameters are malformed.") from None


def _once_each(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """A parameter without a value counts as left out, one that is repeated is refused."""
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if has_control_character(name + value):
            raise InvalidRequestError(description="A parameter contains a control character.")
        if name == "resource" and name in parameters:
            raise InvalidTarget(description="Only one resource can be requested at a time.")
        if name in parameters:
            raise InvalidRequestError(description="A parameter is repeated.")
        parameters[name] = value
    return parameters


def has_control_character(text: str) -> bool:
    return _CONTROL_CHARACTER.search(text) is not None
