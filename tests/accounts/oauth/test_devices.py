"""Device authorization over HTTP (RFC 8628 §3, §5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts.domain.access import GrantType
from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app, error_of, me, parameters_in
from tests.support.application import Answer, Application
from tests.support.browsing import Response, Visitor
from tests.support.relying import RelyingParty, a_relying_party, claims_in

pytestmark = pytest.mark.database

GRANTS = frozenset({GrantType.DEVICE_CODE, GrantType.REFRESH_TOKEN})
PENDING = (400, "authorization_pending")
SLOW_DOWN = (400, "slow_down")
INVALID = (400, "invalid_grant")


@pytest.fixture
def screen(application: Application, anna: User) -> RelyingParty:
    """A public client on a device, with Anna signed in at a browser beside it."""
    return an_app(
        application, name="Big Screen", is_public=True, grant_types=GRANTS, redirect_uris=()
    )


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        yield clock


def start(screen: RelyingParty, scope: str = "openid accounts:read") -> dict[str, Any]:
    return accepted(screen.post("/oauth/device", scope=scope))


def poll(screen: RelyingParty, started: dict[str, Any]) -> Answer:
    return screen.tokens(grant_type=GrantType.DEVICE_CODE, device_code=started["device_code"])


def type_in(browser: Visitor, user_code: str, **more: str) -> Response:
    return browser.post("/device", user_code=user_code, **more)


def decide(screen: RelyingParty, started: dict[str, Any], decision: str = "allow") -> Response:
    return type_in(screen.browser, started["user_code"], decision=decision)


def test_the_response_tells_the_device_what_to_show(screen: RelyingParty) -> None:
    """RFC 8628 §3.2, §6.1."""
    started = start(screen)

    assert set(started) == {
        *("device_code", "user_code", "verification_uri", "verification_uri_complete"),
        *("expires_in", "interval"),
    }
    assert (started["expires_in"], started["interval"]) == (600, 5)
    assert len(started["user_code"].replace("-", "")) == 8
    assert started["verification_uri"].endswith("/device")
    complete = parameters_in(started["verification_uri_complete"])
    assert complete == {"user_code": [started["user_code"]]}


def test_an_allowed_device_gets_tokens(
    application: Application, screen: RelyingParty, anna: User
) -> None:
    started = start(screen)
    assert error_of(poll(screen, started)) == PENDING

    assert decide(screen, started).status == 200

    granted = accepted(poll(screen, started))
    assert me(granted["access_token"]).json["id"] == str(anna.id)
    assert claims_in(granted["id_token"], application)["sub"] == str(anna.id)
    assert screen.refresh(granted["refresh_token"]).status == 200


def test_a_device_code_works_once(screen: RelyingParty) -> None:
    started = start(screen)
    decide(screen, started)
    accepted(poll(screen, started))

    assert error_of(poll(screen, started)) == INVALID


def test_a_denied_device_gets_access_denied(screen: RelyingParty) -> None:
    """RFC 8628 §3.5."""
    started = start(screen)

    decide(screen, started, "deny")

    assert error_of(poll(screen, started)) == (400, "access_denied")


def test_polling_too_often_makes_the_interval_longer(
    screen: RelyingParty, clock: time_machine.Traveller
) -> None:
    """RFC 8628 §3.5: the interval grows by 5 seconds, for this request and all that follow."""
    started = start(screen)
    answers = []
    for seconds in (0, 4, 5, 14, 15):
        clock.shift(seconds)
        answers.append(error_of(poll(screen, started)))

    # The intervals that apply are 10, 15 and 20 seconds.
    assert answers == [PENDING, SLOW_DOWN, SLOW_DOWN, SLOW_DOWN, SLOW_DOWN]
    clock.shift(25)
    assert error_of(poll(screen, started)) == PENDING


def test_polling_at_the_interval_is_never_slowed_down(
    screen: RelyingParty, clock: time_machine.Traveller
) -> None:
    started = start(screen)

    for _ in range(5):
        assert error_of(poll(screen, started)) == PENDING
        clock.shift(5)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_device_code_expires_after_ten_minutes(
    screen: RelyingParty, clock: time_machine.Traveller, *, is_allowed: bool
) -> None:
    screen.browser.sign_in()
    started = start(screen)
    if is_allowed:
        decide(screen, started)

    clock.shift(timedelta(minutes=10))

    assert error_of(poll(screen, started)) == (400, "expired_token")
    assert decide(screen, started).heading == "Connect a device"


def test_another_client_cannot_use_a_device_code_or_use_it_up(
    application: Application, screen: RelyingParty
) -> None:
    started = start(screen)
    decide(screen, started)
    other = a_relying_party(application, is_public=True, grant_types=GRANTS, redirect_uris=())

    assert error_of(poll(other, started)) == INVALID
    assert poll(screen, started).status == 200


@pytest.mark.parametrize("device_code", ["unknown", "å", "x" * 5000])
def test_an_unknown_device_code_is_invalid(screen: RelyingParty, device_code: str) -> None:
    assert error_of(poll(screen, {"device_code": device_code})) == INVALID


def test_a_device_code_is_required(screen: RelyingParty) -> None:
    assert error_of(screen.tokens(grant_type=GrantType.DEVICE_CODE)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', ' ')} "],
    ids=["small", "no-hyphen", "spaces"],
)
def test_a_user_code_can_be_entered_in_any_spelling(
    screen: RelyingParty, typed: Callable[[str], str]
) -> None:
    """RFC 8628 §6.1."""
    started = start(screen)

    response = type_in(screen.browser, typed(started["user_code"]))

    assert response.heading == "Connect Big Screen?"


def test_a_link_fills_in_the_code_and_does_not_submit_it(screen: RelyingParty) -> None:
    """RFC 8628 §5.4."""
    started = start(screen)
    link = started["verification_uri_complete"].partition("/device")[2]

    response = screen.browser.get(f"/device{link}")

    assert response.heading == "Connect a device"
    assert "If someone else gave you the code or a link, close this page" in response.text
    assert error_of(poll(screen, started)) == PENDING


def test_the_page_shows_what_the_device_requests(screen: RelyingParty, anna: User) -> None:
    started = start(screen)

    response = type_in(screen.browser, started["user_code"])

    assert anna.email in response.text
    assert started["user_code"] in response.text
    assert "see your account" in response.text
    assert error_of(poll(screen, started)) == PENDING


def test_a_user_code_can_be_decided_on_once(screen: RelyingParty) -> None:
    started = start(screen)
    decide(screen, started, "deny")

    response = decide(screen, started)

    assert response.heading == "Connect a device"
    assert error_of(poll(screen, started)) == (400, "access_denied")


def test_an_anonymous_user_signs_in_first(application: Application, screen: RelyingParty) -> None:
    started = start(screen)
    nobody = Visitor()

    assert nobody.get("/device").leads_to.startswith("/signin?next=/device")
    assert type_in(nobody, started["user_code"], decision="allow").status == 302
    assert error_of(poll(screen, started)) == PENDING


@pytest.fixture
def two_attempts(clock: Any, settings: Settings) -> None:
    """Two failed attempts before back-off starts, at a moment that lasts: waits are stated in whole seconds."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, failures_before_backoff=2)


