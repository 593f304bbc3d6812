"""Clients that register themselves, by invitation (RFC 7591)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from accounts.domain.entities import (
    AccessClaims,
    ClientTerms,
    Principal,
    RegisteredClient,
    Right,
    Session,
    SessionId,
)
from accounts.domain.errors import InvalidToken
from accounts.domain.ports import AccessTokens
from accounts.domain.repositories.protocols import SessionRepository
from accounts.domain.services.clients import ClientService
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

INVITATION_LIVES: Final = timedelta(days=1)
_INVITED: Final = Principal(
    user_id=None,
    roles=(),
    rights=frozenset({Right.MANAGE_CLIENTS}),
    scopes=frozenset(),
    client_id="registration",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationService:
    """An invitation is an access token of a session that has no other use; `resource` is where it is used."""

    clients: ClientService
    sessions: SessionRepository
    access_tokens: AccessTokens
    unit_of_work: UnitOfWork
    clock: Clock

    def invite(self, *, resource: str, by: Principal) -> str:
        """An initial access token with which clients may register for a day. Raises NotPermitted."""
        by.require(Right.MANAGE_CLIENTS)
        now = self.clock.now()
        session = Session(
            id=SessionId(uuid4()),
            user_id=None,
            client_id=_INVITED.client_id,
            scopes=frozenset(),
            started_at=now,
            expires_at=now + INVITATION_LIVES,
            resource=resource,
        )
        with self.unit_of_work.atomic():
            self.sessions.add(session)
        claims = AccessClaims(
            token_id=uuid4(),
            user_id=None,
            session_id=session.id,
            client_id=session.client_id,
            scopes=session.scopes,
            audience=resource,
        )
        return self.access_tokens.issue(claims, roles=(), at=now, lifetime=INVITATION_LIVES)

    def register(self, terms: ClientTerms, *, invitation: str, resource: str) -> RegisteredClient:
        """A new client, and its secret if it can keep one. Raises InvalidToken, UnsuitableClient."""
        now = self.clock.now()
        claims = self.access_tokens.inspect(invitation, at=now).claims
        state = self.sessions.state_of(claims.session_id)
        is_for_this = (claims.client_id, claims.audience) == (_INVITED.client_id, resource)
        if not is_for_this or state is None or not state.honours_tokens(at=now):
            raise InvalidToken
        return self.clients.register(terms, by=_INVITED)
