"""Descriptions of errors for developers (RFC 6749 §4.1.2.1, §5.2)."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from oauthlib.oauth2 import OAuth2Error

from accounts.domain.access import GrantType
from accounts.domain.identity.entities.users import User
from accounts.oauth.errors import description_of
from tests.accounts.oauth.acting import an_app
from tests.support.application import Application
from tests.support.relying import RelyingParty, post_form

DESCRIPTION = re.compile(r"[ !#-\[\]-~]+")


def kinds_of(error: type[OAuth2Error]) -> list[type[OAuth2Error]]:
    return [error, *(kind for child in error.__subclasses__() for kind in kinds_of(child))]


def test_every_error_has_a_description() -> None:
    for kind in kinds_of(OAuth2Error):
        assert DESCRIPTION.fullmatch(description_of(kind.error, kind.description)), kind


def test_a_description_has_allowed_characters_only() -> None:
    assert description_of("invalid_request", 'a "quoted" \\ é') == "a ?quoted? ? ?"


@pytest.mark.database
@pytest.mark.parametrize("parameter", ["response_type", "code_challenge"])
def test_the_client_is_told_which_parameter_of_an_authorization_request_is_missing(
    app: RelyingParty, parameter: str
) -> None:
    answer = app.authorize(drop=(parameter,)).answer

    assert answer["error"] == "invalid_request"
    assert answer["error_description"] == f"The parameter {parameter} is missing."


@pytest.mark.database
@pytest.mark.parametrize("parameter", ["client_id", "redirect_uri"])
def test_the_error_page_says_which_parameter_is_missing(
    application: Application, anna: User, parameter: str
) -> None:
    uris = ("https://app.example/callback", "https://app.example/other")
    app = an_app(application, redirect_uris=uris)

    assert (
        f"The parameter {parameter} is missing." in app.authorize(drop=(parameter,)).response.text
    )


@pytest.mark.database
@pytest.mark.parametrize(
    ("form", "error", "parameter"),
    [
        ({"code": "x"}, "invalid_request", "grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request", "code"),
        ({"grant_type": "refresh_token"}, "invalid_request", "refresh_token"),
        ({"grant_type": GrantType.DEVICE_CODE.value}, "invalid_request", "device_code"),
    ],
)
def test_the_client_is_told_which_parameter_of_a_token_request_is_missing(
    application: Application, anna: User, form: dict[str, str], error: str, parameter: str
) -> None:
    answer = an_app(application, grant_types=frozenset(GrantType)).tokens(**form)

    assert answer.json["error"] == error
    assert answer.json["error_description"] == f"The parameter {parameter} is missing."


@pytest.mark.database
def test_the_client_is_told_that_the_verifier_is_missing(app: RelyingParty) -> None:
    attempt = app.allowed()

    answer = app.tokens(
        grant_type="authorization_code",
        code=attempt.code,
        redirect_uri=attempt.parameters["redirect_uri"],
    )

    assert answer.json["error"] == "invalid_grant"
    assert answer.json["error_description"] == "The parameter code_verifier is missing."


@pytest.mark.database
def test_a_denied_or_silent_request_has_a_description(app: RelyingParty) -> None:
    silent = app.authorize(prompt="none").answer

    address = f"/oauth/authorize?{urlencode(app.authorize().parameters)}"
    denied = app.browser.post(address, decision="deny").leads_to

    assert silent["error_description"]
    assert parse_qs(urlsplit(denied).query)["error_description"] == ["The user denied the request."]


@pytest.mark.database
def test_an_unknown_client_is_told_so(application: Application) -> None:
    answer = post_form("/oauth/token", "grant_type=refresh_token&refresh_token=x&client_id=y")

    assert answer.json["error_description"] == (
        "The client is unknown, or its credentials are wrong."
    )
