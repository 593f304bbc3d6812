"""Metadata of the API as a protected resource (RFC 9728 §2, §3)."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings

from accounts.domain.access import Scope
from tests.support.application import Application
from tests.support.store import STORE

PATH = "/.well-known/oauth-protected-resource"


def test_the_challenge_leads_to_metadata_that_names_the_api(application: Application) -> None:
    challenge = application.stranger.get("/v1/me").headers["WWW-Authenticate"]
    metadata_url = challenge.partition('resource_metadata="')[2].partition('"')[0]

    metadata = application.stranger.get(urlsplit(metadata_url).path).json

    # RFC 9728 §3.1: the path of the resource follows the well-known path.
    assert metadata_url.replace(PATH, "") == metadata["resource"]
    assert metadata["resource"] == f"{settings.ENVIRONMENT.public_url}/v1"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/v1"])
def test_the_metadata_says_how_to_use_the_api(application: Application, path: str) -> None:
    answer = application.stranger.get(path)

    assert answer.json["bearer_methods_supported"] == ["header"]
    assert answer.json["scopes_supported"] == list(Scope)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.postgres_too
def test_an_authorization_server_is_named_where_there_is_one(application: Application) -> None:
    servers = application.stranger.get(PATH).json.get("authorization_servers")

    assert servers == (None if STORE == "memory" else [settings.ENVIRONMENT.public_url])


def test_the_metadata_is_read_only(application: Application) -> None:
    assert application.stranger.post(PATH).status == 405
