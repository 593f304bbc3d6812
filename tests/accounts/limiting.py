"""Houses whose limits are those that nobody has set."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from accounts.domain.identity.errors import InvalidCredentials
from accounts.domain.identity.ports import PasswordHasher
from accounts.domain.identity.services.login_attempts import LimitPolicy
from authsvc.composition.container import Services
from authsvc.composition.ports import ports
from authsvc.config.environment import read_environment
from authsvc.kernel.rate_limits import TooManyAttempts
from tests.support.worlds import World

POLICY: Final[LimitPolicy] = ports(read_environment({}), secret_key="test").limit_policy


def limited(world: World, *, hasher: PasswordHasher | None = None) -> Services:
    """The services of a world with the limits of a house that is told nothing."""
    given = world.services.ports
    return Services(
        repositories=world.repositories,
        ports=replace(given, limit_policy=POLICY, password_hasher=hasher or given.password_hasher),
        unit_of_work=world.unit_of_work,
    )


def is_wrong(guess: Callable[[], object]) -> None:
    """Make a guess that is looked at, and is wrong."""
    with pytest.raises(InvalidCredentials):
        guess()


def wait_of(guess: Callable[[], object]) -> int:
    """Make a guess that comes too early; answer for how long one has to wait."""
    with pytest.raises(TooManyAttempts) as refusal:
        guess()
    wait = refusal.value.facts["retry_after"]
    assert isinstance(wait, int)
    return wait
