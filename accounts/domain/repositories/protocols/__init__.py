"""Where accounts keeps things: the promises every store makes."""

from accounts.domain.repositories.protocols.ledger import LedgerRepository
from accounts.domain.repositories.protocols.limits import (
    FamiliarAddressRepository,
    RateLimitRepository,
)
from accounts.domain.repositories.protocols.sessions import (
    RefreshTokenRepository,
    SessionRepository,
)
from accounts.domain.repositories.protocols.users import UserRepository, VerifiedEmailRepository

__all__ = [
    "FamiliarAddressRepository",
    "LedgerRepository",
    "RateLimitRepository",
    "RefreshTokenRepository",
    "SessionRepository",
    "UserRepository",
    "VerifiedEmailRepository",
]
