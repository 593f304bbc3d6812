"""Where clients are kept, and what people have agreed to let them do."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.entities import (
    ClientPk,
    Consent,
    OAuthClient,
    OrganizationId,
    UserId,
)
from authsvc.kernel.pages import Keyset, Page, PageRequest
from authsvc.kernel.reach import Reach

CLIENTS: Final = Keyset("clients", {"created_at": datetime, "id": UUID})
SERVICE_CLIENTS: Final = Keyset("service-clients", {"created_at": datetime, "id": UUID})


class ClientRepository(Protocol):
    def add(self, client: OAuthClient, *, within: Reach) -> None:
        """Keep a new client."""

    def find(self, client_id: str) -> OAuthClient | None:
        """The client with this public id; None when it is not active, or its organization is not open."""

    def get(self, client_pk: ClientPk, *, within: Reach) -> OAuthClient:
        """Raise ClientNotFound when there is none in view; one that is not active is there."""

    def get_for_update(self, client_pk: ClientPk, *, within: Reach) -> OAuthClient:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, client: OAuthClient, *, within: Reach) -> None:
        """Replace the kept client."""

    def note_use(self, client_pk: ClientPk, *, at: datetime, within: Reach) -> None:
        """Keep when it was used last, if it is in view."""

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        """The name of each of these clients, active or not, by its public id, for who is signed in with it."""

    def page_of(self, request: PageRequest, *, within: Reach) -> Page[OAuthClient]:
        """Those in view, oldest first; the id breaks ties."""

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, within: Reach
    ) -> Page[OAuthClient]:
        """The active ones of an organization, oldest first; the id breaks ties."""


class ConsentRepository(Protocol):
    def find(self, user_id: UserId, client_pk: ClientPk) -> Consent | None:
        """What the user has let the client do."""

    def keep(self, consent: Consent) -> None:
        """Keep what a user lets a client do, in place of what he did before."""

    def for_user(self, user_id: UserId) -> list[tuple[Consent, OAuthClient]]:
        """What the user has let clients do, that given first first; the client's id breaks ties."""

    def remove(self, user_id: UserId, client_pk: ClientPk) -> bool:
        """Forget it; answer whether there was any."""
