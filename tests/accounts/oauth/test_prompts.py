"""Parameters about the user's authentication (OpenID Connect Core §3.1.2.1, §3.1.2.6)."""

from datetime import timedelta

import pytest
import time_machine

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import (
    accepted,
    an_app,
    confirm_password,
    id_claims,
    parameters_in,
    tokens_of,
)
from tests.support.application import Application
from tests.support.relying import RelyingParty, a_relying_party, claims_in
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

ASKED_AGAIN = "/account/again?next="


def test_an_anonymous_user_signs_in_and_returns(application: Application, anna: User) -> None:
    app = a_relying_party(application)
    attempt = app.authorize()
    assert attempt.response.leads_to.startswith("/signin?next=")
    back_to = parameters_in(attempt.response.leads_to)["next"][0]

    assert app.browser.sign_in(next=back_to).leads_to == back_to
    assert app.browser.get(back_to).heading == "Allow Study Buddy to access your account?"


def test_prompt_none_without_a_sign_in_is_login_required(application: Application) -> None:
    """Module oidcc-prompt-none-not-logged-in."""
    assert a_relying_party(application).authorize(prompt="none").answer["error"] == "login_required"


def test_prompt_none_without_consent_is_consent_required(app: RelyingParty) -> None:
    assert app.authorize(prompt="none").answer["error"] == "consent_required"


def test_prompt_none_succeeds_after_sign_in_and_consent(
    application: Application, app: RelyingParty
) -> None:
    """Module oidcc-prompt-none-logged-in."""
    before = id_claims(app, application)

    attempt = app.authorize(prompt="none")

    after = claims_in(accepted(app.exchange(attempt))["id_token"], application)
    assert (after["sub"], after["auth_time"]) == (before["sub"], before["auth_time"])


def test_prompt_none_does_not_ask_for_a_second_factor(app: RelyingParty) -> None:
    assert app.authorize(prompt="none", acr_values="mfa").answer["error"] == "login_required"


def test_prompt_none_with_an_old_sign_in_is_login_required(app: RelyingParty) -> None:
    assert app.authorize(prompt="none", max_age="0").answer["error"] == "login_required"


@pytest.mark.parametrize("prompt", ["none login", "login none", "nonsense", "login nonsense"])
def test_invalid_prompts_are_an_error(app: RelyingParty, prompt: str) -> None:
    assert app.authorize(prompt=prompt).answer["error"] == "invalid_request"


@pytest.mark.parametrize("prompt", ["login", "select_account", "login consent"])
def test_prompt_login_asks_for_another_sign_in(
    application: Application, app: RelyingParty, prompt: str
) -> None:
    """Module oidcc-prompt-login."""
    before = id_claims(app, application)

    with time_machine.travel(before["auth_time"] + 5):
        attempt = app.authorize(prompt=prompt)
        assert attempt.response.leads_to.startswith(ASKED_AGAIN)
        confirm_password(app, attempt)
        after = id_claims_of(app, application)

    assert after["sub"] == before["sub"]
    assert after["auth_time"] > before["auth_time"]


def id_claims_of(app: RelyingParty, application: Application) -> dict[str, object]:
    """The ID token claims of a plain request, which state the last sign-in."""
    return claims_in(accepted(app.exchange(app.authorize(prompt="none")))["id_token"], application)


def test_a_sign_in_answers_the_request_that_asked_for_it(app: RelyingParty) -> None:
    tokens_of(app)

    attempt = confirm_password(app, app.authorize(prompt="login"))

    assert app.exchange(attempt).status == 200


def test_a_sign_in_answers_one_request(app: RelyingParty) -> None:
    tokens_of(app)
    confirm_password(app, app.authorize(prompt="login"))

    assert app.authorize(prompt="login").response.leads_to.startswith(ASKED_AGAIN)


def test_a_sign_in_for_one_request_does_not_answer_another(app: RelyingParty) -> None:
    tokens_of(app)
    attempt = app.authorize(prompt="login")
    app.browser.post(attempt.response.leads_to, password="correct horse battery staple")

    assert app.authorize(prompt="login").response.leads_to.startswith(ASKED_AGAIN)


