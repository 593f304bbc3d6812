"""Client services: registration, secrets and removal."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import uuid4

from accounts.domain.access import ClientPk, OrganizationId, Principal, Right, SessionId
from accounts.domain.audit.entities import AuditAction, AuditSubject, Members, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.tokens import AccessClaims
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.identity.ports import AccessTokens, OpaqueTokens
from accounts.domain.identity.repositories.protocols import SessionRepository
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.oauth.entities.clients import ClientTerms, OAuthClient, RegisteredClient
from accounts.domain.oauth.errors import PublicClient
from accounts.domain.oauth.repositories.protocols import ClientRepository
from accounts.domain.oauth.services.origins import AllowedOrigins
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork

_NO_HASH: Final = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientService:
    """Managing clients raises NotPermitted without the right MANAGE_CLIENTS.

    Unless private hosts are allowed, no URL of a client may name a host of a private network.
    """

    clients: ClientRepository
    sessions: SessionRepository
    origins: AllowedOrigins
    opaque_tokens: OpaqueTokens
    security_log: SecurityLog
    audit_log: AuditLog
    allows_private_hosts: bool
    unit_of_work: UnitOfWork
    clock: Clock

    def checked(self, terms: ClientTerms) -> ClientTerms:
        """The terms, if a client may have them here. Raises UnsuitableClient."""
        return terms.checked(allows_private_hosts=self.allows_private_hosts)

    def register(
        self,
        terms: ClientTerms,
        *,
        org_id: OrganizationId | None = None,
        expires_at: datetime | None = None,
        by: Principal,
    ) -> RegisteredClient:
        """A new client and, unless it is public, its secret, which is shown once. Raises UnsuitableClient."""
        by.require(Right.MANAGE_CLIENTS, of=org_id)
        secret = "" if terms.is_public else self.opaque_tokens.new()
        client = OAuthClient(
            id=ClientPk(uuid4()),
            client_id=self.opaque_tokens.new(),
            secret_hash=self._hash_of(secret),
            terms=self.checked(terms),
            is_active=True,
            created_at=self.clock.now(),
            org_id=org_id,
            expires_at=expires_at,
        )
        with self.unit_of_work.atomic():
            self.clients.add(client, scope=by.tenant_scope)
            self._expire_origins(client)
            self._note(SecurityEvent.CLIENT_REGISTERED, client, by=by)
            action, after = AuditAction.CLIENT_REGISTERED, _members_of(client)
            self.audit_log.record(action, _subject(client), by=by, after=after)
        return RegisteredClient(client=client, secret=secret)

    def amend(self, client_pk: ClientPk, terms: ClientTerms, *, by: Principal) -> OAuthClient:
        """Replace the terms of the client. Raises ClientNotFound, UnsuitableClient."""
        with self.unit_of_work.atomic():
            before = self._get_for_update(client_pk, by)
            client = before.amended(self.checked(terms))
            self.clients.save(client, scope=by.tenant_scope)
            self._expire_origins(before, client)
            self._note(SecurityEvent.CLIENT_AMENDED, client, by=by)
            self.audit_log.record(
                AuditAction.CLIENT_AMENDED,
                _subject(client),
                by=by,
                before=_members_of(before),
                after=_members_of(client),
            )
        return client

    def renew_secret(
        self, client_pk: ClientPk, *, reason: str = "", by: Principal
    ) -> RegisteredClient:
        """Replace the secret by a new one, which is shown once. Tokens that the client got for itself end.

        Raises ClientNotFound, PublicClient.
        """
        secret = self.opaque_tokens.new()
        with self.unit_of_work.atomic():
            client = self._get_for_update(client_pk, by)
            if client.terms.is_public:
                raise PublicClient
            client = replace(client, secret_hash=self._hash_of(secret))
            self.clients.save(client, scope=by.tenant_scope)
            self._note(SecurityEvent.CLIENT_SECRET_RENEWED, client, by=by)
            self._end_sessions(client, SessionEnd.SECRET_RENEWED, of_users=False, by=by)
            action = AuditAction.CLIENT_SECRET_RENEWED
            self.audit_log.record(action, _subject(client), by=by, because=reason)
        return RegisteredClient(client=client, secret=secret)

    def remove(self, client_pk: ClientPk, *, reason: str = "", by: Principal) -> None:
        """Remove the client and revoke its tokens. Raises ClientNotFound."""
        with self.unit_of_work.atomic():
            client = self._get_for_update(client_pk, by).removed()
            self.clients.save(client, scope=by.tenant_scope)
            self._expire_origins(client)
            self._note(SecurityEvent.CLIENT_REMOVED, client, by=by)
            self._end_sessions(client, SessionEnd.CLIENT_REMOVED, of_users=True, by=by)
            action = AuditAction.CLIENT_REMOVED
            self.audit_log.record(action, _subject(client), by=by, because=reason)

    def find(self, client_id: str) -> OAuthClient | None:
        """The client with this identifier, if it is active and has not expired."""
        client = self.clients.find(client_id)
        return client if client and client.is_live(at=self.clock.now()) else None

    def authenticated(self, client_id: str, secret: str) -> OAuthClient | None:
        """The confidential client with this secret. An unknown client takes the same time."""
        client = self.find(client_id)
        expected = client.secret_hash if client and client.secret_hash else _NO_HASH
        is_right = compare_digest(self.opaque_tokens.hash(secret), expected)
        return client if is_right and client and client.secret_hash else None

    def page_of(self, request: PageRequest, *, by: Principal) -> Page[OAuthClient]:
        """Oldest first; the id breaks ties."""
        by.require(Right.MANAGE_CLIENTS)
        return self.clients.page_of(request, scope=by.tenant_scope)

    def _get_for_update(self, client_pk: ClientPk, by: Principal) -> OAuthClient:
        """Raises ClientNotFound, NotPermitted."""
        client = self.clients.get_for_update(client_pk, scope=by.tenant_scope)
        by.require(Right.MANAGE_CLIENTS, of=client.org_id)
        return client

    def _expire_origins(self, *clients: OAuthClient) -> None:
        """Have the allowed origins read again, unless none of these clients has any: most register dynamically."""
        if any(client.terms.allowed_origins for client in clients):
            self.origins.expire()

    def _end_sessions(
        self, client: OAuthClient, because: SessionEnd, *, of_users: bool, by: Principal
    ) -> None:
        """End the sessions in which the client acts for itself, and those of users if *of_users*."""
        self.sessions.end_all_of_client(
            client.client_id, at=self.clock.now(), because=because, of_users=of_users
        )
        self.security_log.record(
            SecurityEvent.SESSIONS_ENDED, by=by.identity, client_id=client.client_id, reason=because
        )

    def _note(self, event: SecurityEvent, client: OAuthClient, *, by: Principal) -> None:
        self.security_log.record(event, by=by.identity, client_id=client.client_id)

    def _hash_of(self, secret: str) -> str:
        return self.opaque_tokens.hash(secret) if secret else ""


def _subject(client: OAuthClient) -> AuditSubject:
    return AuditSubject.of(SubjectType.CLIENT, client)


def _members_of(client: OAuthClient) -> Members:
    """The terms of a client as JSON values, for the audit log."""
    expires_at = client.expires_at
    members = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in asdict(client.terms).items()
    }
    return members | {"expires_at": None if expires_at is None else expires_at.isoformat()}


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
    """Dynamic client registration. An initial access token has a session of its own; `resource` is the endpoint."""

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
            client_id=_REGISTRATION.client_id,
            scopes=frozenset(),
            started_at=now,
            expires_at=now + INITIAL_TOKEN_LIVES,
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
        return self.access_tokens.issue(claims, roles=(), at=now, lifetime=INITIAL_TOKEN_LIVES)

    def register(
        self, terms: ClientTerms, *, initial_access_token: str, resource: str
    ) -> RegisteredClient:
        """A new client and, unless it is public, its secret. Raises InvalidToken, UnsuitableClient."""
        now = self.clock.now()
        claims = self.access_tokens.inspect(initial_access_token, at=now).claims
        state = self.sessions.state_of(claims.session_id)
        is_for_registration = (claims.client_id, claims.audience) == (
            _REGISTRATION.client_id,
            resource,
        )
        if not is_for_registration or state is None or not state.accepts_tokens(at=now):
            raise InvalidToken
        return self.clients.register(terms, by=_REGISTRATION)
