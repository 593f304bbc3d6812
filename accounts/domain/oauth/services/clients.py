"""Client services: registration, secrets and removal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import uuid4

from accounts.domain.access import ClientPk, OrganizationId, Principal, Right
from accounts.domain.audit.entities import AuditAction, AuditSubject, Members, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import SessionRepository
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.oauth.entities.client_documents import is_document_url
from accounts.domain.oauth.entities.clients import (
    ClientTerms,
    OAuthClient,
    RegisteredClient,
    hint_of,
)
from accounts.domain.oauth.errors import (
    PublicClient,
    PublicClientNeedsPkce,
    SecretsOverlap,
    UnsuitableExpiry,
)
from accounts.domain.oauth.repositories.protocols import ClientRepository
from accounts.domain.oauth.services.client_documents import DescribedClients
from accounts.domain.oauth.services.origins import AllowedOrigins
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import OutgoingEvent
from authsvc.events.services.outbox import EventOutbox
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork

_NO_HASH: Final = "0" * 64
LONGEST_OVERLAP: Final = timedelta(days=90)
_DOCUMENT: Final = Principal(
    user_id=None,
    roles=(),
    rights=frozenset(),
    scopes=frozenset(),
    client_id="client-metadata-document",
)
_OUTGOING: Final[Mapping[SecurityEvent, OutgoingEventType]] = {
    SecurityEvent.CLIENT_REGISTERED: OutgoingEventType.CLIENT_CREATED,
    SecurityEvent.CLIENT_AMENDED: OutgoingEventType.CLIENT_CHANGED,
    SecurityEvent.CLIENT_SECRET_RENEWED: OutgoingEventType.CLIENT_SECRET_RENEWED,
    SecurityEvent.CLIENT_REMOVED: OutgoingEventType.CLIENT_REMOVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientService:
    """Managing clients raises NotPermitted without the right MANAGE_CLIENTS.

    Unless private hosts are allowed, no URL of a client may name a host of a private network.
    """

    clients: ClientRepository
    sessions: SessionRepository
    origins: AllowedOrigins
    described: DescribedClients
    opaque_tokens: OpaqueTokens
    security_log: SecurityLog
    audit_log: AuditLog
    outbox: EventOutbox
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
            secret_hint=hint_of(secret),
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

    def store_described(self, client: OAuthClient) -> None:
        """Store a client as its metadata document describes it, inside the unit of work of the caller."""
        before = self.described.stored(client.id)
        if self.clients.save_described(client, scope=_DOCUMENT.tenant_scope):
            event, action = SecurityEvent.CLIENT_REGISTERED, AuditAction.CLIENT_REGISTERED
        elif before is not None and before.terms != client.terms:
            event, action = SecurityEvent.CLIENT_AMENDED, AuditAction.CLIENT_AMENDED
        else:
            return
        self._note(event, client, by=_DOCUMENT)
        self.audit_log.record(
            action,
            _subject(client),
            by=_DOCUMENT,
            before={} if before is None else _members_of(before),
            after=_members_of(client),
        )

    def amend(self, client_pk: ClientPk, terms: ClientTerms, *, by: Principal) -> OAuthClient:
        """Replace the terms of the client. Raises ClientNotFound, UnsuitableClient.

        Whoever does so manages the client from now on: its registration token ends.
        """
        with self.unit_of_work.atomic():
            before = self._get_for_update(client_pk, by)
            client = replace(before.amended(self.checked(terms)), registration_hash="")
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
        self,
        client_pk: ClientPk,
        *,
        former_until: datetime | None = None,
        reason: str = "",
        by: Principal,
    ) -> RegisteredClient:
        """Replace the secret by a new one, which is shown once. Tokens that the client got for itself end.

        The former secret, and the tokens got with it, end at *former_until*; without it, they end at once.
        Raises ClientNotFound, PublicClient, UnsuitableExpiry, SecretsOverlap.
        """
        secret = self.opaque_tokens.new()
        with self.unit_of_work.atomic():
            client = self._get_for_update(client_pk, by)
            if client.terms.is_public:
                raise PublicClient
            if former_until is not None:
                self._require_overlap(client, former_until)
            client = client.with_secret(
                self._hash_of(secret), hint=hint_of(secret), former_until=former_until
            )
            self.clients.save(client, scope=by.tenant_scope)
            self._note(SecurityEvent.CLIENT_SECRET_RENEWED, client, by=by)
            if former_until is None:
                self._end_sessions(client, SessionEnd.SECRET_RENEWED, of_users=False, by=by)
            else:
                self.sessions.expire_own_of_client(client.client_id, at=former_until)
            self.audit_log.record(
                AuditAction.CLIENT_SECRET_RENEWED,
                _subject(client),
                by=by,
                because=reason,
                after=_overlap_of(client),
            )
        return RegisteredClient(client=client, secret=secret)

    def set_pkce_waiver(
        self, client_pk: ClientPk, *, is_waived: bool, reason: str, by: Principal
    ) -> OAuthClient:
        """Let a confidential client do without PKCE, or require it again, for this reason.

        Raises ClientNotFound, PublicClientNeedsPkce.
        """
        with self.unit_of_work.atomic():
            before = self._get_for_update(client_pk, by)
            if before.terms.is_public and is_waived:
                raise PublicClientNeedsPkce
            client = replace(before, pkce_waived_because=reason if is_waived else "")
            self.clients.save(client, scope=by.tenant_scope)
            self._note(SecurityEvent.CLIENT_AMENDED, client, by=by)
            self.audit_log.record(
                AuditAction.CLIENT_AMENDED,
                _subject(client),
                by=by,
                because=reason,
                before={"needs_pkce": before.needs_pkce},
                after={"needs_pkce": client.needs_pkce},
            )
        return client

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
        if is_document_url(client_id):
            return self.described.find(client_id)
        client = self.clients.find(client_id)
        return client if client and client.is_live(at=self.clock.now()) else None

    def authenticated(self, client_id: str, secret: str) -> OAuthClient | None:
        """The confidential client with this secret. An unknown client takes the same time."""
        client, secret_hash = self.find(client_id), self.opaque_tokens.hash(secret)
        former = client.former_secret if client else None
        is_current = is_equal(secret_hash, client.secret_hash if client else "")
        is_former = is_equal(secret_hash, former.hash if former else "")
        if client is None or is_current:
            return client if is_current else None
        if is_former and former is not None and former.is_live(at=self.clock.now()):
            return client.as_authenticated_by_former_secret()
        return None

    def page_of(self, request: PageRequest, *, by: Principal) -> Page[OAuthClient]:
        """Oldest first; the id breaks ties."""
        by.require(Right.MANAGE_CLIENTS)
        return self.clients.page_of(request, scope=by.tenant_scope)

    def _require_overlap(self, client: OAuthClient, former_until: datetime) -> None:
        """Raises UnsuitableExpiry, SecretsOverlap."""
        now = self.clock.now()
        if not now < former_until <= now + LONGEST_OVERLAP:
            field_error = FieldError(path="former_secret_expires_at", detail=UnsuitableExpiry.title)
            raise UnsuitableExpiry(field_error, most_days=LONGEST_OVERLAP.days)
        former = client.former_secret
        if former is not None and former.is_live(at=now):
            raise SecretsOverlap(until=former.expires_at.isoformat())

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
        self.security_log.record_end_of_all(
            client_id=client.client_id, org_id=client.org_id, because=because, by=by.identity
        )

    def _note(self, event: SecurityEvent, client: OAuthClient, *, by: Principal) -> None:
        """Record the change in the security log and as an outgoing event."""
        self.security_log.record(event, by=by.identity, client_id=client.client_id)
        type_ = _OUTGOING[event]
        data: dict[str, object] = {"client_id": client.client_id}
        if type_ is OutgoingEventType.CLIENT_SECRET_RENEWED:
            data |= {"former_secret_expires_at": None, **_overlap_of(client)}
        self.outbox.record(
            OutgoingEvent(type=type_, occurred_at=self.clock.now(), org_id=client.org_id, data=data)
        )

    def _hash_of(self, secret: str) -> str:
        return self.opaque_tokens.hash(secret) if secret else ""


def is_equal(secret_hash: str, expected: str) -> bool:
    """Whether a stored hash is that of the secret. Without one, it takes the same time to say no."""
    return compare_digest(secret_hash, expected or _NO_HASH) and bool(expected)


def _overlap_of(client: OAuthClient) -> Members:
    former = client.former_secret
    return {"former_secret_expires_at": former.expires_at.isoformat()} if former else {}


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
