"""Accounts in dicts."""

from accounts.domain.repositories.memory.ledger import InMemoryLedgerRepository
from accounts.domain.repositories.memory.sessions import (
    InMemoryRefreshTokenRepository,
    InMemorySessionRepository,
)
from accounts.domain.repositories.memory.users import InMemoryUserRepository

__all__ = [
    "InMemoryLedgerRepository",
    "InMemoryRefreshTokenRepository",
    "InMemorySessionRepository",
    "InMemoryUserRepository",
]
