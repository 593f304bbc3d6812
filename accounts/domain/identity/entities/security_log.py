"""Security log entities: events and their facts."""

from enum import StrEnum
from typing import TypedDict

from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.sessions import SessionEnd


class SecurityEvent(StrEnum):
    """Security events. Once used, a value never changes."""

    REGISTERED = "registered"
    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # a name, not a secret
    PASSWORD_RESET = "password-reset"  # noqa: S105  # a name, not a secret
    SECOND_FACTOR_ADDED = "second-factor-added"
    SECOND_FACTOR_RENEWED = "second-factor-renewed"
    SECOND_FACTOR_REMOVED = "second-factor-removed"
    LOGGED_OUT = "logged-out"
    SESSION_ENDED = "session-ended"
    SESSIONS_ENDED = "sessions-ended"
    TOKENS_ISSUED = "tokens-issued"
    TOKENS_REFRESHED = "tokens-refreshed"
    REFRESH_TOKEN_REUSED = "refresh-token-reused"  # noqa: S105  # a name, not a secret
    CODE_REUSED = "code-reused"
    WRONG_PIN = "wrong-pin"
    TOKEN_REVOKED = "token-revoked"  # noqa: S105  # a name, not a secret
    CONSENT_GIVEN = "consent-given"
    GRANT_TAKEN_BACK = "grant-taken-back"
    DEVICE_LET_IN = "device-let-in"
    DEVICE_DENIED = "device-denied"
    CLIENT_REGISTERED = "client-registered"
    CLIENT_AMENDED = "client-amended"
    CLIENT_SECRET_RENEWED = "client-secret-renewed"  # noqa: S105  # a name, not a secret
    CLIENT_REMOVED = "client-removed"
    SIGNING_KEYS_ROTATED = "signing-keys-rotated"
    IMPERSONATION_STARTED = "impersonation-started"
    IMPERSONATION_ENDED = "impersonation-ended"


class SignInFailure(StrEnum):
    """Reasons for a failed sign-in. Responses never reveal them."""

    UNKNOWN_ACCOUNT = "unknown-account"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105  # a reason, not a secret
    WRONG_SECOND_FACTOR = "wrong-second-factor"
    WRONG_PASSKEY = "wrong-passkey"
    INACTIVE = "inactive"
    UNVERIFIED_EMAIL = "unverified-email"
    SECOND_FACTOR_MISSING = "second-factor-missing"
    ACTION_REQUIRED = "action-required"
    CHANGED_MEANWHILE = "changed-meanwhile"
    TOO_MANY_ATTEMPTS = "too-many-attempts"


class KeyRotation(StrEnum):
    """Reasons for a rotation of signing keys."""

    PLANNED = "planned"
    COMPROMISED = "compromised"


class SecurityFacts(TypedDict, total=False):
    """Facts of a security event: ids and reasons, never secrets or addresses.

    `by` identifies the actor when it is not the user: a user id or a client id. `account` stands for an e-mail address
    that has no account or was not looked up: the first digits of its keyed hash. `kind` is the kind of second factor.
    """

    by: str
    user_id: UserId | None
    client_id: str
    session_id: SessionId | None
    account: str
    grant_type: str
    kind: str
    reason: SessionEnd | SignInFailure | KeyRotation
