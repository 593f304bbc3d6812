"""Fixtures: Anna and an agent that acts for Anna; and a server for agents that nobody has registered."""

from collections.abc import Iterator

import pytest

from tests.support.agents import Agent, an_agent
from tests.support.application import Application, Person
from tests.support.client_documents import DocumentHost, document_host
from tests.support.provider import LANDING, open_provider
from tests.support.school import School


@pytest.fixture
def anna(application: Application) -> Person:
    return application.signed_in()


@pytest.fixture
def agent(application: Application, anna: Person) -> Agent:
    return an_agent(application, anna)


@pytest.fixture(scope="package")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentHost]:
    """A host of the description of an agent."""
    with document_host(tmp_path_factory.mktemp("documents")) as opened:
        opened.describe(redirect_uris=[LANDING])
        yield opened


@pytest.fixture(scope="package")
def agent_school(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, host: DocumentHost
) -> Iterator[School]:
    """A school that accepts agents of that host."""
    folder, certificate = tmp_path_factory.mktemp("agents"), str(host.certificate)
    with open_provider(folder, CIMD_HOSTS=host.name, SSL_CERT_FILE=certificate) as opened:
        yield opened
