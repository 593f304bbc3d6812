"""Django's sign-in is limited as our own is, by the same counts."""

from dataclasses import replace

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.adapters.passwords import BoundedHasher
from accounts.models import User
from authsvc.config.environment import read_environment
from tests.support.application import PASSWORD, Application

pytestmark = pytest.mark.database

EMAIL = "root@school.example"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    told_nothing = read_environment({})
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT,
        log_ins_per_minute=told_nothing.log_ins_per_minute,
        failures_before_backoff=told_nothing.failures_before_backoff,
        argon2_at_once=1,
    )


def has_root(application: Application) -> None:
    application.services.accounts.register(email=EMAIL, name="Root", password=PASSWORD)


def signs_in(
    *, username: str = EMAIL, password: str = PASSWORD, address: str = HOME
) -> User | None:
    request: HttpRequest = RequestFactory().post("/", REMOTE_ADDR=address)
    user = authenticate(request, username=username, password=password)
    assert user is None or isinstance(user, User)
    return user


def refusal_of(**credentials: str) -> str:
    """What is told to somebody whose password is not looked at."""
    with pytest.raises(ValidationError) as refusal:
        signs_in(**credentials)
    (sentence,) = refusal.value.messages
    return str(sentence)


@pytest.mark.parametrize("username", [EMAIL, "nobody@school.example"])
def test_after_five_wrong_passwords_one_is_told_to_wait(
    application: Application, username: str
) -> None:
    has_root(application)
    for _ in range(5):
        assert signs_in(username=username, password="a wrong password") is None

    told = refusal_of(username=username)

    assert told == "There were too many attempts. Wait for 1 s, then try again."


def test_guesses_over_the_api_count_here(application: Application) -> None:
    has_root(application)
    for _ in range(5):
        application.stranger.post(
            "/v1/auth/login", {"email": EMAIL, "password": "a wrong password"}
        )

    assert refusal_of().startswith("There were too many attempts.")


def test_an_address_has_one_budget_here_and_there(application: Application) -> None:
    has_root(application)
    for number in range(15):
        signs_in(username=f"nobody-{number}@school.example", address="127.0.0.1")
        application.stranger.post("/v1/auth/login", {})

    assert refusal_of(address="127.0.0.1").startswith("There were too many attempts.")
    assert signs_in(address=HOME)


def test_the_owner_is_let_in_where_he_is_familiar(application: Application) -> None:
    has_root(application)
    signs_in(address=HOME)
    for _ in range(5):
        signs_in(password="a wrong password", address=ELSEWHERE)

    assert refusal_of(address=ELSEWHERE).startswith("There were too many attempts.")
    assert signs_in(address=HOME)


def test_one_is_told_to_come_back_when_too_many_passwords_are_at_work(
    application: Application,
) -> None:
    has_root(application)
    hasher = application.services.ports.password_hasher
    assert isinstance(hasher, BoundedHasher)

    with hasher._turn():  # noqa: SLF001  # the only turn that there is
        told = refusal_of()

    assert told.startswith("Too many passwords are being checked.")
    assert signs_in()


def test_whoever_asks_without_a_request_has_no_address(application: Application) -> None:
    has_root(application)

    for _ in range(31):
        assert authenticate(username=EMAIL, password=PASSWORD) is not None
