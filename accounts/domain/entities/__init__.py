"""Who people are here, how they stay signed in, and what is kept for them, whatever stores it."""

from accounts.domain.entities.ledger import Answer, LedgerEntry
from accounts.domain.entities.principals import OPERATOR, Principal, Scope
from accounts.domain.entities.sessions import (
    FIRST_PARTY_CLIENT,
    AccessClaims,
    RefreshToken,
    Session,
    SessionEnd,
    SessionId,
    SessionPolicy,
    SessionState,
    SignedIn,
    TokenPair,
)
from accounts.domain.entities.users import (
    RIGHTS_OF_ROLE,
    Right,
    Role,
    User,
    UserChanges,
    UserId,
    rights_of,
)

__all__ = [
    "FIRST_PARTY_CLIENT",
    "OPERATOR",
    "RIGHTS_OF_ROLE",
    "AccessClaims",
    "Answer",
    "LedgerEntry",
    "Principal",
    "RefreshToken",
    "Right",
    "Role",
    "Scope",
    "Session",
    "SessionEnd",
    "SessionId",
    "SessionPolicy",
    "SessionState",
    "SignedIn",
    "TokenPair",
    "User",
    "UserChanges",
    "UserId",
    "rights_of",
]
