"""What people do with their accounts."""

from accounts.domain.services.access import AccessService
from accounts.domain.services.accounts import AccountService
from accounts.domain.services.emails import EmailService
from accounts.domain.services.ledger import LedgerService, entry_id_of
from accounts.domain.services.limits import LimitName, LimitPolicy, LimitService, Secret
from accounts.domain.services.pairs import TokenPairs
from accounts.domain.services.passwords import Passwords
from accounts.domain.services.sessions import SessionService
from accounts.domain.services.users import UserService

__all__ = [
    "AccessService",
    "AccountService",
    "EmailService",
    "LedgerService",
    "LimitName",
    "LimitPolicy",
    "LimitService",
    "Passwords",
    "Secret",
    "SessionService",
    "TokenPairs",
    "UserService",
    "entry_id_of",
]