@pytest.mark.usefixtures("two_attempts")
def test_attempts_at_user_codes_are_limited(screen: RelyingParty) -> None:
    """RFC 8628 §5.1."""
    started = start(screen)
    for _ in range(2):
        (field_error,) = type_in(screen.browser, "BBBB-BBBB").field_errors
        assert field_error.startswith("Code: The code is wrong")

    for _ in range(2):
        (field_error,) = decide(screen, started).field_errors
        assert field_error == "Code: Wait for 60 s, then try again."
    assert error_of(poll(screen, started)) == PENDING


@pytest.mark.parametrize("scope", ["nonsense", "openid nonsense"])
def test_a_device_cannot_request_scopes_that_its_client_lacks(
    screen: RelyingParty, scope: str
) -> None:
    assert error_of(screen.post("/oauth/device", scope=scope)) == (400, "invalid_scope")


def test_the_device_endpoint_needs_the_grant_type(app: RelyingParty) -> None:
    assert error_of(app.post("/oauth/device", scope="openid")) == (400, "unauthorized_client")


def test_the_device_endpoint_needs_a_client_id(screen: RelyingParty) -> None:
    nameless = replace(screen, client_id="")

    assert error_of(nameless.post("/oauth/device")) == (401, "invalid_client")


def test_a_browser_is_redirected_to_the_page_for_users() -> None:
    assert Visitor().get("/oauth/device").leads_to == "/device"
