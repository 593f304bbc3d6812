"""The command that rotates signing keys."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from accounts.adapters import key_file
from accounts.adapters.key_file import KeyFile, read_key_ring
from accounts.adapters.keys import ALGORITHMS, KeyRing, new_key_ring
from accounts.adapters.tokens import JwtAccessTokens
from accounts.domain.identity.errors import InvalidToken
from authsvc.config.secret_files import replace_secret
from tests.accounts.forgery import CLAIMS, ISSUER, LIFETIME
from tests.support.builders import NOON
from tests.support.commands import error_of, output_of


@pytest.fixture
def path(tmp_path: Path, settings: Settings) -> Path:
    """The signing-key file of the application."""
    path = tmp_path / "keys.json"
    replace_secret(path, new_key_ring().private_json())
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, signing_keys_file=path)
    return path


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """A clock that stands at noon; the key file is read on every use."""
    monkeypatch.setattr(key_file, "CHECK_INTERVAL_SECONDS", 0.0)
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def issued(tokens: JwtAccessTokens) -> str:
    return tokens.issue(CLAIMS, roles=(), at=timezone.now())


def is_honoured(token: str, tokens: JwtAccessTokens) -> bool:
    try:
        return tokens.verify(token, at=timezone.now()) == CLAIMS
    except InvalidToken:
        return False


def a_process(path: Path) -> JwtAccessTokens:
    return JwtAccessTokens(
        keys=KeyFile(path), issuer=ISSUER, audience=f"{ISSUER}/v1", lifetime=LIFETIME
    )


def test_the_command_prints_a_new_key_for_each_algorithm(path: Path) -> None:
    output = output_of("rotate_signing_key")

    new = read_key_ring(path).keys[-2:]
    assert output.splitlines() == [f"{key['alg']}: {key['kid']}" for key in new]
    assert [key["alg"] for key in new] == list(ALGORITHMS)
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_token_is_refused_before_it_expires(path: Path, clock: time_machine.Traveller) -> None:
    first, other = a_process(path), a_process(path)
    output_of("rotate_signing_key")
    second, living = timedelta(seconds=30), list[tuple[float, str]]()

    for _ in range(60):
        living.append((timezone.now().timestamp() + LIFETIME.total_seconds(), issued(first)))
        clock.shift(second)
        living = [token for token in living if token[0] > timezone.now().timestamp()]
        assert all(is_honoured(token, other) for _, token in living)

    assert len(other.public_keys(at=timezone.now())["keys"]) == 2


def test_compromised_keys_are_removed_at_once(path: Path, clock: time_machine.Traveller) -> None:
    process = a_process(path)
    old = issued(process)

    output_of("rotate_signing_key", "--compromised")

    assert not is_honoured(old, process)
    assert is_honoured(issued(process), process)


def test_a_missing_algorithm_is_added_at_once(path: Path, clock: time_machine.Traveller) -> None:
    old = read_key_ring(path).keys[0]
    replace_secret(path, KeyRing((old,)).private_json())

    output_of("rotate_signing_key")

    assert is_honoured(issued(a_process(path)), a_process(path))


def test_without_a_key_file_the_command_fails() -> None:
    error, _ = error_of("rotate_signing_key")

    assert error == "SIGNING_KEYS_FILE is not set, so there are no keys to rotate."


def test_an_invalid_key_file_stays_unchanged(path: Path) -> None:
    path.write_text("nonsense")

    error, _ = error_of("rotate_signing_key")

    assert error == f"{path} does not hold a JSON Web Key Set."
    assert path.read_text() == "nonsense"


def test_an_unwritable_folder_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)

    error, _ = error_of("rotate_signing_key")

    assert error == f"{path} cannot be written: Permission denied."
