"""Fixtures: Anna, and an agent that acts for Anna."""

import pytest

from tests.support.agents import Agent, an_agent
from tests.support.application import Application, Person


@pytest.fixture
def anna(application: Application) -> Person:
    return application.signed_in()


@pytest.fixture
def agent(application: Application, anna: Person) -> Agent:
    return an_agent(application, anna)
