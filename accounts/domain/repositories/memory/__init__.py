"""Accounts in dicts."""

from accounts.domain.repositories.memory.ledger import InMemoryLedgerRepository
from accounts.domain.repositories.memory.limits import (
    InMemoryFamiliarAddressRepository,
    InMemoryRateLimitRepository,
)
from accounts.domain.repositories.memory.sessions import (
    InMemoryRefreshTokenRepository,
    InMemorySessionRepository,
)
from accounts.domain.repositories.memory.users import (
    InMemoryUserRepository,
    InMemoryVerifiedEmailRepository,
)

__all__ = [
    "InMemoryFamiliarAddressRepository",
    "InMemoryLedgerRepository",
    "InMemoryRateLimitRepository",
    "InMemoryRefreshTokenRepository",
    "InMemorySessionRepository",
    "InMemoryUserRepository",
    "InMemoryVerifiedEmailRepository",
]
