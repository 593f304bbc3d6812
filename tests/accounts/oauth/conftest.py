"""Fixtures: Anna, and an application with Anna signed in at its browser."""

import pytest

from accounts.domain.identity.entities.users import User
from tests.accounts.oauth.acting import an_app
from tests.support.application import Application
from tests.support.browsing import EMAIL
from tests.support.relying import RelyingParty
from tests.support.staff import a_user_of


@pytest.fixture
def anna(application: Application) -> User:
    return a_user_of(application, email=EMAIL)


@pytest.fixture
def app(application: Application, anna: User) -> RelyingParty:
    """A confidential client, with Anna signed in at its browser."""
    return an_app(application)
