"""Who is asking, and for what his token is good."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.domain.entities.sessions import SessionId
from accounts.domain.entities.users import Right, Role, UserId
from accounts.domain.errors import NotPermitted, PersonNeeded


class Scope(StrEnum):
    """What a token may be used for. It narrows what its user may do and never widens it."""

    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_WRITE = "accounts:write"
    COURSES_READ = "courses:read"
    COURSES_WRITE = "courses:write"
    PROGRESS_READ = "progress:read"
    PROGRESS_WRITE = "progress:write"
    CREDENTIALS_READ = "credentials:read"
    CREDENTIALS_WRITE = "credentials:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, as verified for this request. Without `user_id` it is no person, but a program."""

    user_id: UserId | None
    roles: tuple[Role, ...]
    rights: frozenset[Right]
    scopes: frozenset[str]
    client_id: str
    session_id: SessionId | None = None

    @property
    def person(self) -> UserId:
        """The id of the person who asks. Raises PersonNeeded when it is none."""
        if self.user_id is None:
            raise PersonNeeded
        return self.user_id

    @property
    def identity(self) -> str:
        """The id of the person who asks, or the name of the program when it is none."""
        return str(self.user_id or self.client_id)

    def may(self, right: Right) -> bool:
        return right in self.rights

    def require(self, right: Right) -> None:
        """Raise NotPermitted unless this principal has *right*."""
        if not self.may(right):
            raise NotPermitted(right=right.value)


OPERATOR: Final = Principal(
    user_id=None,
    roles=(),
    rights=frozenset(Right),
    scopes=frozenset(Scope),
    client_id="command-line",
)
"""Whoever can run commands on the server, and so may do everything."""
