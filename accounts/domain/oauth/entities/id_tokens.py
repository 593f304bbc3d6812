"""ID token claims."""

from dataclasses import dataclass, replace

from accounts.domain.access import Authentication, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class IdClaims:
    """The claims of an ID token about the user who is signed in (OpenID Connect Core §2)."""

    user_id: UserId
    client_id: str
    nonce: str = ""
    authentication: Authentication | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonClaims:
    """The claims about a user that the scopes of an access token cover; None for the rest."""

    user_id: UserId
    name: str | None = None
    email: str | None = None
    is_email_verified: bool | None = None

    def with_name(self, name: str) -> "PersonClaims":
        return replace(self, name=name or None)

    def with_email(self, verified: str | None) -> "PersonClaims":
        """The verified address, or only that there is none: clients take an address for who the user is."""
        return replace(self, email=verified, is_email_verified=verified is not None)
