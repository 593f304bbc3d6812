"""Security log of the account pages and of key rotation."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import Signal
from pytest_django import Settings

from accounts.adapters.keys import new_key_ring
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.models import User
from authsvc.config.secret_files import replace_secret
from tests.support.application import Application, a_client
from tests.support.browsing import EMAIL, Visitor
from tests.support.commands import output_of
from tests.support.log_lines import LogRecords
from tests.support.staff import a_user_of
from tests.support.totp import code_of
from tests.support.trail import lines_in

Noting = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def noting(request: pytest.FixtureRequest) -> Noting:
    """A block that logs committed events at its end; mails, which need their request, are not sent."""
    capture = request.getfixturevalue("django_capture_on_commit_callbacks")

    @contextmanager
    def block() -> Iterator[None]:
        with capture() as callbacks:
            yield
        for callback in callbacks:
            if callback.__module__ == SecurityLog.__module__:
                callback()

    return block


def notes(caplog: LogRecords, *facts: str) -> list[tuple[str, ...]]:
    """The logged events with these facts, as far as they have them."""
    return [
        (line["event"], *(line[fact] for fact in facts if fact in line))
        for line in lines_in(caplog)
    ]


@pytest.mark.database
def test_signing_in_and_out_at_a_page_is_logged(
    application: Application, noting: Noting, caplog: LogRecords
) -> None:
    anna, visitor = a_user_of(application, email=EMAIL), Visitor()

    with noting():
        visitor.sign_in()
        visitor.post("/signout")

    assert notes(caplog, "user_id") == [
        ("signed-in", str(anna.id)),
        ("logged-out", str(anna.id)),
    ]


@pytest.mark.database
def test_a_failed_sign_in_at_a_page_is_logged(
    application: Application, noting: Noting, caplog: LogRecords
) -> None:
    anna = a_user_of(application, email=EMAIL)

    with noting():
        Visitor().sign_in(password="a wrong password")

    assert notes(caplog, "user_id", "reason") == [
        ("sign-in-failed", str(anna.id), "wrong-password")
    ]


@pytest.mark.database
def test_signing_out_twice_is_logged_once(
    application: Application, noting: Noting, caplog: LogRecords
) -> None:
    a_user_of(application, email=EMAIL)
    visitor = Visitor()

    with noting():
        visitor.sign_in()
        visitor.post("/signout")
        visitor.post("/signout")

    assert notes(caplog) == [("signed-in",), ("logged-out",)]


@pytest.mark.memory
def test_a_log_line_names_its_request(application: Application, caplog: LogRecords) -> None:
    given = {"email": EMAIL, "password": "a wrong password"}

    answer = a_client().post("/v1/auth/login", given, content_type="application/json")

    (line,) = lines_in(caplog)
    assert line["event"] == "sign-in-failed"
    assert line["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.memory
@pytest.mark.parametrize(
    ("signal", "event"),
    [
        (authenticator_added, "second-factor-added"),
        (authenticator_reset, "second-factor-renewed"),
        (authenticator_removed, "second-factor-removed"),
    ],
)
@pytest.mark.parametrize("kind", Authenticator.Type.values)
def test_changes_to_second_factors_are_logged(
    application: Application,
    signal: Signal,
    event: str,
    kind: str,
    caplog: LogRecords,
) -> None:
    anna = User(pk=a_user_of(application, "Anna").id)
    factor = Authenticator(user=anna, type=kind, data={"secret": "open-sesame"})
    caplog.records.clear()

    signal.send(sender=Authenticator, request=None, user=anna, authenticator=factor)

    assert notes(caplog, "user_id", "kind") == [(event, str(anna.pk), kind)]
    assert "open-sesame" not in caplog.text


@pytest.mark.database
def test_removing_a_second_factor_at_a_page_is_logged(
    application: Application, noting: Noting, caplog: LogRecords
) -> None:
    anna, visitor = a_user_of(application, email=EMAIL), Visitor()
    application.services.emails.verify(anna.id, email=EMAIL)
    visitor.sign_in()
    match = re.search(r"<code>(\w+)</code>", visitor.get("/account/app").text)
    assert match
    visitor.post("/account/app", code=code_of(match[1]))

    with noting():
        visitor.post("/account/app/remove")

    assert notes(caplog, "user_id", "kind") == [
        ("second-factor-removed", str(anna.id), "totp"),
        ("second-factor-removed", str(anna.id), "recovery_codes"),
    ]


@pytest.mark.parametrize(
    ("options", "reason"), [([], "planned"), (["--compromised"], "compromised")]
)
def test_key_rotation_is_logged(
    options: list[str],
    reason: str,
    tmp_path: Path,
    settings: Settings,
    caplog: LogRecords,
) -> None:
    replace_secret(tmp_path / "keys.json", new_key_ring().private_json())
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, signing_keys_file=tmp_path / "keys.json")

    output_of("rotate_signing_key", *options)

    assert notes(caplog, "by", "reason") == [("signing-keys-rotated", "command-line", reason)]
