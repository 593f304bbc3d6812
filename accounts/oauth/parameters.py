"""Request parameters, parsed as strictly as RFC 6749 §3.1 and §3.2 demand."""

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

MOST_PARAMETERS: Final = 100
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
"""The supported parameters. Others are ignored (RFC 6749 §3.1), so that none can overwrite an attribute of oauthlib."""


def known(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if name in KNOWN}


def body_of(request: HttpRequest) -> Mapping[str, str]:
    """Like `form_of`, for endpoints that take no parameters in the URL (RFC 6749 §2.3.1)."""
    if request.META.get("QUERY_STRING"):
        raise InvalidRequestError(description="Send parameters in the body, not in the URL.")
    return form_of(request)


def form_of(request: HttpRequest) -> Mapping[str, str]:
    """The parameters of a posted form, parsed once per request. Raises InvalidRequestError."""
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
    return _unique(_parse(body))


def query_of(request: HttpRequest) -> Mapping[str, str]:
    """The parameters in the query of a request. Raises InvalidRequestError."""
    return _unique(_parse(request.META.get("QUERY_STRING", "")))


def _parse(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise InvalidRequestError(description="The parameters are malformed.") from None


def _unique(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The parameters by name. One without a value counts as omitted, a repeated one is an error."""
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
