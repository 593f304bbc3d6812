"""Accounts in the database: the only package here that knows the rows."""

from accounts.domain.repositories.orm.ledger import OrmLedgerRepository
from accounts.domain.repositories.orm.limits import (
    OrmFamiliarAddressRepository,
    OrmRateLimitRepository,
)
from accounts.domain.repositories.orm.sessions import (
    OrmRefreshTokenRepository,
    OrmSessionRepository,
)
from accounts.domain.repositories.orm.users import OrmUserRepository, OrmVerifiedEmailRepository

__all__ = [
    "OrmFamiliarAddressRepository",
    "OrmLedgerRepository",
    "OrmRateLimitRepository",
    "OrmRefreshTokenRepository",
    "OrmSessionRepository",
    "OrmUserRepository",
    "OrmVerifiedEmailRepository",
]
