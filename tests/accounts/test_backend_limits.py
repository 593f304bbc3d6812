"""Limits of Django's sign-in, shared with those of the API."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.models import User
from tests.support.application import PASSWORD, Application
from tests.support.limits import bounded_part_of, default_limits

pytestmark = pytest.mark.database

EMAIL = "root@school.example"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> Iterator[None]:
    with default_limits(settings):
        yield


def has_root(application: Application) -> None:
    application.services.accounts.register(email=EMAIL, name="Root", password=PASSWORD)


def signs_in(
    *, username: str = EMAIL, password: str = PASSWORD, client_ip: str = HOME
) -> User | None:
    request: HttpRequest = RequestFactory().post("/", REMOTE_ADDR=client_ip)
    user = authenticate(request, username=username, password=password)
    assert user is None or isinstance(user, User)
    return user


def error_of(**credentials: str) -> str:
    """The message when the password is not checked."""
    with pytest.raises(ValidationError) as error:
        signs_in(**credentials)
    (sentence,) = error.value.messages
    return str(sentence)


@pytest.mark.parametrize("username", [EMAIL, "nobody@school.example"])
def test_after_five_wrong_passwords_the_next_attempt_has_to_wait(
    application: Application, username: str
) -> None:
    has_root(application)
    for _ in range(5):
        assert signs_in(username=username, password="a wrong password") is None

    message = error_of(username=username)

    assert message == "There were too many attempts. Wait for 1 s, then try again."


def test_login_attempts_over_the_api_count_too(application: Application) -> None:
    has_root(application)
    for _ in range(5):
        application.stranger.post(
            "/v1/auth/login", {"email": EMAIL, "password": "a wrong password"}
        )

    assert error_of().startswith("There were too many attempts.")


def test_a_client_ip_has_one_limit_for_pages_and_api(application: Application) -> None:
    has_root(application)
    for number in range(15):
        signs_in(username=f"nobody-{number}@school.example", client_ip="127.0.0.1")
        application.stranger.post("/v1/auth/login", {})

    assert error_of(client_ip="127.0.0.1").startswith("There were too many attempts.")
    assert signs_in(client_ip=HOME)


def test_the_owner_can_sign_in_from_a_known_address(application: Application) -> None:
    has_root(application)
    signs_in(client_ip=HOME)
    for _ in range(5):
        signs_in(password="a wrong password", client_ip=ELSEWHERE)

    assert error_of(client_ip=ELSEWHERE).startswith("There were too many attempts.")
    assert signs_in(client_ip=HOME)


def test_an_attempt_is_refused_while_too_many_passwords_are_checked(
    application: Application,
) -> None:
    has_root(application)
    hasher = application.services.ports.password_hasher
    hasher = bounded_part_of(hasher)

    with hasher._turn():  # noqa: SLF001  # takes the only turn
        message = error_of()

    assert message.startswith("Too many passwords are being checked.")
    assert signs_in()


def test_without_a_request_no_client_ip_is_limited(application: Application) -> None:
    has_root(application)

    for _ in range(31):
        assert authenticate(username=EMAIL, password=PASSWORD) is not None


def test_one_pupil_with_wrong_passwords_does_not_lock_a_class_out(
    application: Application,
) -> None:
    others = [application.signed_in(name=f"Pupil-{number}") for number in range(4)]
    has_root(application)

    for _ in range(40):
        with suppress(ValidationError):
            assert signs_in(password="a wrong password") is None

    assert all(signs_in(username=other.email) for other in others * 10)
