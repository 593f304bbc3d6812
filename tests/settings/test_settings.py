"""Django's settings that follow from the environment."""

from pathlib import Path

import pytest

from authsvc.config.databases import databases
from authsvc.config.environment import read_environment
from authsvc.config.secret_files import read_or_create_secret
from authsvc.config.variables import ROOT, Misconfigured

PASSWORD = "open-sesame"


def database_at(url: str) -> dict[str, object]:
    configured: dict[str, object] = databases(read_environment({"DATABASE_URL": url}))["default"]
    return configured


def test_without_an_address_there_is_no_database() -> None:
    assert databases(read_environment({})) == {}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///var/school.sqlite3", str(ROOT / "var/school.sqlite3")),
        ("sqlite:///my%20school.sqlite3", str(ROOT / "my school.sqlite3")),
        ("sqlite:////srv/school.sqlite3", "/srv/school.sqlite3"),
        ("sqlite://:memory:", ":memory:"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_a_relative_sqlite_path_starts_at_the_project(url: str, name: str) -> None:
    database = database_at(url)

    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == name


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_address_of_postgresql_says_all_that_is_needed_to_connect(scheme: str) -> None:
    database = database_at(
        f"{scheme}://anna:p%40ss%2Fw%3Ard@db.example:6432/school?sslmode=require"
    )

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert {name: database[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")} == {
        "USER": "anna",
        "PASSWORD": "p@ss/w:rd",
        "HOST": "db.example",
        "PORT": 6432,
        "NAME": "school",
    }
    assert dict(database["OPTIONS"])["sslmode"] == "require"  # type: ignore[call-overload]  # it is a dict


@pytest.mark.parametrize(
    "url",
    ["postgres:///school", "postgres://%2Frun%2Fpostgresql/school", "postgres://?service=school"],
)
def test_postgresql_may_be_found_without_a_host(url: str) -> None:
    assert database_at(url)["ENGINE"] == "django.db.backends.postgresql"


@pytest.mark.parametrize(
    "url",
    [
        "postgres://",
        "postgres:///",
        "postgres://db.example",
        f"postgres://anna:{PASSWORD}@db.example",
        f"postgres://anna:{PASSWORD}@db.example:port/school",
        f"postgres://anna:{PASSWORD}@[db.example/school",
        "sqlite://school.sqlite3",
        "sqlite://var/school.sqlite3",
    ],
)
def test_an_address_that_leads_nowhere_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(Misconfigured) as error:
        database_at(url)

    message = str(error.value)
    assert message.startswith("DATABASE_URL ")
    assert message.endswith(".")
    assert PASSWORD not in message


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"

    first = read_or_create_secret(path, lambda: "open sesame")
    second = read_or_create_secret(path, lambda: "another")

    assert first == second == path.read_text() == "open sesame"
    assert list(path.parent.iterdir()) == [path]


def test_of_two_processes_that_make_a_secret_both_get_the_one_that_was_first(
    tmp_path: Path,
) -> None:
    path = tmp_path / "secret"

    def make_while_another_is_faster() -> str:
        path.write_text("of the first")
        return "of the second"

    assert read_or_create_secret(path, make_while_another_is_faster) == "of the first"
    assert list(tmp_path.iterdir()) == [path]
