"""Fixtures for people's pages."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from pytest_django import Settings

from tests.support.browsing import Visitor


@pytest.fixture(autouse=True)
def _nothing_was_mailed() -> None:
    """How often mail was sent is counted in the cache of the process, where other tests have mailed, too."""
    cache.clear()


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def verified_email(settings: Settings) -> None:
    """A house where nobody gets in before he has verified his address."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, needs_verified_email=True)


@pytest.fixture
def careful_house(settings: Settings) -> None:
    """A house that asks of staff what production asks."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, asks_staff_everywhere=True)
