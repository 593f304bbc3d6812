"""Login attempts under the default limits."""

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
    """The services of a world with the default limits."""
    original = world.services.ports
    return Services(
        repositories=world.repositories,
        ports=replace(
            original, limit_policy=POLICY, password_hasher=hasher or original.password_hasher
        ),
        unit_of_work=world.unit_of_work,
    )


def is_wrong(attempt: Callable[[], object]) -> None:
    """Make an attempt that is checked and fails."""
    with pytest.raises(InvalidCredentials):
        attempt()


def wait_of(attempt: Callable[[], object]) -> int:
    """Make an attempt that comes too early; return the seconds to wait."""
    with pytest.raises(TooManyAttempts) as error:
        attempt()
    wait = error.value.facts["retry_after"]
    assert isinstance(wait, int)
    return wait
