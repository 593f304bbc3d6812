"""The default limits, which the environment of the test run lifts."""

from dataclasses import replace
from typing import Any

from pytest_django import Settings

from accounts.adapters.passwords import BoundedHasher, NormalizingHasher
from accounts.domain.identity.ports import PasswordHasher
from authsvc.config.environment import read_environment


def use_default_limits(settings: Settings, **variables: Any) -> None:
    """Limit attempts in this test as by default, with one password checked at a time."""
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


def bounded_part_of(hasher: PasswordHasher) -> BoundedHasher:
    """The part of the application's hasher that limits how many passwords are checked at once."""
    assert isinstance(hasher, NormalizingHasher)
    assert isinstance(hasher.hasher, BoundedHasher)
    return hasher.hasher
