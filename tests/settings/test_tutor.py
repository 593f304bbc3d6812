"""Configuration of the tutor: what it needs, and what is kept secret."""

import pytest

from authsvc.config.environment import read_environment
from authsvc.config.tutor import TutorKind
from tests.settings.test_environment import PASSWORD, PRODUCTION, error_of, is_a_sentence

ANTHROPIC = {"TUTOR": "anthropic", "TUTOR_MODEL": "knots-1", "TUTOR_API_KEY": PASSWORD}
OPENAI = ANTHROPIC | {"TUTOR": "openai"}


def test_the_offline_tutor_answers_until_another_is_configured() -> None:
    assert read_environment({}).tutor.kind is TutorKind.OFFLINE


def test_in_production_there_is_no_tutor_until_one_is_configured() -> None:
    assert read_environment(PRODUCTION).tutor.kind is TutorKind.OFF
    assert read_environment(PRODUCTION | ANTHROPIC).tutor.kind is TutorKind.ANTHROPIC


@pytest.mark.parametrize("variables", [ANTHROPIC, OPENAI])
@pytest.mark.parametrize("app_env", [{}, PRODUCTION])
@pytest.mark.parametrize("name", ["TUTOR_MODEL", "TUTOR_API_KEY"])
def test_a_provider_needs_a_model_and_a_key(
    variables: dict[str, str], app_env: dict[str, str], name: str
) -> None:
    error = error_of(**app_env | variables | {name: ""})

    assert f"TUTOR={variables['TUTOR']} needs {name}" in error
    assert is_a_sentence(error)


def test_a_server_of_ones_own_needs_no_key() -> None:
    own = OPENAI | {"TUTOR_API_KEY": "", "TUTOR_BASE_URL": "http://10.0.0.5:8000/v1"}

    assert read_environment(PRODUCTION | own).tutor.base_url == "http://10.0.0.5:8000/v1"


@pytest.mark.parametrize("variables", [ANTHROPIC, OPENAI])
def test_in_production_a_key_is_sent_encrypted_alone(variables: dict[str, str]) -> None:
    plain = variables | {"TUTOR_BASE_URL": "http://models.example"}

    assert error_of(**PRODUCTION | plain).startswith("TUTOR_BASE_URL must begin with https://")
    assert read_environment(plain).tutor.api_key == PASSWORD


@pytest.mark.parametrize("key", ["two words", "ключ", "line\nbreak"])
def test_a_key_that_no_header_can_have_is_refused_without_being_repeated(key: str) -> None:
    error = error_of(**ANTHROPIC | {"TUTOR_API_KEY": key})

    assert error == "TUTOR_API_KEY must consist of visible ASCII characters."


def test_the_key_is_not_shown() -> None:
    assert PASSWORD not in repr(read_environment(ANTHROPIC))
