"""In-memory repositories of the OAuth provider."""

from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from accounts.domain.access import ClientPk, OrganizationId, SessionId, UserId
from accounts.domain.oauth.entities.authorizations import (
    AuthorizationCode,
    Consent,
    DeviceCode,
    PreAuthorizedCode,
    PushedRequest,
)
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.errors import ClientNotFound
from accounts.domain.oauth.repositories.protocols import CLIENTS, CONSENTS, SERVICE_CLIENTS
from accounts.domain.organizations.entities import Organization
from authsvc.kernel.memory import remove_where
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class InMemoryClientRepository:
    organizations: Mapping[OrganizationId, Organization] = field(default_factory=dict)
    store: MutableMapping[ClientPk, OAuthClient] = field(default_factory=dict)

    def add(self, client: OAuthClient, *, scope: TenantScope) -> None:
        scope.require(client.org_id)
        self.store[client.id] = client

    def find(self, client_id: str) -> OAuthClient | None:
        for client in self.store.values():
            if client.client_id == client_id and client.is_active:
                is_open = client.org_id is None or self.organizations[client.org_id].is_open
                return client if is_open else None
        return None

    def get(self, client_pk: ClientPk, *, scope: TenantScope) -> OAuthClient:
        client = self.store.get(client_pk)
        if client is None or not scope.covers(client.org_id):
            raise ClientNotFound
        return client

    def get_for_update(self, client_pk: ClientPk, *, scope: TenantScope) -> OAuthClient:
        return self.get(client_pk, scope=scope)

    def save(self, client: OAuthClient, *, scope: TenantScope) -> None:
        scope.require(client.org_id)
        self.store[client.id] = client

    def save_described(self, client: OAuthClient, *, scope: TenantScope) -> bool:
        scope.require(client.org_id)
        stored = self.store.get(client.id)
        self.store[client.id] = client if stored is None else replace(stored, terms=client.terms)
        return stored is None

    def note_use(self, client_pk: ClientPk, *, at: datetime, scope: TenantScope) -> None:
        client = self.store.get(client_pk)
        if client is not None and scope.covers(client.org_id):
            self.store[client_pk] = replace(client, last_used_at=at)

    def allowed_origins(self, *, at: datetime) -> frozenset[str]:
        return frozenset(
            origin
            for client in self.store.values()
            if client.is_live(at=at)
            and (client.org_id is None or self.organizations[client.org_id].is_open)
            for origin in client.terms.allowed_origins
        )

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        clients = (client for client in self.store.values() if client.client_id in client_ids)
        return {client.client_id: client.terms.name for client in clients}

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[OAuthClient]:
        return page_in_memory(scope.among(self.store.values()), request, CLIENTS)

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[OAuthClient]:
        clients = scope.among(self.store.values())
        listed = (client for client in clients if client.org_id == org_id and client.is_active)
        return page_in_memory(listed, request, SERVICE_CLIENTS)


@dataclass(frozen=True, slots=True)
class InMemoryConsentRepository:
    clients: MutableMapping[ClientPk, OAuthClient] = field(default_factory=dict)
    store: MutableMapping[tuple[UserId, ClientPk], Consent] = field(default_factory=dict)

    def find(self, user_id: UserId, client_pk: ClientPk) -> Consent | None:
        return self.store.get((user_id, client_pk))

    def save(self, consent: Consent) -> None:
        self.store[consent.user_id, consent.client_pk] = consent

    def page_for_user(
        self, user_id: UserId, request: PageRequest
    ) -> Page[tuple[Consent, OAuthClient]]:
        given = [
            (consent, self.clients[consent.client_pk])
            for consent in self.store.values()
            if consent.user_id == user_id
        ]
        return page_in_memory(
            given, request, CONSENTS, key=lambda grant: (grant[0].given_at, grant[0].client_pk)
        )

    def remove(self, user_id: UserId, client_pk: ClientPk) -> bool:
        return self.store.pop((user_id, client_pk), None) is not None


