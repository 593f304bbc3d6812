"""Sign-up and sign-in over the API where users must verify their e-mail address."""

import pytest
from pytest_django import Settings

from tests.support.application import PASSWORD, Application
from tests.support.browsing import EMAIL, Visitor, link_in, mails
from tests.support.builders import NOON
from tests.support.staff import a_user_of

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("verified_email")]

TAKEN = "bo@school.example"


def body(email: str = EMAIL, password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password, "name": "Anna"}


def test_a_new_address_gets_a_link_and_no_tokens(application: Application) -> None:
    answer = application.stranger.post("/v1/auth/register", body("Anna@School.example"))

    assert (answer.status, answer.json) == (202, {"email": EMAIL})
    (message,) = mails()
    assert message.to == [EMAIL]
    assert link_in(message).startswith("/email/")
    assert application.services.emails.find_verified(EMAIL) is None


def test_a_taken_address_gets_the_same_answer_and_another_mail(application: Application) -> None:
    bo = a_user_of(application, "Bo", email=TAKEN)

    new = application.stranger.post("/v1/auth/register", body())
    taken = application.stranger.post("/v1/auth/register", body(TAKEN, "an even longer walk"))

    assert (taken.status, taken.json) == (new.status, new.json | {"email": TAKEN})
    assert set(new.headers) == set(taken.headers)
    assert [(message.to, message.subject) for message in mails()] == [
        ([EMAIL], "Verify your e-mail address"),
        ([TAKEN], "You already have an account"),
    ]
    assert application.services.sign_in.authenticate(email=TAKEN, password=PASSWORD) == bo


def test_an_invalid_sign_up_gets_the_same_answer_for_both(application: Application) -> None:
    a_user_of(application, "Bo", email=TAKEN)

    answers = [
        application.stranger.post("/v1/auth/register", body(email, "password"))
        for email in (EMAIL, TAKEN)
    ]

    assert {(answer.status, answer.code) for answer in answers} == {(422, "unsuitable-password")}
    assert mails() == []


def test_an_unverified_account_signs_in_after_following_the_link(application: Application) -> None:
    stranger = application.stranger
    stranger.post("/v1/auth/register", body())

    before = stranger.post("/v1/auth/login", body())
    wrong = stranger.post("/v1/auth/login", body(password="a wrong password"))
    Visitor().post(link_in(mails()[-1]))
    after = stranger.post("/v1/auth/login", body())

    assert (before.status, before.code) == (401, "unverified-email")
    assert "/signin" in before.json["detail"]
    assert (wrong.status, wrong.code) == (401, "invalid-credentials")
    assert after.status == 200


def test_an_address_that_was_verified_before_it_changed_does_not_count(
    application: Application,
) -> None:
    anna = a_user_of(application, email=EMAIL)
    application.services.emails.verify(anna.id, email=EMAIL)
    application.services.repositories.users.change_email(
        anna.id, email="other@school.example", at=NOON
    )

    answer = application.stranger.post("/v1/auth/login", body("other@school.example"))

    assert answer.code == "unverified-email"


def test_mails_to_one_address_are_limited(application: Application) -> None:
    for _ in range(7):
        assert application.stranger.post("/v1/auth/register", body()).status == 202

    assert len(mails()) == 5


def test_a_failing_mail_server_does_not_reveal_anything(
    application: Application, settings: Settings
) -> None:
    a_user_of(application, "Bo", email=TAKEN)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answers = [
        application.stranger.post("/v1/auth/register", body(email)) for email in (EMAIL, TAKEN)
    ]

    assert [answer.status for answer in answers] == [202, 202]
