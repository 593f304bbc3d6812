"""Handing out access and refresh tokens."""

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
    """

    refresh_tokens: RefreshTokenRepository
    access_tokens: AccessTokens
    opaque_tokens: OpaqueTokens
    policy: SessionPolicy

    def first(self, session: Session, user: User, *, at: datetime) -> TokenPair:
        return self._kept(session, user, secret=self.opaque_tokens.new(), number=1, at=at)

    def following(
        self, token: RefreshToken, secret: str, session: Session, user: User, *, at: datetime
    ) -> TokenPair:
        """The pair that the token, which was found for update and not used before, is taken for."""
        self.refresh_tokens.save(replace(token, used_at=at))
        successor = self._successor(token, secret)
        return self._kept(session, user, secret=successor, number=token.number + 1, at=at)

    def repeated(
        self, token: RefreshToken, secret: str, session: Session, user: User, *, at: datetime
    ) -> TokenPair | None:
        """The pair that the token was taken for, if that was a moment ago and nobody has used it yet."""
        successor = self._successor(token, secret)
        kept = self.refresh_tokens.find(self.opaque_tokens.hash(successor))
        is_unused = kept is not None and kept.used_at is None
        if (
            token.used_at is None
            or at >= token.used_at + self.policy.repeats_within
            or not is_unused
        ):
            return None
        return self._pair(
            session, user, secret=successor, number=token.number + 1, issued_at=token.used_at, at=at
        )

    def _successor(self, token: RefreshToken, secret: str) -> str:
        return self.opaque_tokens.successor(
            secret, family=str(token.session_id), number=token.number + 1
        )

    def _kept(
        self, session: Session, user: User, *, secret: str, number: int, at: datetime
    ) -> TokenPair:
        self.refresh_tokens.add(
            RefreshToken(
                hash=self.opaque_tokens.hash(secret),
                session_id=session.id,
                number=number,
                issued_at=at,
                expires_at=min(at + self.policy.refresh_within, session.expires_at),
            )
        )
        return self._pair(session, user, secret=secret, number=number, issued_at=at, at=at)

    def _pair(
        self,
        session: Session,
        user: User,
        *,
        secret: str,
        number: int,
        issued_at: datetime,
        at: datetime,
    ) -> TokenPair:
        claims = AccessClaims(
            token_id=uuid5(session.id, f"access token {number}"),
            user_id=user.id,
            session_id=session.id,
            client_id=session.client_id,
            scopes=session.scopes,
        )
        left = issued_at + self.access_tokens.lifetime - at
        return TokenPair(
            access_token=self.access_tokens.issue(claims, roles=user.roles, at=issued_at),
            refresh_token=secret,
            expires_in_seconds=int(left.total_seconds()),
        )
