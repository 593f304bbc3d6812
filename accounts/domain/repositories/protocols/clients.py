"""Where clients are kept, and what people have agreed to let them do."""

from collections.abc import Collection, Mapping
from typing import Protocol

from accounts.domain.entities import ClientPk, Consent, OAuthClient, UserId
from authsvc.kernel.pages import Page, PageRequest


class ClientRepository(Protocol):
    def add(self, client: OAuthClient) -> None:
        """Keep a new client."""

    def find(self, client_id: str) -> OAuthClient | None:
        """The client with this public id; None when it is not active."""

    def get(self, client_pk: ClientPk) -> OAuthClient:
        """Raise ClientNotFound when there is none; one that is not active is there."""

    def get_for_update(self, client_pk: ClientPk) -> OAuthClient:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, client: OAuthClient) -> None:
        """Replace the kept client."""

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        """The name of each of these clients, active or not, by its public id."""

    def page_of(self, request: PageRequest) -> Page[OAuthClient]:
        """Oldest first; the id breaks ties."""


class ConsentRepository(Protocol):
    def find(self, user_id: UserId, client_pk: ClientPk) -> Consent | None:
        """What the user has let the client do."""

    def keep(self, consent: Consent) -> None:
        """Keep what a user lets a client do, in place of what he did before."""

    def for_user(self, user_id: UserId) -> list[tuple[Consent, OAuthClient]]:
        """What the user has let clients do, that given first first; the client's id breaks ties."""

    def remove(self, user_id: UserId, client_pk: ClientPk) -> bool:
        """Forget it; answer whether there was any."""
