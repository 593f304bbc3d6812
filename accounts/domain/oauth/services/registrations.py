"""Dynamic client registration and its management."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

from accounts.domain.access import Principal, Right, SessionId
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.sessions import Session
from accounts.domain.identity.entities.tokens import AccessClaims
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.identity.ports import AccessTokens, OpaqueTokens
from accounts.domain.identity.repositories.protocols import SessionRepository
from accounts.domain.oauth.entities.clients import ClientTerms, OAuthClient, RegisteredClient
from accounts.domain.oauth.errors import UnsuitableClient
from accounts.domain.oauth.repositories.protocols import ClientRepository
from accounts.domain.oauth.services.clients import ClientService, is_equal
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.unit_of_work import UnitOfWork

INITIAL_TOKEN_LIVES: Final = timedelta(days=1)
_REGISTRATION: Final = Principal(
    user_id=None,
    roles=(),
    rights=frozenset({Right.MANAGE_CLIENTS}),
    scopes=frozenset(),
    client_id="registration",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationService:
    """Dynamic client registration (RFC 7591), and its management by the client (RFC 7592).

    An initial access token has a session of its own; `resource` is the endpoint. `resources` are the other APIs that
    clients may register for. Once staff have changed a client, they alone manage it.
    """

    registrar: ClientService
    clients: ClientRepository
    sessions: SessionRepository
    access_tokens: AccessTokens
    opaque_tokens: OpaqueTokens
    resources: frozenset[str]
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def invite(self, *, resource: str, reason: str = "", by: Principal) -> str:
        """An initial access token with which clients may register for a day. Raises NotPermitted."""
        by.require(Right.MANAGE_CLIENTS)
        now = self.clock.now()
        session = Session(
            id=SessionId(uuid4()),
            user_id=None,
            client_id=_REGISTRATION.client_id,
            scopes=frozenset(),
            started_at=now,
            expires_at=now + INITIAL_TOKEN_LIVES,
            resource=resource,
        )
        with self.unit_of_work.atomic():
            self.sessions.add(session)
            self.audit_log.record(
                AuditAction.CLIENT_INVITED,
                AuditSubject(SubjectType.PLATFORM, SubjectType.PLATFORM, None),
                by=by,
                because=reason,
                after={"expires_at": session.expires_at.isoformat()},
            )
        claims = AccessClaims(
            token_id=uuid4(),
            user_id=None,
            session_id=session.id,
            client_id=session.client_id,
            scopes=session.scopes,
            audience=resource,
        )
        return self.access_tokens.issue(claims, roles=(), at=now, lifetime=INITIAL_TOKEN_LIVES)

    def register(
        self, terms: ClientTerms, *, initial_access_token: str, resource: str
    ) -> RegisteredClient:
        """A new client, its registration token and, unless it is public, its secret.

        Raises InvalidToken, UnsuitableClient.
        """
        now = self.clock.now()
        claims = self.access_tokens.inspect(initial_access_token, at=now).claims
        state = self.sessions.state_of(claims.session_id)
        is_for_registration = (claims.client_id, claims.audience) == (
            _REGISTRATION.client_id,
            resource,
        )
        if not is_for_registration or state is None or not state.accepts_tokens(at=now):
            raise InvalidToken
        self._require_known_resources(terms)
        with self.unit_of_work.atomic():
            return self._with_new_token(self.registrar.register(terms, by=_REGISTRATION))

    def get(self, client_id: str, *, registration_token: str) -> OAuthClient:
        """The client with this registration token. Raises InvalidToken."""
        return self._checked(self.registrar.find(client_id), registration_token)

    def amend(
        self, client_id: str, terms: ClientTerms, *, registration_token: str
    ) -> RegisteredClient:
        """The client with these terms, but for those that staff alone set, and with a new registration token.

        Whether a client is public cannot change. Raises InvalidToken, UnsuitableClient.
        """
        with self.unit_of_work.atomic():
            client = self._for_update(client_id, registration_token)
            if terms.is_public != client.terms.is_public:
                detail = "It cannot be changed from or to none. Register another client."
                raise UnsuitableClient(FieldError(path="token_endpoint_auth_method", detail=detail))
            self._require_known_resources(terms)
            terms = replace(terms, is_trusted=client.terms.is_trusted)
            amended = self.registrar.amend(client.id, terms, by=_REGISTRATION)
            return self._with_new_token(RegisteredClient(client=amended, secret=""))

    def remove(self, client_id: str, *, registration_token: str) -> None:
        """Remove the client and revoke its tokens. Raises InvalidToken."""
        with self.unit_of_work.atomic():
            client = self._for_update(client_id, registration_token)
            self.registrar.remove(client.id, by=_REGISTRATION)

    def _for_update(self, client_id: str, registration_token: str) -> OAuthClient:
        """The client, locked, so that a token works for one change alone. Raises InvalidToken."""
        client = self.get(client_id, registration_token=registration_token)
        locked = self.clients.get_for_update(client.id, scope=_REGISTRATION.tenant_scope)
        return self._checked(locked if locked.is_active else None, registration_token)

    def _checked(self, client: OAuthClient | None, registration_token: str) -> OAuthClient:
        expected = client.registration_hash if client else ""
        is_right = is_equal(self.opaque_tokens.hash(registration_token), expected)
        if client is None or not is_right:
            raise InvalidToken
        return client

    def _with_new_token(self, registered: RegisteredClient) -> RegisteredClient:
        token = self.opaque_tokens.new()
        client = replace(registered.client, registration_hash=self.opaque_tokens.hash(token))
        self.clients.save(client, scope=_REGISTRATION.tenant_scope)
        return replace(registered, client=client, registration_token=token)

    def _require_known_resources(self, terms: ClientTerms) -> None:
        """Raise UnsuitableClient unless the platform offers the resources to such clients."""
        for resource in terms.resources:
            if resource not in self.resources:
                detail = f"{resource[:100]} is not a resource that clients can register for."
                raise UnsuitableClient(FieldError(path="resources", detail=detail))
