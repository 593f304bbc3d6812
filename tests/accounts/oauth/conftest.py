"""Anna, and an application that she uses."""

import pytest

from accounts.domain.entities import User
from tests.accounts.oauth.acting import an_app
from tests.support.browsing import EMAIL
from tests.support.house import House
from tests.support.relying import RelyingParty
from tests.support.staff import a_user_of


@pytest.fixture
def anna(house: House) -> User:
    return a_user_of(house, email=EMAIL)


@pytest.fixture
def app(house: House, anna: User) -> RelyingParty:
    """A confidential client, at whose browser Anna is signed in."""
    return an_app(house)
