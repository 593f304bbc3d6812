"""What other apps may use of accounts."""

from accounts.domain.entities import OPERATOR, Answer, Principal, Right, Role, Scope, UserId
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
    "EmailTaken",
    "IdempotencyKeyReused",
    "InvalidCredentials",
    "InvalidToken",
    "LimitName",
    "NotPermitted",
    "PasswordsBusy",
    "Principal",
    "RequestStillRunning",
    "Right",
    "Role",
    "Scope",
    "UserId",
    "entry_id_of",
]