@dataclass(frozen=True, slots=True)
class InMemoryAuthorizationCodeRepository:
    store: MutableMapping[str, AuthorizationCode] = field(default_factory=dict)

    def add(self, code: AuthorizationCode) -> None:
        self.store[code.hash] = code

    def find_for_update(self, code_hash: str) -> AuthorizationCode | None:
        return self.store.get(code_hash)

    def save(self, code: AuthorizationCode) -> None:
        self.store[code.hash] = replace(self.store[code.hash], used_at=code.used_at)

    def remove_pending(self, user_id: UserId, client_pk: ClientPk | None = None) -> None:
        remove_where(
            self.store,
            lambda code: (
                code.used_at is None
                and code.permission.user_id == user_id
                and client_pk in {None, code.client_pk}
            ),
        )

    def remove_all_pending(self) -> None:
        remove_where(self.store, lambda code: code.used_at is None)

    def remove_pending_in(self, browser_id: SessionId) -> None:
        remove_where(
            self.store, lambda code: code.used_at is None and _browser_of(code) == browser_id
        )

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda code: code.expires_at < before)


@dataclass(frozen=True, slots=True)
class InMemoryDeviceCodeRepository:
    store: MutableMapping[str, DeviceCode] = field(default_factory=dict)

    def add(self, code: DeviceCode) -> None:
        self.store[code.hash] = code

    def find_for_update(self, code_hash: str) -> DeviceCode | None:
        return self.store.get(code_hash)

    def find_by_user_code(self, user_code_hash: str) -> DeviceCode | None:
        return next(
            (code for code in self.store.values() if code.user_code_hash == user_code_hash), None
        )

    def save(self, code: DeviceCode) -> None:
        self.store[code.hash] = code

    def remove(self, code_hash: str) -> None:
        del self.store[code_hash]

    def remove_pending(self, user_id: UserId, client_pk: ClientPk | None = None) -> None:
        remove_where(
            self.store,
            lambda code: code.user_id == user_id and client_pk in {None, code.client_pk},
        )

    def remove_all_pending(self) -> None:
        remove_where(self.store, lambda code: code.user_id is not None)

    def remove_pending_in(self, browser_id: SessionId) -> None:
        remove_where(self.store, lambda code: _browser_of(code) == browser_id)

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda code: code.expires_at < before)


@dataclass(frozen=True, slots=True)
class InMemoryPushedRequestRepository:
    store: MutableMapping[str, PushedRequest] = field(default_factory=dict)

    def add(self, request: PushedRequest) -> None:
        self.store[request.hash] = request

    def find(self, request_hash: str, client_pk: ClientPk) -> PushedRequest | None:
        request = self.store.get(request_hash)
        return request if request is not None and request.client_pk == client_pk else None

    def save(self, request: PushedRequest) -> None:
        self.store[request.hash] = request

    def remove(self, request_hash: str) -> bool:
        return self.store.pop(request_hash, None) is not None

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda request: request.expires_at < before)


@dataclass(frozen=True, slots=True)
class InMemoryPreAuthorizedCodeRepository:
    store: MutableMapping[str, PreAuthorizedCode] = field(default_factory=dict)

    def add(self, code: PreAuthorizedCode) -> None:
        self.store[code.hash] = code

    def find(self, code_hash: str) -> PreAuthorizedCode | None:
        return self.store.get(code_hash)

    def find_for_update(self, code_hash: str) -> PreAuthorizedCode | None:
        return self.store.get(code_hash)

    def save(self, code: PreAuthorizedCode) -> None:
        stored = self.store[code.hash]
        self.store[code.hash] = replace(stored, wrong_pins=code.wrong_pins, used_at=code.used_at)

    def remove_pending(self, user_id: UserId, credential_id: UUID | None = None) -> None:
        remove_where(
            self.store,
            lambda code: (
                code.used_at is None
                and code.user_id == user_id
                and credential_id in {None, code.credential_id}
            ),
        )

    def remove_all_pending(self) -> None:
        remove_where(self.store, lambda code: code.used_at is None)

    def remove_expired(self, *, before: datetime) -> int:
        return remove_where(self.store, lambda code: code.expires_at < before)


def _browser_of(code: AuthorizationCode | DeviceCode) -> SessionId | None:
    """The browser session in which the user allowed it."""
    return code.authentication.browser_id if code.authentication else None