def test_returning_without_a_sign_in_does_not_answer_the_request(app: RelyingParty) -> None:
    tokens_of(app)
    attempt = app.authorize(prompt="login")
    here = parameters_in(attempt.response.leads_to)["next"][0]

    assert app.browser.get(here).leads_to.startswith(ASKED_AGAIN)


def test_prompt_consent_asks_again(app: RelyingParty) -> None:
    tokens_of(app)

    assert (
        app.authorize(prompt="consent").response.heading
        == "Allow Study Buddy to access your account?"
    )
    assert app.allowed(prompt="consent").code


def test_a_sign_in_within_max_age_is_enough(application: Application, app: RelyingParty) -> None:
    """Module oidcc-max-age-10000."""
    before = id_claims(app, application, max_age="15000")

    assert id_claims(app, application, max_age="10000")["auth_time"] == before["auth_time"]


def test_a_sign_in_older_than_max_age_is_repeated(
    application: Application, app: RelyingParty
) -> None:
    """Module oidcc-max-age-1."""
    before = id_claims(app, application)

    with time_machine.travel(before["auth_time"] + 3, tick=False):
        attempt = app.authorize(max_age="1")
        assert attempt.response.leads_to.startswith(ASKED_AGAIN)
    with time_machine.travel(before["auth_time"] + 4, tick=False):
        granted = accepted(app.exchange(confirm_password(app, attempt)))

    assert claims_in(granted["id_token"], application)["auth_time"] == before["auth_time"] + 4


def test_max_age_zero_is_like_prompt_login(app: RelyingParty) -> None:
    tokens_of(app)

    assert app.authorize(max_age="0").response.leads_to.startswith(ASKED_AGAIN)


@pytest.mark.parametrize("max_age", ["-1", "1.5", "soon", "1e3", " 1", "٣", "1" * 5000])
def test_an_invalid_max_age_is_an_error(app: RelyingParty, max_age: str) -> None:
    assert app.authorize(max_age=max_age).answer["error"] == "invalid_request"


@pytest.mark.parametrize("contexts", ["pwd mfa", "pwd", "urn:of:others"])
def test_other_preferred_acr_values_ask_for_no_second_factor(
    application: Application, app: RelyingParty, contexts: str
) -> None:
    """Module oidcc-ensure-request-with-acr-values-succeeds."""
    assert id_claims(app, application, acr_values=contexts)["acr"] == "pwd"


def test_a_login_hint_is_filled_in(application: Application) -> None:
    """Module oidcc-login-hint."""
    app = a_relying_party(application)

    leads_to = app.authorize(login_hint="anna@school.example").response.leads_to

    assert parameters_in(leads_to)["login_hint"] == ["anna@school.example"]
    assert 'value="anna@school.example"' in app.browser.get(leads_to).text


def test_a_login_hint_is_ignored_after_sign_in(app: RelyingParty) -> None:
    assert tokens_of(app, login_hint="buffy@example.com")


def test_an_id_token_hint_that_names_the_current_user_is_accepted(app: RelyingParty) -> None:
    """Module oidcc-id-token-hint."""
    hint = tokens_of(app)["id_token"]

    assert app.authorize(prompt="none", id_token_hint=hint).code


def test_an_expired_id_token_hint_is_accepted(app: RelyingParty) -> None:
    hint = tokens_of(app)["id_token"]

    with time_machine.travel(timedelta(hours=1)):
        assert app.authorize(prompt="none", id_token_hint=hint).code


@pytest.mark.parametrize("prompt", ["none", "consent"])
def test_an_id_token_hint_that_names_another_user_is_login_required(
    application: Application, app: RelyingParty, prompt: str
) -> None:
    """OpenID Connect Core §3.1.2.1, §3.1.2.2: no response for a user other than the one in the hint."""
    hint = tokens_of(app)["id_token"]
    bo = a_user_of(application, name="Bo")
    other = RelyingParty(app.client_id, app.secret)
    other.browser.sign_in(bo.email)

    attempt = other.authorize(prompt=prompt, id_token_hint=hint)

    assert attempt.answer["error"] == "login_required"


def test_an_invalid_id_token_hint_is_an_error(app: RelyingParty) -> None:
    assert app.authorize(id_token_hint="a.b.c").answer["error"] == "invalid_request"


def test_a_trusted_client_needs_no_consent(application: Application, anna: User) -> None:
    app = an_app(application, is_trusted=True)

    assert app.authorize(prompt="none").code
