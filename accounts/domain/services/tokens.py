"""What clients ask about tokens of theirs, and how they give them up."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.entities import AuditEvent, OAuthClient, SessionEnd, SessionId, TokenFacts
from accounts.domain.errors import InvalidToken
from accounts.domain.ports import AccessTokens, OpaqueTokens
from accounts.domain.repositories.protocols import RefreshTokenRepository, SessionRepository
from accounts.domain.services.audit import Audit
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenService:
    sessions: SessionRepository
    refresh_tokens: RefreshTokenRepository
    access_tokens: AccessTokens
    opaque_tokens: OpaqueTokens
    audit: Audit
    unit_of_work: UnitOfWork
    clock: Clock

    def introspect(self, token: str, client: OAuthClient) -> TokenFacts | None:
        """What a token of this client is good for; None for any that is good for nothing, or another client's."""
        now = self.clock.now()
        facts = self._facts_of_access_token(token, at=now) or self._facts_of_refresh_token(
            token, at=now
        )
        return facts if facts is not None and facts.client_id == client.client_id else None

    def revoke(self, token: str, client: OAuthClient) -> bool:
        """End the session that a token of this client is of; answer whether there was one (RFC 7009 §2.1)."""
        session_id = self._session_of(token)
        if session_id is None:
            return False
        with self.unit_of_work.atomic():
            session = self.sessions.get_for_update(session_id)
            if session.client_id != client.client_id:
                return False
            self.sessions.save(session.ended(at=self.clock.now(), because=SessionEnd.REVOKED))
            self.audit.note_session(AuditEvent.TOKEN_REVOKED, session)
            self.audit.note_end(session, because=SessionEnd.REVOKED)
        return True

    def _session_of(self, token: str) -> SessionId | None:
        try:
            claims = self.access_tokens.inspect(token, at=self.clock.now()).claims
        except InvalidToken:
            kept = self.refresh_tokens.find(self.opaque_tokens.hash(token))
            return kept.session_id if kept else None
        return claims.session_id if self.sessions.state_of(claims.session_id) else None

    def _facts_of_access_token(self, token: str, *, at: datetime) -> TokenFacts | None:
        try:
            signed = self.access_tokens.inspect(token, at=at)
        except InvalidToken:
            return None
        claims = signed.claims
        state = self.sessions.state_of(claims.session_id)
        if state is None or not state.honours_tokens(at=at):
            return None
        return TokenFacts(
            is_access_token=True,
            token_id=claims.token_id,
            client_id=claims.client_id,
            user_id=claims.user_id,
            scopes=claims.scopes,
            resource=claims.audience,
            issued_at=signed.issued_at,
            expires_at=min(signed.expires_at, state.expires_at),
        )

    def _facts_of_refresh_token(self, token: str, *, at: datetime) -> TokenFacts | None:
        found = self.refresh_tokens.find_with_session(self.opaque_tokens.hash(token))
        if found is None:
            return None
        kept, session = found
        state = self.sessions.state_of(session.id)
        is_honoured = state is not None and state.honours_tokens(at=at)
        if kept.used_at is not None or at >= kept.expires_at or not is_honoured:
            return None
        return TokenFacts(
            is_access_token=False,
            token_id=None,
            client_id=session.client_id,
            user_id=session.user_id,
            scopes=session.scopes,
            resource=session.resource,
            issued_at=kept.issued_at,
            expires_at=kept.expires_at,
        )
