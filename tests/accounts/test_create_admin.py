"""The command that creates an administrator."""

import io

import pytest

from accounts.domain.access import Role
from accounts.domain.identity.errors import EmailTaken
from tests.support.commands import error_of, output_of
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database

ROOT = "root@school.example"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def application() -> World:
    return orm_world()


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Make *text* the standard input of the command."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_the_new_account_is_an_admin_and_can_log_in(
    application: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{PASSWORD}\n")

    output = output_of("create_admin", "Root@School.example", "--name", "Root")

    root = application.services.sign_in.log_in(email=ROOT, password=PASSWORD).user
    assert output == f"{ROOT} is now an administrator.\n"
    assert (root.name, root.is_staff) == ("Root", True)
    assert Role.ADMIN in root.roles


@pytest.mark.parametrize(
    ("address", "password", "reason"),
    [
        ("root", PASSWORD, "is not a valid e-mail address"),
        (ROOT, "short", "too short"),
        (ROOT, "", "too short"),
    ],
)
def test_invalid_input_creates_no_account(
    application: World, monkeypatch: pytest.MonkeyPatch, address: str, password: str, reason: str
) -> None:
    typed(monkeypatch, password)

    error, _ = error_of("create_admin", address)

    assert reason in error
    assert application.repositories.users.find_by_email(address) is None


def test_an_existing_account_stays_unchanged(
    application: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = application.has_user(email=ROOT)
    typed(monkeypatch, PASSWORD)

    error, _ = error_of("create_admin", ROOT)

    assert EmailTaken.title in error
    assert application.repositories.users.get(stored.id) == stored


def test_at_a_terminal_two_different_passwords_create_no_account(
    application: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([PASSWORD, f"{PASSWORD}!"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "accounts.management.commands.create_admin.getpass", lambda *prompt: next(answers)
    )

    error, _ = error_of("create_admin", ROOT)

    assert "passwords differ" in error
    assert application.repositories.users.find_by_email(ROOT) is None
