"""Taking a refresh token for a new pair, whoever the client is."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import AuditEvent, RefreshToken, Session, SessionEnd, TokenPair, User
from accounts.domain.errors import InvalidRefreshToken
from accounts.domain.ports import OpaqueTokens
from accounts.domain.repositories.protocols import (
    RefreshTokenRepository,
    SessionRepository,
    UserRepository,
)
from accounts.domain.services.audit import Audit
from accounts.domain.services.pairs import TokenPairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a refresh token is good for, before it is taken."""

    token: RefreshToken
    secret: str = field(repr=False)
    session: Session
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewals:
    """Works inside the unit of work of the service that uses it."""

    users: UserRepository
    sessions: SessionRepository
    refresh_tokens: RefreshTokenRepository
    pairs: TokenPairs
    opaque_tokens: OpaqueTokens
    audit: Audit

    def find(self, secret: str, *, client_id: str, at: datetime) -> Renewal | None:
        """What the client may take the token for; None if it was taken before, and then its session is over.

        Raises InvalidRefreshToken, also for the token of another client.
        """
        token = self.refresh_tokens.find_for_update(self.opaque_tokens.hash(secret))
        if token is None:
            raise InvalidRefreshToken
        session = self.sessions.get_for_update(token.session_id)
        if session.client_id != client_id or session.user_id is None:
            raise InvalidRefreshToken
        user = self.users.get(session.user_id)
        is_honoured = session.is_live(at=at) and user.is_active
        if token.used_at is None and not (is_honoured and at < token.expires_at):
            raise InvalidRefreshToken
        if token.used_at is None or (is_honoured and self.pairs.may_repeat(token, secret, at=at)):
            return Renewal(token=token, secret=secret, session=session, user=user)
        self._end(session, at=at)
        return None

    def take(
        self, renewal: Renewal, *, scopes: Collection[str] | None = None, at: datetime
    ) -> TokenPair:
        self.audit.note_session(AuditEvent.TOKENS_REFRESHED, renewal.session)
        return self.pairs.following(
            renewal.token, renewal.secret, renewal.session, renewal.user, scopes=scopes, at=at
        )

    def _end(self, session: Session, *, at: datetime) -> None:
        because = SessionEnd.TOKEN_REUSED
        self.sessions.save(session.ended(at=at, because=because))
        self.audit.note_session(AuditEvent.REFRESH_TOKEN_REUSED, session)
        self.audit.note_end(session, because=because)
