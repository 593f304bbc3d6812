"""Key rotation: published keys verify older signatures (OpenID Connect Core §10.1.1)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from accounts.adapters import key_file
from accounts.adapters.keys import new_key_ring
from authsvc.config.secret_files import replace_secret
from tests.accounts.oauth.acting import accepted, me, tokens_of, userinfo
from tests.support.application import Application
from tests.support.builders import NOON
from tests.support.commands import output_of
from tests.support.relying import RelyingParty, claims_in

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("keys")]

SCOPE = "openid accounts:read"


@pytest.fixture
def keys(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in a file, which is read whenever one is needed."""
    path = tmp_path / "keys.json"
    replace_secret(path, new_key_ring().private_json())
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, signing_keys_file=path)
    monkeypatch.setattr(key_file, "CHECK_INTERVAL_SECONDS", 0.0)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def key_ids(application: Application) -> set[str]:
    return {
        key["kid"] for key in accepted(application.stranger.get("/.well-known/jwks.json"))["keys"]
    }


def test_the_new_keys_are_published_before_they_sign(
    clock: time_machine.Traveller, application: Application, app: RelyingParty
) -> None:
    old = key_ids(application)

    output_of("rotate_signing_key")

    assert old < key_ids(application)
    assert claims_in(tokens_of(app)["id_token"], application)


@pytest.mark.parametrize("minutes", [0, 5, 10, 14])
def test_every_token_can_be_verified_until_it_expires(
    clock: time_machine.Traveller, application: Application, app: RelyingParty, minutes: int
) -> None:
    output_of("rotate_signing_key")
    clock.shift(timedelta(minutes=minutes))
    granted = tokens_of(app, scope=SCOPE)
    clock.shift(timedelta(minutes=14, seconds=59))

    assert claims_in(granted["id_token"], application)
    assert claims_in(granted["access_token"], application)
    assert me(granted["access_token"]).status == 200
    assert userinfo(granted["access_token"]).status == 200


def test_old_keys_are_removed_when_their_last_token_has_expired(
    clock: time_machine.Traveller, application: Application, app: RelyingParty
) -> None:
    old = key_ids(application)
    output_of("rotate_signing_key")

    clock.shift(timedelta(hours=2))

    assert old.isdisjoint(key_ids(application))
    app.browser.sign_in()
    assert claims_in(tokens_of(app)["id_token"], application)


def test_an_id_token_hint_of_an_old_key_is_still_accepted(
    clock: time_machine.Traveller, app: RelyingParty
) -> None:
    hint = tokens_of(app)["id_token"]
    output_of("rotate_signing_key")

    clock.shift(timedelta(minutes=10))

    assert app.authorize(prompt="none", id_token_hint=hint).code
