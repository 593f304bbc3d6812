"""Fixtures: clients of the provider, and client libraries that can use plain HTTP with it."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from tests.support.forms import WireBrowser
from tests.support.provider import Registered, at_a_browser, register
from tests.support.school import School


@pytest.fixture
def anna(provider: School) -> Iterator[WireBrowser]:
    """Anna, who has an account, at a browser without a sign-in."""
    with closing(at_a_browser(provider)) as browser:
        yield browser


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """The connections of a test, closed at its end."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def notebook(provider: School) -> Registered:
    """A confidential client."""
    return register(provider)


@pytest.fixture(scope="session")
def app(provider: School) -> Registered:
    """A public client."""
    return register(provider, is_public=True)


@pytest.fixture(scope="session")
def robot(provider: School) -> Registered:
    """A client with the client credentials grant."""
    return register(provider, grant_types=["client_credentials"], redirect_uris=[])


@pytest.fixture(scope="session")
def clients(notebook: Registered, app: Registered) -> dict[str, Registered]:
    """The clients that sign users in."""
    return {"notebook": notebook, "app": app}


@pytest.fixture(params=["notebook", "app"])
def client(request: pytest.FixtureRequest, clients: dict[str, Registered]) -> Registered:
    """Each of the clients that sign users in."""
    return clients[request.param]


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is on this machine; anywhere else these libraries rightly insist on TLS."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
