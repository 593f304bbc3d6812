"""Who is asking."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.domain.entities import Principal, rights_of
from accounts.domain.errors import InvalidToken
from accounts.domain.ports import AccessTokens
from accounts.domain.repositories.protocols import SessionRepository
from authsvc.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessService:
    sessions: SessionRepository
    access_tokens: AccessTokens
    clock: Clock

    def principal_of(self, access_token: str) -> Principal:
        """Who asks with this token, and what his roles let him do at this moment. Raises InvalidToken."""
        now = self.clock.now()
        claims = self.access_tokens.verify(access_token, at=now)
        state = self.sessions.state_of(claims.session_id)
        if state is None or state.user_id != claims.user_id or not state.honours_tokens(at=now):
            raise InvalidToken
        return Principal(
            user_id=claims.user_id,
            roles=state.roles,
            rights=rights_of(state.roles),
            scopes=claims.scopes,
            client_id=claims.client_id,
            session_id=claims.session_id,
            memberships=state.standing,
        )

    def public_keys(self) -> Mapping[str, object]:
        """The JSON Web Key Set (RFC 7517) with which anybody can verify our access tokens."""
        return self.access_tokens.public_keys(at=self.clock.now())
