"""Fixtures for tenant isolation: tenants that are built once, because building them takes longer than most tests."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import override_settings

from authsvc.composition.container import services
from tests.isolation.tenants import Neighbours
from tests.support.application import Application
from tests.support.blocks import undone_block
from tests.support.store import STORE


@pytest.fixture(scope="package")
def built(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Neighbours]:
    """Two tenants on the store of this run, for all tests in this folder that run one after another.

    The clock stands still: people stay signed in, and recently so, however long the tests take. The parameter, if there
    is one, says whether staff need a second factor.
    """
    is_needed = getattr(request, "param", False)
    environment = replace(settings.ENVIRONMENT, staff_second_factor=is_needed)
    with override_settings(ENVIRONMENT=environment):
        services.cache_clear()
        application = Application(services())
        with (
            time_machine.travel(datetime.now(UTC), tick=False),
            nullcontext() if STORE == "memory" else django_db_blocker.unblock(),
            undone_block(application.services.unit_of_work),
        ):
            yield Neighbours(application)
    services.cache_clear()


@pytest.fixture
def neighbours(built: Neighbours) -> Iterator[Neighbours]:
    """The tenants as they were built."""
    with undone_block(built.application.services.unit_of_work):
        yield built
    built.tenants.restore_texts()
