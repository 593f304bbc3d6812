"""Clients and consents in dicts."""

from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import ClientPk, Consent, OAuthClient, UserId
from accounts.domain.errors import ClientNotFound
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, page_of


@dataclass(frozen=True, slots=True)
class InMemoryClientRepository:
    store: MutableMapping[ClientPk, OAuthClient] = field(default_factory=dict)

    def add(self, client: OAuthClient) -> None:
        self.store[client.id] = client

    def find(self, client_id: str) -> OAuthClient | None:
        for client in self.store.values():
            if client.client_id == client_id and client.is_active:
                return client
        return None

    def get(self, client_pk: ClientPk) -> OAuthClient:
        try:
            return self.store[client_pk]
        except KeyError:
            raise ClientNotFound from None

    def get_for_update(self, client_pk: ClientPk) -> OAuthClient:
        return self.get(client_pk)

    def save(self, client: OAuthClient) -> None:
        self.store[client.id] = client

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        found = (client for client in self.store.values() if client.client_id in client_ids)
        return {client.client_id: client.terms.name for client in found}

    def page_of(self, request: PageRequest) -> Page[OAuthClient]:
        found = sorted(self.store.values(), key=_age)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [client for client in found if _age(client) > after]
        return page_of(found, request, key=_age)


@dataclass(frozen=True, slots=True)
class InMemoryConsentRepository:
    clients: InMemoryClientRepository
    store: MutableMapping[tuple[UserId, ClientPk], Consent] = field(default_factory=dict)

    def find(self, user_id: UserId, client_pk: ClientPk) -> Consent | None:
        return self.store.get((user_id, client_pk))

    def keep(self, consent: Consent) -> None:
        self.store[consent.user_id, consent.client_pk] = consent

    def for_user(self, user_id: UserId) -> list[tuple[Consent, OAuthClient]]:
        mine = [consent for consent in self.store.values() if consent.user_id == user_id]
        mine.sort(key=lambda consent: (consent.given_at, consent.client_pk))
        return [(consent, self.clients.get(consent.client_pk)) for consent in mine]

    def remove(self, user_id: UserId, client_pk: ClientPk) -> bool:
        return self.store.pop((user_id, client_pk), None) is not None


def _age(client: OAuthClient) -> tuple[datetime, ClientPk]:
    return client.created_at, client.id
