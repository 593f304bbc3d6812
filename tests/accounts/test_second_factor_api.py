"""Signing in over the API with a second factor, and what admins may do without one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from pytest_django import Settings

from accounts.domain.access import Authentication, Role, Scope, SessionId
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT, Session
from tests.support.application import PASSWORD, Answer, Application, Caller
from tests.support.browsing import EMAIL, Visitor, recovery_codes, set_up_app, somebody
from tests.support.totp import code_of

pytestmark = pytest.mark.database

LOG_IN = "/v1/auth/login"
VERIFY = "/v1/auth/login/verify"
STEP = 30


@dataclass(frozen=True)
class Owner:
    """A person with an authenticator app, and the recovery codes of the account."""

    key: str
    codes: list[str]
    browser: Visitor


@pytest.fixture(autouse=True)
def _attempts_are_limited(settings: Settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, failures_before_backoff=5)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def owner(application: Application, clock: time_machine.Traveller) -> Owner:
    _, browser = somebody(application)
    key = set_up_app(browser)
    clock.shift(STEP)
    return Owner(key, recovery_codes(browser), browser)


def log_in(application: Application, *, password: str = PASSWORD) -> Answer:
    return application.stranger.post(LOG_IN, {"email": EMAIL, "password": password})


def verify(application: Application, **body: Any) -> Answer:
    return application.stranger.post(VERIFY, body)


def challenge_of(application: Application) -> str:
    answer = log_in(application)
    assert answer.code == "second-factor-required"
    return str(answer.json["challenge"])


def test_a_password_alone_starts_no_session(application: Application, owner: Owner) -> None:
    answer = log_in(application)

    assert (answer.status, answer.code) == (401, "second-factor-required")
    assert answer.json["methods"] == ["recovery-code", "totp"]
    assert answer.json["expires_in"] == 300
    assert "access_token" not in answer.text


def test_a_wrong_password_does_not_reveal_the_second_factor(
    application: Application, owner: Owner
) -> None:
    answer = log_in(application, password="a wrong password")

    assert (answer.status, answer.code) == (401, "invalid-credentials")


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_answers_the_challenge(application: Application, owner: Owner, kind: str) -> None:
    challenge = challenge_of(application)
    code = code_of(owner.key) if kind == "app" else owner.codes[0]

    answer = verify(application, challenge=challenge, code=code)

    assert answer.status == 200
    session = Caller(answer.json["access_token"]).get("/v1/me/sessions").json["items"][0]
    assert (session["acr"], session["amr"]) == ("mfa", ["pwd", "otp", "mfa"])


def test_a_challenge_starts_one_session(application: Application, owner: Owner) -> None:
    challenge = challenge_of(application)
    verify(application, challenge=challenge, code=owner.codes[0])

    again = verify(application, challenge=challenge, code=owner.codes[1])

    assert (again.status, again.code) == (401, "invalid-challenge")


def test_a_code_works_once_at_either_door(application: Application, owner: Owner) -> None:
    first, second = challenge_of(application), challenge_of(application)
    code = code_of(owner.key)
    assert verify(application, challenge=first, code=code).status == 200

    again = verify(application, challenge=second, code=code)
    browser = Visitor()
    browser.sign_in()
    page = browser.post("/signin/code", code=code)

    assert again.code == "wrong-second-factor"
    assert page.field_errors == ["Code: The code is wrong or has already been used."]


def test_a_challenge_expires(
    application: Application, owner: Owner, clock: time_machine.Traveller
) -> None:
    challenge = challenge_of(application)
    clock.shift(300)

    answer = verify(application, challenge=challenge, code=owner.codes[0])

    assert answer.code == "invalid-challenge"


def test_a_changed_password_ends_the_challenge(application: Application, owner: Owner) -> None:
    challenge = challenge_of(application)
    owner.browser.post(
        "/account/password", current_password=PASSWORD, new_password="another walk home"
    )

    answer = verify(application, challenge=challenge, code=owner.codes[0])

    assert answer.code == "invalid-challenge"


def test_wrong_codes_are_limited_as_on_the_pages(application: Application, owner: Owner) -> None:
    challenge = challenge_of(application)

    answers = [verify(application, challenge=challenge, code="000000") for _ in range(7)]

    assert [answer.status for answer in answers] == [401] * 5 + [429] * 2
    assert verify(application, challenge=challenge, code=owner.codes[0]).status == 429


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"challenge": "x"},
        {"challenge": "x", "code": "1", "assertion": {}},
        {"challenge": "\0", "code": "1"},
        {"challenge": "x", "code": 1},
        {"challenge": "x", "assertion": []},
    ],
)
def test_malformed_answers_are_invalid(application: Application, body: dict[str, Any]) -> None:
    assert application.stranger.post(VERIFY, body).status == 422


@pytest.mark.parametrize(
    "assertion", [{}, {"id": "x", "rawId": "x", "type": "public-key", "response": {}}]
)
def test_an_assertion_without_a_passkey_is_wrong(
    application: Application, owner: Owner, assertion: dict[str, Any]
) -> None:
    challenge = challenge_of(application)

    answer = verify(application, challenge=challenge, assertion=assertion)

    assert (answer.status, answer.code) == (401, "wrong-second-factor")


@pytest.fixture
def _staff_need_a_second_factor(settings: Settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, staff_second_factor=True)


@pytest.mark.usefixtures("_staff_need_a_second_factor")
def test_staff_without_a_second_factor_are_led_to_its_page(application: Application) -> None:
    somebody(application, roles=[Role.ADMIN])

    answer = log_in(application)

    assert (answer.status, answer.code) == (401, "second-factor-missing")
    assert answer.json["url"].endswith("/account/second-factor")


@pytest.mark.usefixtures("_staff_need_a_second_factor")
def test_an_admin_has_no_right_until_the_second_factor(
    application: Application, clock: time_machine.Traveller
) -> None:
    _, browser = somebody(application, roles=[Role.ADMIN])
    token = signed_in_by_password(application)

    answer = Caller(token).get("/v1/users")

    assert (answer.status, answer.code) == (401, "insufficient-user-authentication")
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]
    assert 'acr_values="mfa"' in answer.headers["WWW-Authenticate"]
    assert Caller(token).get("/v1/me").status == 200
    key = set_up_app(browser)
    clock.shift(STEP)
    strong = verify(application, challenge=challenge_of(application), code=code_of(key))
    assert Caller(strong.json["access_token"]).get("/v1/users").status == 200


def signed_in_by_password(application: Application) -> str:
    """An access token of a sign-in without a second factor, such as one from before it was required."""
    user = application.user_with(EMAIL)
    now = application.services.ports.clock.now()
    session = Session(
        id=SessionId(uuid4()),
        user_id=user.id,
        client_id=FIRST_PARTY_CLIENT,
        scopes=frozenset(Scope),
        started_at=now,
        expires_at=now + timedelta(hours=1),
        authentication=Authentication(at=now, methods=("pwd",)),
    )
    application.services.repositories.sessions.add(session)
    pair = application.services.grants.pairs.access_only(session, user, at=now)
    return pair.access_token
