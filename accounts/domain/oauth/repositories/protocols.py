"""Repository protocols of the OAuth provider."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, Protocol
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
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope

CLIENTS: Final = Keyset("clients", {"created_at": datetime, "id": UUID})
CONSENTS: Final = Keyset("consents", {"given_at": datetime, "client_id": UUID})
SERVICE_CLIENTS: Final = Keyset("service-clients", {"created_at": datetime, "id": UUID})


class ClientRepository(Protocol):
    def add(self, client: OAuthClient, *, scope: TenantScope) -> None:
        """Save a new client."""

    def find(self, client_id: str) -> OAuthClient | None:
        """The client with this identifier; None if it is inactive or its organization is suspended."""

    def get(self, client_pk: ClientPk, *, scope: TenantScope) -> OAuthClient:
        """The client, active or not. Raises ClientNotFound if the scope has no such client."""

    def get_for_update(self, client_pk: ClientPk, *, scope: TenantScope) -> OAuthClient:
        """Like get, and locked until the unit of work ends."""

    def save(self, client: OAuthClient, *, scope: TenantScope) -> None:
        """Replace the stored client."""

    def save_described(self, client: OAuthClient, *, scope: TenantScope) -> bool:
        """Save a client with a metadata document, and return whether it is new.

        Of one that is not new, the terms change; whether it is active stays as it is.
        """

    def note_use(self, client_pk: ClientPk, *, at: datetime, scope: TenantScope) -> None:
        """Save when the client was last used, if the scope covers it."""

    def allowed_origins(self, *, at: datetime) -> frozenset[str]:
        """The allowed origins of all clients that are live then, without those of suspended organizations."""

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        """The names of these clients, active or not, by their identifiers, for users who are signed in with them."""

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[OAuthClient]:
        """The clients in the scope, oldest first; the id breaks ties."""

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[OAuthClient]:
        """The active clients of an organization, oldest first; the id breaks ties."""


class ConsentRepository(Protocol):
    def find(self, user_id: UserId, client_pk: ClientPk) -> Consent | None:
        """The consent of the user to the client."""

    def save(self, consent: Consent) -> None:
        """Save a consent, new or in place of the stored one of the same user and client."""

    def page_for_user(
        self, user_id: UserId, request: PageRequest
    ) -> Page[tuple[Consent, OAuthClient]]:
        """The consents of the user and their clients, oldest first; the client's id breaks ties."""

    def remove(self, user_id: UserId, client_pk: ClientPk) -> bool:
        """Delete the consent. Return whether there was one."""


class AuthorizationCodeRepository(Protocol):
    def add(self, code: AuthorizationCode) -> None:
        """Save a new code."""

    def find_for_update(self, code_hash: str) -> AuthorizationCode | None:
        """The code with this hash, locked until the unit of work ends."""

    def save(self, code: AuthorizationCode) -> None:
        """Save whether the code was used; nothing else about it changes."""

    def remove_pending(self, user_id: UserId, client_pk: ClientPk | None = None) -> None:
        """Delete the unused codes of the user, or only those for this client."""

    def remove_all_pending(self) -> None:
        """Delete the unused codes of all users."""

    def remove_pending_in(self, browser_id: SessionId) -> None:
        """Delete the unused codes that were issued in this browser session."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete codes that expired before then. Return how many."""


class DeviceCodeRepository(Protocol):
    def add(self, code: DeviceCode) -> None:
        """Save a new device code."""

    def find_for_update(self, code_hash: str) -> DeviceCode | None:
        """The device with this device code, locked until the unit of work ends."""

    def find_by_user_code(self, user_code_hash: str) -> DeviceCode | None:
        """The device with this user code."""

    def save(self, code: DeviceCode) -> None:
        """Replace the stored device."""

    def remove(self, code_hash: str) -> None:
        """Delete the device code."""

    def remove_pending(self, user_id: UserId, client_pk: ClientPk | None = None) -> None:
        """Delete the devices on which the user has decided, or only those of this client."""

    def remove_all_pending(self) -> None:
        """Delete the devices on which a user has decided."""

    def remove_pending_in(self, browser_id: SessionId) -> None:
        """Delete the devices on which was decided in this browser session."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete device codes that expired before then. Return how many."""


class PushedRequestRepository(Protocol):
    def add(self, request: PushedRequest) -> None:
        """Save a pushed request."""

    def find(self, request_hash: str, client_pk: ClientPk) -> PushedRequest | None:
        """The pushed request of this client with this hash."""

    def save(self, request: PushedRequest) -> None:
        """Save whether the request was opened, and when it expires."""

    def remove(self, request_hash: str) -> bool:
        """Delete the request. Return whether it existed; of several concurrent callers, one gets True."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete requests that expired before then. Return how many."""


class PreAuthorizedCodeRepository(Protocol):
    def add(self, code: PreAuthorizedCode) -> None:
        """Save a new code."""

    def find(self, code_hash: str) -> PreAuthorizedCode | None:
        """The code with this hash."""

    def find_for_update(self, code_hash: str) -> PreAuthorizedCode | None:
        """The code with this hash, locked until the unit of work ends."""

    def save(self, code: PreAuthorizedCode) -> None:
        """Save how many wrong PINs were sent, and whether the code was used; nothing else about it changes."""

    def remove_pending(self, user_id: UserId, credential_id: UUID | None = None) -> None:
        """Delete the unused codes of the user, or only those for this credential."""

    def remove_all_pending(self) -> None:
        """Delete the unused codes of all users."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete codes that expired before then. Return how many."""
