"""Management commands: what they have in common, and how they fail."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import execute_from_command_line, get_commands, load_command_class
from django.core.management.base import BaseCommand
from pytest_django import Settings

from accounts.adapters.key_file import KeyFile
from authsvc.composition.container import services
from authsvc.management.base import OperatorCommand
from tests.support.application import Application
from tests.support.commands import error_of, output_of
from tests.support.databases import connected_to, own_database

OUR_APPS: Final = ("authsvc", "accounts", "courses", "progress", "credentials")
COMMANDS: Final = {
    name: load_command_class(app, name) for name, app in get_commands().items() if app in OUR_APPS
}
PLACEHOLDERS: Final = {
    "cleartokens",
    "clearcimdapplications",
    "createapplication",
    "createsuperuser",
}
WITHOUT_A_DATABASE: Final = {"new_signing_keys", "rotate_signing_key", "try_client", *PLACEHOLDERS}
OPERATOR_COMMANDS: Final = sorted(COMMANDS.keys() - WITHOUT_A_DATABASE)
ARGUMENTS: Final = {
    "create_admin": ["root@school.example"],
    "import_course": ["-"],
    "import_pathway": ["-"],
    "publish_course": ["knots"],
    "export_course": ["knots"],
    "renew_client_secret": ["notes", "--reason", "Leaked"],
    "rotate_issuer_keys": ["--reason", "Leaked"],
}


def own_actions(name: str) -> list[Any]:
    """The arguments that Django does not give to every command."""
    parsers = (
        command.create_parser("manage.py", name) for command in (COMMANDS[name], BaseCommand())
    )
    own, all_have = (parser._actions for parser in parsers)  # noqa: SLF001  # argparse has no public way
    known = {(action.dest, action.help) for action in all_have}
    return [action for action in own if (action.dest, action.help) not in known]


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_examines_the_code_of_the_application(name: str) -> None:
    assert COMMANDS[name].requires_system_checks == ()


def test_the_commands_are_discovered() -> None:
    assert len(OPERATOR_COMMANDS) >= 7


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_text(name: str) -> None:
    assert COMMANDS[name].help.endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_has_a_help_text(name: str) -> None:
    assert [action.dest for action in own_actions(name) if not action.help] == []


def test_arguments_of_a_command_are_distinguished_from_those_of_django() -> None:
    assert [action.dest for action in own_actions("export_course")] == ["slug", "version", "output"]


@pytest.mark.parametrize("name", OPERATOR_COMMANDS)
def test_every_other_command_is_an_operator_command(name: str) -> None:
    assert isinstance(COMMANDS[name], OperatorCommand)


@pytest.mark.parametrize("name", OPERATOR_COMMANDS)
def test_without_a_database_commands_fail(settings: Settings, name: str) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, database_url="")

    error, output = error_of(name, *ARGUMENTS.get(name, []))

    assert "DATABASE_URL" in error
    assert output == ""


@pytest.mark.database
def test_unusable_keys_are_reported(
    application: Application, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "missing.json"
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, signing_keys_file=file)
    services.cache_clear()

    error, _ = error_of("verify")

    assert error == (
        f"authsvc cannot start: the signing keys at {file} cannot be read: "
        "No such file or directory."
    )


def test_a_failing_command_exits_with_1_and_one_line(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, database_url="")

    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", "verify"])

    output = capsys.readouterr()
    assert ended.value.code == 1
    assert output.out == ""
    assert output.err.startswith("CommandError: DATABASE_URL is not set.")
    assert output.err.count("\n") == 1


@pytest.mark.database
def test_a_database_without_tables_is_reported_in_one_line(tmp_path: Path) -> None:
    with own_database(tmp_path) as url, connected_to(url):
        error, _ = error_of("verify")

    assert error.startswith("The database at DATABASE_URL fails: ")
    assert "progress_courseprogress" in error
    assert error.endswith(" Does `manage.py migrate` succeed?")
    assert "\n" not in error


@pytest.mark.postgres
def test_an_unreachable_database_is_reported_without_its_password() -> None:
    with connected_to("postgres://anna:open-sesame@127.0.0.1:1/school"):
        error, _ = error_of("verify")

    assert error.startswith("The database at DATABASE_URL fails: ")
    assert "open-sesame" not in error


def test_new_keys_are_a_valid_key_set(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(output_of("new_signing_keys"))

    keys = KeyFile(file).current().keys

    assert [key["alg"] for key in keys] == ["ES256", "RS256"]
    assert all(key["kid"] == key.thumbprint() for key in keys)


def test_new_keys_are_new_each_time() -> None:
    first, second = (json.loads(output_of("new_signing_keys"))["keys"][0] for _ in range(2))

    assert first["kid"] != second["kid"]
    assert first["d"] != second["d"]


def test_new_keys_need_no_other_settings(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "missing.json"
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, signing_keys_file=file)
    services.cache_clear()

    assert json.loads(output_of("new_signing_keys"))["keys"]


def test_createsuperuser_refers_to_create_admin() -> None:
    error, _ = error_of("createsuperuser")

    assert error == "Use manage.py create_admin EMAIL."
