"""Authentication contexts that clients request (`acr_values`), and what tokens state of a sign-in."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import time_machine

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import accepted, an_app, parameters_in
from tests.support.application import PASSWORD, Application
from tests.support.browsing import recovery_codes, set_up_app
from tests.support.relying import Attempt, RelyingParty, a_relying_party, claims_in

pytestmark = pytest.mark.database

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
OFFER: Final = "Study Buddy asks for a second factor"


@pytest.fixture
def verified(application: Application, anna: User) -> User:
    """Anna, whose verified address allows a second factor."""
    application.services.emails.verify(anna.id, email=anna.email)
    return anna


def continued(app: RelyingParty, attempt: Attempt, path: str) -> Attempt:
    """The attempt after the browser has been led back to it."""
    return Attempt(attempt.verifier, attempt.parameters, app.browser.get(path))


def decided(app: RelyingParty, attempt: Attempt, decision: str) -> Attempt:
    path = f"/oauth/authorize?{urlencode(attempt.parameters)}"
    response = app.browser.post(path, decision=decision)
    return Attempt(attempt.verifier, attempt.parameters, response)


def claims_of(application: Application, app: RelyingParty, attempt: Attempt) -> dict[str, Any]:
    """The claims of the ID token, once Anna has consented, if asked."""
    allowed = decided(app, attempt, "allow") if attempt.response.status == 200 else attempt
    return claims_in(accepted(app.exchange(allowed))["id_token"], application)


@pytest.mark.parametrize("contexts", ["mfa", "urn:of:others mfa", "mfa pwd"])
@pytest.mark.parametrize("begin", [an_app, a_relying_party])
def test_a_user_without_a_second_factor_sets_one_up_on_the_way(
    application: Application,
    verified: User,
    contexts: str,
    begin: Callable[[Application], RelyingParty],
) -> None:
    app = begin(application)
    attempt = app.authorize(acr_values=contexts)
    if begin is a_relying_party:
        path = parameters_in(attempt.response.leads_to)["next"][0]
        attempt = continued(app, attempt, app.browser.sign_in(next=path).leads_to)
    assert attempt.response.heading == OFFER

    set_up_app(app.browser)
    page = app.browser.get("/account/recovery-codes").text
    (path,) = re.findall(r'href="(/oauth/authorize[^"]+)"', page)

    assert claims_of(application, app, continued(app, attempt, path))["acr"] == "mfa"


@pytest.mark.parametrize("contexts", ["mfa", "urn:of:others mfa"])
def test_going_on_without_is_an_error_if_the_client_accepts_nothing_else(
    application: Application, verified: User, contexts: str
) -> None:
    """OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2."""
    app = an_app(application)

    declined = decided(app, app.authorize(acr_values=contexts), "without")

    assert declined.answer["error"] == "unmet_authentication_requirements"


def test_going_on_without_is_a_weaker_sign_in_if_the_client_accepts_it(
    application: Application, verified: User
) -> None:
    app = an_app(application)

    declined = decided(app, app.authorize(acr_values="mfa pwd"), "without")

    assert claims_of(application, app, declined)["acr"] == "pwd"


def test_declining_answers_one_request(application: Application, verified: User) -> None:
    app = an_app(application)
    declined = decided(app, app.authorize(acr_values="mfa pwd"), "without")
    claims_of(application, app, declined)

    assert app.authorize(acr_values="mfa pwd").response.heading == OFFER


def test_a_password_alone_does_not_answer_for_two_factors(
    application: Application, verified: User
) -> None:
    """Both factors are confirmed when a client demands a new sign-in of a user who has two."""
    app = an_app(application)
    with time_machine.travel(NOON, tick=False) as clock:
        app.browser.sign_in()
        set_up_app(app.browser)
        codes = recovery_codes(app.browser)
        clock.shift(timedelta(minutes=20))

        attempt = app.authorize(prompt="login")
        back = app.browser.post(attempt.response.leads_to, password=PASSWORD).leads_to
        half_way = continued(app, attempt, back)
        clock.shift(20)
        back = app.browser.post(half_way.response.leads_to, code=codes[0]).leads_to
        claims = claims_of(application, app, continued(app, attempt, back))

    assert half_way.response.leads_to.startswith("/account/again/code?next=")
    assert (claims["acr"], claims["amr"]) == ("mfa", ["pwd", "otp", "mfa"])
    assert claims["auth_time"] == NOON.timestamp() + 1220


def test_tokens_state_the_sign_in_of_their_time(application: Application, verified: User) -> None:
    app = an_app(application)
    claims = claims_of(application, app, app.authorize())

    assert (claims["acr"], claims["amr"]) == ("pwd", ["pwd"])
