"""Clients and consents in dicts."""

from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from accounts.domain.entities import (
    ClientPk,
    Consent,
    OAuthClient,
    Organization,
    OrganizationId,
    UserId,
)
from accounts.domain.errors import ClientNotFound
from accounts.domain.repositories.protocols.clients import CLIENTS, SERVICE_CLIENTS
from authsvc.kernel.pages import Page, PageRequest, page_in_memory
from authsvc.kernel.reach import Reach


@dataclass(frozen=True, slots=True)
class InMemoryClientRepository:
    organizations: Mapping[OrganizationId, Organization] = field(default_factory=dict)
    store: MutableMapping[ClientPk, OAuthClient] = field(default_factory=dict)

    def add(self, client: OAuthClient, *, within: Reach) -> None:
        within.require(client.org_id)
        self.store[client.id] = client

    def find(self, client_id: str) -> OAuthClient | None:
        for client in self.store.values():
            if client.client_id == client_id and client.is_active and self._is_open(client):
                return client
        return None

    def get(self, client_pk: ClientPk, *, within: Reach) -> OAuthClient:
        client = self.store.get(client_pk)
        if client is None or not within.covers(client.org_id):
            raise ClientNotFound
        return client

    def get_for_update(self, client_pk: ClientPk, *, within: Reach) -> OAuthClient:
        return self.get(client_pk, within=within)

    def save(self, client: OAuthClient, *, within: Reach) -> None:
        within.require(client.org_id)
        self.store[client.id] = client

    def note_use(self, client_pk: ClientPk, *, at: datetime, within: Reach) -> None:
        client = self.store.get(client_pk)
        if client is not None and within.covers(client.org_id):
            self.store[client_pk] = replace(client, last_used_at=at)

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        found = (client for client in self.store.values() if client.client_id in client_ids)
        return {client.client_id: client.terms.name for client in found}

    def page_of(self, request: PageRequest, *, within: Reach) -> Page[OAuthClient]:
        clients = (client for client in self.store.values() if within.covers(client.org_id))
        return page_in_memory(clients, request, CLIENTS)

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, within: Reach
    ) -> Page[OAuthClient]:
        visible = (client for client in self.store.values() if within.covers(client.org_id))
        clients = (client for client in visible if client.org_id == org_id and client.is_active)
        return page_in_memory(clients, request, SERVICE_CLIENTS)

    def _is_open(self, client: OAuthClient) -> bool:
        return client.org_id is None or self.organizations[client.org_id].is_open


@dataclass(frozen=True, slots=True)
class InMemoryConsentRepository:
    clients: MutableMapping[ClientPk, OAuthClient] = field(default_factory=dict)
    store: MutableMapping[tuple[UserId, ClientPk], Consent] = field(default_factory=dict)

    def find(self, user_id: UserId, client_pk: ClientPk) -> Consent | None:
        return self.store.get((user_id, client_pk))

    def keep(self, consent: Consent) -> None:
        self.store[consent.user_id, consent.client_pk] = consent

    def for_user(self, user_id: UserId) -> list[tuple[Consent, OAuthClient]]:
        mine = [consent for consent in self.store.values() if consent.user_id == user_id]
        mine.sort(key=lambda consent: (consent.given_at, consent.client_pk))
        return [(consent, self.clients[consent.client_pk]) for consent in mine]

    def remove(self, user_id: UserId, client_pk: ClientPk) -> bool:
        return self.store.pop((user_id, client_pk), None) is not None
