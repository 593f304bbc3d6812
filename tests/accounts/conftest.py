"""Fixtures of the accounts tests."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from pytest_django import Settings

from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import OAuthClient
from tests.accounts.granting import has_client
from tests.support.browsing import Visitor
from tests.support.worlds import World


@pytest.fixture(autouse=True)
def _nothing_was_mailed() -> None:
    """django-allauth counts sent mails in the cache, which all tests of the process share."""
    cache.clear()


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user(name="Anna")


@pytest.fixture
def client(memory: World) -> OAuthClient:
    return has_client(memory)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def verified_email(settings: Settings) -> None:
    """Users must verify their e-mail address before signing in."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, needs_verified_email=True)


@pytest.fixture
def staff_second_factor(settings: Settings) -> None:
    """Staff must satisfy the same rules as in production."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, staff_second_factor=True)
