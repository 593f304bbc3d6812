"""The command that makes somebody who may do everything."""

import io

import pytest

from accounts.domain.access import Role
from tests.support.commands import refusal_of, said_by
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database

ROOT = "root@school.example"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def application() -> World:
    return orm_world()


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let *text* be what the command reads."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_whoever_is_made_is_an_admin_and_can_log_in(
    application: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{PASSWORD}\n")

    said = said_by("create_admin", "Root@School.example", "--name", "Root")

    made = application.services.sessions.log_in(email=ROOT, password=PASSWORD).user
    assert said == f"{ROOT} is now an administrator.\n"
    assert (made.name, made.is_staff) == ("Root", True)
    assert Role.ADMIN in made.roles


@pytest.mark.parametrize(
    ("address", "password", "reason"),
    [
        ("root", PASSWORD, "is not a valid e-mail address"),
        (ROOT, "short", "too short"),
        (ROOT, "", "too short"),
    ],
)
def test_what_will_not_do_makes_nobody(
    application: World, monkeypatch: pytest.MonkeyPatch, address: str, password: str, reason: str
) -> None:
    typed(monkeypatch, password)

    refusal, _ = refusal_of("create_admin", address)

    assert reason in refusal
    assert application.repositories.users.find_by_email(address) is None


def test_an_address_that_is_taken_keeps_its_owner(
    application: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = application.has_user(email=ROOT)
    typed(monkeypatch, PASSWORD)

    refusal, _ = refusal_of("create_admin", ROOT)

    assert "in use" in refusal
    assert application.repositories.users.get(kept.id) == kept


def test_at_a_terminal_two_different_passwords_make_nobody(
    application: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([PASSWORD, f"{PASSWORD}!"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "accounts.management.commands.create_admin.getpass", lambda *prompt: next(answers)
    )

    refusal, _ = refusal_of("create_admin", ROOT)

    assert "two passwords" in refusal
    assert application.repositories.users.find_by_email(ROOT) is None
