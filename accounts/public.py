"""What other apps may use of accounts."""

from accounts.domain.entities import (
    OPERATOR,
    Answer,
    AuditEvent,
    ClientTerms,
    GrantType,
    IdentityScope,
    KeyRotation,
    OAuthClient,
    Principal,
    Right,
    Role,
    Scope,
    UserId,
)
from accounts.domain.errors import (
    EmailTaken,
    IdempotencyKeyReused,
    InvalidCredentials,
    InvalidToken,
    NotPermitted,
    PasswordsBusy,
    RequestStillRunning,
)
from accounts.domain.services import LimitName, entry_id_of

__all__ = [
    "OPERATOR",
    "Answer",
    "AuditEvent",
    "ClientTerms",
    "EmailTaken",
    "GrantType",
    "IdempotencyKeyReused",
    "IdentityScope",
    "InvalidCredentials",
    "InvalidToken",
    "KeyRotation",
    "LimitName",
    "NotPermitted",
    "OAuthClient",
    "PasswordsBusy",
    "Principal",
    "RequestStillRunning",
    "Right",
    "Role",
    "Scope",
    "UserId",
    "entry_id_of",
]
