"""A desk has a client to try it with, and one command that does."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.domain.access import OPERATOR, GrantType
from accounts.domain.oauth.entities.clients import OAuthClient
from authsvc.composition.container import Services
from authsvc.demo import samples
from authsvc.kernel.paging import PageRequest
from tests.support.application import Application
from tests.support.commands import refusal_of, said_by
from tests.support.postgres import free_port
from tests.support.provider import open_provider
from tests.support.school import manage


@pytest.fixture
def desk(tmp_path: Path, settings: Settings) -> Path:
    """Where this desk keeps what it makes."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data_dir=tmp_path / "var")
    return tmp_path / "var"


def clients_in(services: Services) -> list[OAuthClient]:
    return list(services.clients.page_of(PageRequest(), by=OPERATOR).items)


@pytest.mark.any_database
def test_a_prepared_desk_has_one_client_however_often_it_is_prepared(
    application: Application, desk: Path
) -> None:
    said = said_by("prepare_development")
    (desk / "demo-client.json").unlink()
    again = said_by("prepare_development")

    (client,) = clients_in(application.services)
    assert again == said
    assert f"  {client.client_id}  .venv/bin/python manage.py try_client\n" in said
    assert client.terms.is_public
    assert client.terms.grant_types == {GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}
    assert json.loads((desk / "demo-client.json").read_text())["client_id"] == client.client_id


@pytest.mark.any_database
def test_a_client_that_staff_have_removed_is_made_anew(
    application: Application, desk: Path
) -> None:
    said_by("prepare_development")
    (old,) = clients_in(application.services)
    application.services.clients.remove(old.id, by=OPERATOR)

    said_by("prepare_development")

    (new,) = [client for client in clients_in(application.services) if client.is_active]
    assert new.client_id != old.client_id


@pytest.mark.any_database
def test_the_desk_is_tried_as_its_client(tmp_path: Path) -> None:
    with open_provider(tmp_path) as school:
        tried = [manage(school.environment, "try_client") for _ in range(2)]
        note = json.loads((tmp_path / "demo-client.json").read_text())

    for said in tried:
        assert said.startswith(f"{samples.LEARNER} has signed in at {school.server.url}.\n")
        assert f'"aud": "{note["client_id"]}"' in said
        assert f'"email": "{samples.LEARNER}"' in said


def test_a_desk_that_was_never_prepared_cannot_be_tried(desk: Path) -> None:
    refusal, said = refusal_of("try_client")

    assert refusal == f"There is no sample data in {desk}. Prepare it with `make run`."
    assert said == ""


def test_a_desk_at_which_nobody_answers_cannot_be_tried(desk: Path) -> None:
    desk.mkdir()
    url = f"http://127.0.0.1:{free_port()}"
    (desk / "developer-logins.json").write_text(json.dumps(samples.new_passwords()))
    (desk / "demo-client.json").write_text(json.dumps({"url": url, "client_id": "nobody"}))

    refusal, said = refusal_of("try_client")

    assert refusal == f"There is no response from {url}. Start the server with `make run`."
    assert said == ""
