"""Password hashers of two strengths, and one that records its calls."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from accounts.adapters.passwords import Argon2Hasher
from accounts.domain.identity.ports import PasswordHasher
from authsvc.composition.container import Services
from tests.support.worlds import World

WEAK: Final = Argon2Hasher(memory_kib=8, passes=1, lanes=1)
STRONG: Final = Argon2Hasher(memory_kib=8, passes=2, lanes=1)


@dataclass(frozen=True)
class WatchedHasher:
    """Records its calls, and runs `meanwhile` during each verification."""

    real: PasswordHasher
    meanwhile: Callable[[], object] = lambda: None
    verified: list[str | None] = field(default_factory=list)
    hashed: list[str] = field(default_factory=list)

    def hash(self, password: str) -> str:
        self.hashed.append(password)
        return self.real.hash(password)

    def verify(self, password: str, *, password_hash: str | None) -> bool:
        self.verified.append(password_hash)
        self.meanwhile()
        return self.real.verify(password, password_hash=password_hash)

    def is_outdated(self, password_hash: str, *, password: str) -> bool:
        return self.real.is_outdated(password_hash, password=password)


def services_with(hasher: PasswordHasher, world: World) -> Services:
    return Services(
        repositories=world.repositories,
        ports=replace(world.services.ports, password_hasher=hasher),
        unit_of_work=world.unit_of_work,
    )
