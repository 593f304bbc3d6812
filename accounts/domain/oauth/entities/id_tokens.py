"""ID token claims."""

from dataclasses import dataclass, field

from accounts.domain.access import Authentication, RequestedClaims, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class IdClaims:
    """The claims of an ID token about the sign-in (OpenID Connect Core §2), and what else the client may learn.

    The claims about the user that go with it follow from `scopes` and `requested`.
    """

    user_id: UserId
    client_id: str
    nonce: str = ""
    authentication: Authentication | None = None
    scopes: frozenset[str] = frozenset()
    requested: RequestedClaims = field(default_factory=RequestedClaims)
