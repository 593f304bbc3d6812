"""Registering clients, and knowing them again."""

from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import Final
from uuid import uuid4

from accounts.domain.entities import (
    AuditEvent,
    ClientPk,
    ClientTerms,
    OAuthClient,
    Principal,
    RegisteredClient,
    Right,
    SessionEnd,
)
from accounts.domain.errors import PublicClient
from accounts.domain.ports import OpaqueTokens
from accounts.domain.repositories.protocols import ClientRepository, SessionRepository
from accounts.domain.services.audit import Audit
from authsvc.kernel.clock import Clock
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork

_HASH_OF_NOBODY: Final = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientService:
    """To manage clients needs the right to, and raises NotPermitted without it."""

    clients: ClientRepository
    sessions: SessionRepository
    opaque_tokens: OpaqueTokens
    audit: Audit
    unit_of_work: UnitOfWork
    clock: Clock

    def register(self, terms: ClientTerms, *, by: Principal) -> RegisteredClient:
        """A new client and, unless it is public, the secret that is shown this once. Raises UnsuitableClient."""
        by.require(Right.MANAGE_CLIENTS)
        secret = "" if terms.is_public else self.opaque_tokens.new()
        client = OAuthClient(
            id=ClientPk(uuid4()),
            client_id=self.opaque_tokens.new(),
            secret_hash=self._hash_of(secret),
            terms=terms.checked(),
            is_active=True,
            created_at=self.clock.now(),
        )
        with self.unit_of_work.atomic():
            self.clients.add(client)
            self._note(AuditEvent.CLIENT_REGISTERED, client, by=by)
        return RegisteredClient(client=client, secret=secret)

    def amend(self, client_pk: ClientPk, terms: ClientTerms, *, by: Principal) -> OAuthClient:
        """Agree on other terms from now on. Raises ClientNotFound, UnsuitableClient."""
        by.require(Right.MANAGE_CLIENTS)
        checked = terms.checked()
        with self.unit_of_work.atomic():
            client = self.clients.get_for_update(client_pk).amended(checked)
            self.clients.save(client)
            self._note(AuditEvent.CLIENT_AMENDED, client, by=by)
        return client

    def renew_secret(self, client_pk: ClientPk, *, by: Principal) -> RegisteredClient:
        """Another secret in the place of the old one, shown this once. Raises ClientNotFound, PublicClient."""
        by.require(Right.MANAGE_CLIENTS)
        secret = self.opaque_tokens.new()
        with self.unit_of_work.atomic():
            client = self.clients.get_for_update(client_pk)
            if client.terms.is_public:
                raise PublicClient
            client = replace(client, secret_hash=self._hash_of(secret))
            self.clients.save(client)
            self._note(AuditEvent.CLIENT_SECRET_RENEWED, client, by=by)
        return RegisteredClient(client=client, secret=secret)

    def remove(self, client_pk: ClientPk, *, by: Principal) -> None:
        """Know the client no longer, and honour no token of it. Raises ClientNotFound."""
        by.require(Right.MANAGE_CLIENTS)
        with self.unit_of_work.atomic():
            client = self.clients.get_for_update(client_pk).removed()
            self.clients.save(client)
            because = SessionEnd.CLIENT_REMOVED
            self.sessions.end_all_of_client(client.client_id, at=self.clock.now(), because=because)
            self._note(AuditEvent.CLIENT_REMOVED, client, by=by)
            self.audit.note(
                AuditEvent.SESSIONS_ENDED,
                by=by.identity,
                client_id=client.client_id,
                reason=because,
            )

    def find(self, client_id: str) -> OAuthClient | None:
        """The client with this public id, if it is active."""
        return self.clients.find(client_id)

    def authenticated(self, client_id: str, secret: str) -> OAuthClient | None:
        """The confidential client with this secret; an unknown one takes as long."""
        client = self.clients.find(client_id)
        kept = client.secret_hash if client and client.secret_hash else _HASH_OF_NOBODY
        is_right = compare_digest(self.opaque_tokens.hash(secret), kept)
        return client if is_right and client and client.secret_hash else None

    def page_of(self, request: PageRequest, *, by: Principal) -> Page[OAuthClient]:
        """Oldest first; the id breaks ties."""
        by.require(Right.MANAGE_CLIENTS)
        return self.clients.page_of(request)

    def _note(self, event: AuditEvent, client: OAuthClient, *, by: Principal) -> None:
        self.audit.note(event, by=by.identity, client_id=client.client_id)

    def _hash_of(self, secret: str) -> str:
        return self.opaque_tokens.hash(secret) if secret else ""
