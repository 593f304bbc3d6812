"""ID token claims."""

from dataclasses import dataclass, replace

from accounts.domain.access import UserId
from accounts.domain.identity.entities.sessions import Authentication


@dataclass(frozen=True, slots=True, kw_only=True)
class IdClaims:
    """What an ID token says to a client of the person who is signed in (OpenID Connect Core §2)."""

    user_id: UserId
    client_id: str
    nonce: str = ""
    authentication: Authentication | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonClaims:
    """What one token lets its client know of a person. What it does not open is None."""

    user_id: UserId
    name: str | None = None
    email: str | None = None
    is_email_verified: bool | None = None

    def named(self, name: str) -> "PersonClaims":
        return replace(self, name=name or None)

    def reached_at(self, email: str, *, is_verified: bool) -> "PersonClaims":
        return replace(self, email=email, is_email_verified=is_verified)
