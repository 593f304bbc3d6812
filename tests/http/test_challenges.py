"""Authentication challenges (RFC 6750)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.domain.access import Role, Scope
from tests.support.application import Application, Caller, Person
from tests.support.challenges import BEARER


@pytest.mark.parametrize("header", ["", "Basic YW5uYTpwYXNzd29yZA==", "Token abc", "abc"], ids=repr)
def test_without_a_bearer_token_the_challenge_says_what_to_bring(
    application: Application, header: str
) -> None:
    answer = application.stranger.get("/v1/me", Authorization=header)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == BEARER


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer abc", "bearer a.b.c", "Bearer a b"]
)
def test_a_malformed_token_is_called_invalid(application: Application, header: str) -> None:
    answer = application.stranger.get("/v1/me", Authorization=header)

    assert answer.code == "invalid-token"
    assert answer.headers["WWW-Authenticate"] == f'{BEARER}, error="invalid_token"'


def test_an_expired_token_is_called_invalid(application: Application) -> None:
    anna = application.signed_in()

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=15)):
        answer = anna.caller.get("/v1/me")

    assert answer.code == "invalid-token"
    assert answer.headers["WWW-Authenticate"] == f'{BEARER}, error="invalid_token"'


def test_a_refused_log_in_has_a_challenge_too(application: Application) -> None:
    answer = application.stranger.post("/v1/auth/login", {"email": "a@b.c", "password": "d"})

    assert answer.headers["WWW-Authenticate"] == BEARER


def test_the_challenge_names_the_missing_scope(application: Application) -> None:
    anna = application.signed_in()
    narrow = with_scopes(application, anna, Scope.COURSES_READ)

    allowed = narrow.get("/v1/courses")
    answer = narrow.post("/v1/courses/knots/enroll")

    assert allowed.status == 200
    assert answer.status == 403
    assert answer.code == "insufficient-scope"
    assert answer.headers["WWW-Authenticate"] == (
        f'{BEARER}, error="insufficient_scope", scope="progress:write"'
    )


def test_a_scope_does_not_widen_what_a_person_may_do(application: Application) -> None:
    anna = application.signed_in()

    answer = with_scopes(application, anna, Scope.ACCOUNTS_READ).get("/v1/users")

    assert answer.code == "not-permitted"


def test_a_scope_for_reading_covers_head(application: Application) -> None:
    anna = application.signed_in()

    reader = with_scopes(application, anna, Scope.COURSES_READ).send("HEAD", "/v1/courses")
    writer = with_scopes(application, anna, Scope.COURSES_WRITE).send("HEAD", "/v1/courses")

    assert reader.status == 200
    assert writer.status == 403


def with_scopes(application: Application, person: Person, *scopes: Scope) -> Caller:
    """The user with another token of the same session, with fewer scopes."""
    access_tokens, now = application.services.ports.access_tokens, datetime.now(UTC)
    claims = access_tokens.verify(person.caller.token, at=now)
    narrow = replace(claims, scopes=frozenset(scopes))
    return Caller(access_tokens.issue(narrow, roles=(Role.LEARNER,), at=now))
