"""The demo client of a development database, and the command that tries it."""

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
from tests.support.commands import error_of, has_all_tables, output_of
from tests.support.postgres import free_port


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The DATA_DIR of the development database, which has all tables."""
    has_all_tables(monkeypatch)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data_dir=tmp_path / "var")
    return tmp_path / "var"


def clients_in(services: Services) -> list[OAuthClient]:
    return list(services.clients.page_of(PageRequest(), by=OPERATOR).items)


@pytest.mark.any_database
def test_repeated_runs_register_one_demo_client(application: Application, data_dir: Path) -> None:
    output = output_of("prepare_development")
    (data_dir / "demo-client.json").unlink()
    again = output_of("prepare_development")

    (client,) = clients_in(application.services)
    assert again == output
    assert f"  {client.client_id}  .venv/bin/python manage.py try_client\n" in output
    assert client.terms.is_public
    assert client.terms.grant_types == {GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}
    assert json.loads((data_dir / "demo-client.json").read_text())["client_id"] == client.client_id


@pytest.mark.any_database
def test_a_removed_demo_client_is_registered_again(
    application: Application, data_dir: Path
) -> None:
    output_of("prepare_development")
    (old,) = clients_in(application.services)
    application.services.clients.remove(old.id, by=OPERATOR)

    output_of("prepare_development")

    (new,) = [client for client in clients_in(application.services) if client.is_active]
    assert new.client_id != old.client_id


def test_try_client_fails_without_sample_data(data_dir: Path) -> None:
    error, output = error_of("try_client")

    assert error == f"There is no sample data in {data_dir}. Prepare it with `make run`."
    assert output == ""


def test_try_client_fails_without_a_server(data_dir: Path) -> None:
    data_dir.mkdir()
    url = f"http://127.0.0.1:{free_port()}"
    (data_dir / "developer-logins.json").write_text(json.dumps(samples.new_passwords()))
    (data_dir / "demo-client.json").write_text(json.dumps({"url": url, "client_id": "nobody"}))

    error, output = error_of("try_client")

    assert error == f"There is no response from {url}. Start the server with `make run`."
    assert output == ""
