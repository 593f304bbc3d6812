"""Handing out access and refresh tokens."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid5

from accounts.domain.entities import (
    AccessClaims,
    RefreshToken,
    Session,
    SessionPolicy,
    TokenPair,
    User,
)
from accounts.domain.ports import AccessTokens, OpaqueTokens
from accounts.domain.repositories.protocols import RefreshTokenRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPairs:
    """Works inside the unit of work of the service that uses it.

    Of a session's refresh tokens each but the first follows from the one before. So whoever takes one twice in a
    moment, because an answer was lost or two tabs refresh at once, gets the same pair, and yet only hashes are kept.
    Scopes that are given narrow those of the session.
    """

    refresh_tokens: RefreshTokenRepository
    access_tokens: AccessTokens
    opaque_tokens: OpaqueTokens
    policy: SessionPolicy

    def alone(self, session: Session, user: User | None, *, at: datetime) -> TokenPair:
        """An access token and no refresh token."""
        return self._pair(session, user, secret="", number=0, issued_at=at, at=at)

    def first(self, session: Session, user: User, *, at: datetime) -> TokenPair:
        secret = self.opaque_tokens.new()
        self._keep(session, secret=secret, number=1, at=at)
        return self._pair(session, user, secret=secret, number=1, issued_at=at, at=at)

    def may_repeat(self, token: RefreshToken, secret: str, *, at: datetime) -> bool:
        """Whether the token was taken a moment ago and nobody has used what it was taken for."""
        if token.used_at is None or at >= token.used_at + self.policy.repeats_within:
            return False
        kept = self.refresh_tokens.find(self.opaque_tokens.hash(self._successor(token, secret)))
        return kept is not None and kept.used_at is None

    def following(
        self,
        token: RefreshToken,
        secret: str,
        session: Session,
        user: User,
        *,
        scopes: Collection[str] | None = None,
        at: datetime,
    ) -> TokenPair:
        """The pair that the token is taken for, or was; it was found for update."""
        successor, number = self._successor(token, secret), token.number + 1
        if token.used_at is None:
            self.refresh_tokens.save(replace(token, used_at=at))
            self._keep(session, secret=successor, number=number, at=at)
        return self._pair(
            session if scopes is None else replace(session, scopes=session.scopes & set(scopes)),
            user,
            secret=successor,
            number=number,
            issued_at=token.used_at or at,
            at=at,
        )

    def _successor(self, token: RefreshToken, secret: str) -> str:
        return self.opaque_tokens.successor(
            secret, family=str(token.session_id), number=token.number + 1
        )

    def _keep(self, session: Session, *, secret: str, number: int, at: datetime) -> None:
        self.refresh_tokens.add(
            RefreshToken(
                hash=self.opaque_tokens.hash(secret),
                session_id=session.id,
                number=number,
                issued_at=at,
                expires_at=min(at + self.policy.refresh_within, session.expires_at),
            )
        )

    def _pair(
        self,
        session: Session,
        user: User | None,
        *,
        secret: str,
        number: int,
        issued_at: datetime,
        at: datetime,
    ) -> TokenPair:
        claims = AccessClaims(
            token_id=uuid5(session.id, f"access token {number}"),
            user_id=user.id if user else None,
            session_id=session.id,
            client_id=session.client_id,
            scopes=session.scopes,
            audience=session.resource,
        )
        roles = user.roles if user else ()
        left = issued_at + self.access_tokens.lifetime - at
        return TokenPair(
            access_token=self.access_tokens.issue(claims, roles=roles, at=issued_at),
            refresh_token=secret,
            expires_in_seconds=int(left.total_seconds()),
        )
