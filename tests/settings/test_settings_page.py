"""The settings that are in force, as the admin site lists them."""

from dataclasses import fields

import pytest

from authsvc.admin_site.settings_page import described
from authsvc.config.environment import Environment
from authsvc.config.tutor import TutorConfig
from authsvc.config.variables import SECRETS, VARIABLES


def setting(name: str, process: dict[str, str], file: dict[str, str] | None = None) -> list[str]:
    """The value and the origin of a setting."""
    matching = [row for row in described(process, file or {}) if row.name == name]
    return [matching[0].value, matching[0].origin]


def test_every_variable_is_listed_with_what_it_does() -> None:
    settings = list(described({}, {}))

    assert [(row.name, row.about) for row in settings] == [
        (name, about) for name, _, about in VARIABLES
    ]
    assert {row.origin for row in settings} == {"Default"}


def test_a_variable_of_the_process_takes_precedence() -> None:
    assert setting("LOG_LEVEL", {"LOG_LEVEL": "DEBUG"}, {"LOG_LEVEL": "ERROR"}) == [
        "DEBUG",
        "Environment",
    ]
    assert setting("LOG_LEVEL", {}, {"LOG_LEVEL": "ERROR"}) == ["ERROR", "File .env"]
    assert setting("LOG_LEVEL", {"LOG_LEVEL": ""}, {"LOG_LEVEL": "ERROR"}) == ["INFO", "Default"]
    assert setting("CIMD_HOSTS", {}) == ["not set", "Default"]


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_is_never_shown(name: str) -> None:
    assert setting(name, {name: "https://anna:hush@host.example/"})[0] == "set"


@pytest.mark.parametrize("name", [name for name, _, _ in VARIABLES])
def test_no_setting_shows_the_password_of_a_url(name: str) -> None:
    assert setting(name, {name: "https://anna:hush@host.example/"})[0] == "set"


def test_what_the_configuration_hides_is_a_secret() -> None:
    hidden = {
        field.name.upper()
        for field in (*fields(Environment), *fields(TutorConfig))
        if not field.repr
    }

    assert hidden - SECRETS == {"METRICS_TOKEN", "API_KEY"}
    assert {"METRICS", "TUTOR_API_KEY"} <= SECRETS
