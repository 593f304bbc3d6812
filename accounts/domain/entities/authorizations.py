"""What a person lets a client do, on its way from the question to the tokens."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from accounts.domain.entities.clients import ClientPk
from accounts.domain.entities.sessions import SessionId
from accounts.domain.entities.users import UserId

CODE_LIVES: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """How a person has shown who he is: when, by which methods (RFC 8176), and in which session of a browser."""

    at: datetime
    methods: tuple[str, ...]
    browser_id: SessionId

    @property
    def context(self) -> str:
        """The `acr` of it: `mfa` with a second factor, otherwise `pwd`."""
        return "mfa" if "mfa" in self.methods else "pwd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What a person has let a client do. It is frozen at consent; `resource` names an API other than ours."""

    user_id: UserId
    client_id: str
    scopes: frozenset[str]
    resource: str = ""
    nonce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """The trace of one code: only its hash. A used one stays until it expires, so that a replay is noticed."""

    hash: str
    client_pk: ClientPk
    permission: Permission
    authentication: Authentication
    redirect_uri: str
    code_challenge: str
    expires_at: datetime
    session_id: SessionId
    used_at: datetime | None = None

    def used(self, *, at: datetime) -> "AuthorizationCode":
        return replace(self, used_at=at)

    def is_live(self, *, at: datetime) -> bool:
        return self.used_at is None and at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person has agreed to, once and until he takes it back."""

    user_id: UserId
    client_pk: ClientPk
    scopes: frozenset[str]
    given_at: datetime

    def covers(self, scopes: Collection[str]) -> bool:
        return self.scopes.issuperset(scopes)

    def widened(self, scopes: Collection[str], *, at: datetime) -> "Consent":
        return replace(self, scopes=self.scopes.union(scopes), given_at=at)
