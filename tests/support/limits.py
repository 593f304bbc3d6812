"""The default limits, which the environment of the test run lifts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import time_machine
from pytest_django import Settings

from accounts.adapters.passwords import BoundedHasher, NormalizingHasher
from accounts.domain.identity.ports import PasswordHasher
from authsvc.config.environment import read_environment


@contextmanager
def default_limits(settings: Settings, **variables: Any) -> Iterator[time_machine.Traveller]:
    """Attempts are limited as by default, one password is checked at a time, and the clock stands still.

    A slow machine would otherwise make the attempts later than their limit counts.
    """
    default = read_environment({})
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT,
        log_ins_per_minute=default.log_ins_per_minute,
        failures_before_backoff=default.failures_before_backoff,
        registrations_per_hour=default.registrations_per_hour,
        mails_per_person=default.mails_per_person,
        mails_per_organization=default.mails_per_organization,
        mails_per_address=default.mails_per_address,
        webhooks_per_host=default.webhooks_per_host,
        organizations_per_person=default.organizations_per_person,
        argon2_at_once=1,
        **variables,
    )
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        yield clock


def bounded_part_of(hasher: PasswordHasher) -> BoundedHasher:
    """The part of the application's hasher that limits how many passwords are checked at once."""
    assert isinstance(hasher, NormalizingHasher)
    assert isinstance(hasher.hasher, BoundedHasher)
    return hasher.hasher
