"""Answers that take the same time for known and unknown addresses."""

from dataclasses import replace
from time import monotonic

import pytest
from pytest_django import Settings

from authsvc.config.environment import LEAST_ANSWER, AppEnv
from authsvc.http.pacing import at_least
from tests.support.application import PASSWORD, Application
from tests.support.browsing import EMAIL, Visitor
from tests.support.staff import a_user_of

UNKNOWN = "nobody@school.example"


def test_an_answer_takes_its_time_whatever_happens() -> None:
    started_at = monotonic()

    with pytest.raises(LookupError), at_least(LEAST_ANSWER):
        raise LookupError

    assert monotonic() - started_at >= LEAST_ANSWER.total_seconds()


@pytest.mark.database
@pytest.mark.usefixtures("verified_email")
@pytest.mark.parametrize("email", [EMAIL, UNKNOWN])
@pytest.mark.parametrize("door", ["api", "sign-up", "reset"])
def test_sign_ups_and_resets_are_paced_in_production(
    application: Application, settings: Settings, door: str, email: str
) -> None:
    a_user_of(application, email=EMAIL)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, app_env=AppEnv.PROD)
    body = {"email": email, "password": PASSWORD}
    started_at = monotonic()

    if door == "api":
        assert application.stranger.post("/v1/auth/register", body).status == 202
    elif door == "sign-up":
        assert Visitor().post("/signup", email=email, name="", password1=PASSWORD).status == 302
    else:
        assert Visitor().post("/password/reset", email=email).status == 302

    assert monotonic() - started_at >= LEAST_ANSWER.total_seconds()
