"""Events of identity, for subscribers in other apps."""

from dataclasses import dataclass

from accounts.domain.access import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerified:
    """A user has verified that the e-mail address is theirs. It is published in the unit of work that records it."""

    user_id: UserId
    email: str
