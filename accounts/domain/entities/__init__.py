"""Who people are here, how they stay signed in, and what is kept for them, whatever stores it."""

from accounts.domain.entities.authorizations import (
    CODE_LIVES,
    Authentication,
    AuthorizationCode,
    Consent,
    Permission,
)
from accounts.domain.entities.clients import (
    KNOWN_SCOPES,
    ClientPk,
    ClientTerms,
    GrantType,
    IdentityScope,
    IdTokenAlgorithm,
    OAuthClient,
)
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
    "CODE_LIVES",
    "FIRST_PARTY_CLIENT",
    "KNOWN_SCOPES",
    "OPERATOR",
    "RIGHTS_OF_ROLE",
    "AccessClaims",
    "Answer",
    "Authentication",
    "AuthorizationCode",
    "ClientPk",
    "ClientTerms",
    "Consent",
    "GrantType",
    "IdTokenAlgorithm",
    "IdentityScope",
    "LedgerEntry",
    "OAuthClient",
    "Permission",
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
