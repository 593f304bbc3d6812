"""Services with a clock of the past: what they do is recorded as done then."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from accounts.public import PasswordHasher
from authsvc.composition.container import Services
from authsvc.demo.schedule import Act
from progress.public import BudgetPolicy, OfflineModel


@dataclass(slots=True)
class PastClock:
    """A clock that shows the time it is set to."""

    time: datetime

    def now(self) -> datetime:
        return self.time


class NoSecurityLog:
    """The log of the application is about the present: nothing of the past is written to it."""

    def write(self, event: Any, **facts: Any) -> None:
        """Write nothing."""


@dataclass(frozen=True, slots=True)
class RememberedHashes:
    """A password hasher that hashes a password once: the accounts of the demo school share one."""

    hasher: PasswordHasher
    hashes: dict[str, str] = field(default_factory=dict)

    def hash(self, password: str) -> str:
        if password not in self.hashes:
            self.hashes[password] = self.hasher.hash(password)
        return self.hashes[password]

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        return self.hasher.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        return self.hasher.is_outdated(password_hash, password=password)


def services_at(clock: PastClock, services: Services) -> Services:
    """The same services, on the same store, with another clock and without a security log.

    The tutor needs no provider, and no limits of today.
    """
    ports = replace(
        services.ports,
        clock=clock,
        security_log_writer=NoSecurityLog(),
        password_hasher=RememberedHashes(services.ports.password_hasher),
        tutor_model=OfflineModel(),
        ai_budgets=BudgetPolicy(),
    )
    return replace(services, ports=ports)


def perform(acts: Iterable[Act], clock: PastClock) -> None:
    """Perform the acts in the order of their times, so that logs and their chains grow as they would have."""
    for act in sorted(acts, key=lambda act: act.at):
        clock.time = act.at
        act.perform()
