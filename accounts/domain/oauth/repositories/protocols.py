"""Repository protocols of the OAuth provider."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.access import ClientPk, OrganizationId, UserId
from accounts.domain.oauth.entities.authorizations import (
    AuthorizationCode,
    Consent,
    DeviceCode,
    PushedRequest,
)
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.entities.logouts import LogoutNotice, LogoutNoticeId
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope

CLIENTS: Final = Keyset("clients", {"created_at": datetime, "id": UUID})
SERVICE_CLIENTS: Final = Keyset("service-clients", {"created_at": datetime, "id": UUID})


class ClientRepository(Protocol):
    def add(self, client: OAuthClient, *, scope: TenantScope) -> None:
        """Keep a new client."""

    def find(self, client_id: str) -> OAuthClient | None:
        """The client with this public id; None when it is not active, or its organization is not open."""

    def get(self, client_pk: ClientPk, *, scope: TenantScope) -> OAuthClient:
        """Raise ClientNotFound when there is none in view; one that is not active is there."""

    def get_for_update(self, client_pk: ClientPk, *, scope: TenantScope) -> OAuthClient:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, client: OAuthClient, *, scope: TenantScope) -> None:
        """Replace the kept client."""

    def note_use(self, client_pk: ClientPk, *, at: datetime, scope: TenantScope) -> None:
        """Keep when it was used last, if it is in view."""

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        """The name of each of these clients, active or not, by its public id, for who is signed in with it."""

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[OAuthClient]:
        """Those in view, oldest first; the id breaks ties."""

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
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


class AuthorizationCodeRepository(Protocol):
    def add(self, code: AuthorizationCode) -> None:
        """Keep the trace of a new code."""

    def find_for_update(self, code_hash: str) -> AuthorizationCode | None:
        """The code with this hash, which nobody else may change until the unit of work ends."""

    def save(self, code: AuthorizationCode) -> None:
        """Keep whether the code was used; the rest was settled when it was made."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget codes that expired before then; answer how many."""


class DeviceCodeRepository(Protocol):
    def add(self, code: DeviceCode) -> None:
        """Keep a device that waits."""

    def find_for_update(self, code_hash: str) -> DeviceCode | None:
        """The device with this code, which nobody else may change until the unit of work ends."""

    def find_by_user_code(self, user_code_hash: str) -> DeviceCode | None:
        """The device for which a person types this code."""

    def save(self, code: DeviceCode) -> None:
        """Replace the kept device."""

    def remove(self, code_hash: str) -> None:
        """Forget the device."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget devices whose codes expired before then; answer how many."""


class PushedRequestRepository(Protocol):
    def add(self, request: PushedRequest) -> None:
        """Keep what a client has pushed."""

    def find(self, request_hash: str, client_pk: ClientPk) -> PushedRequest | None:
        """What this client has pushed under this hash."""

    def save(self, request: PushedRequest) -> None:
        """Keep that its browser has come, and until when its person has time."""

    def remove(self, request_hash: str) -> bool:
        """Forget it; answer whether it was still there: of several who ask at once, one is told so."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget requests that expired before then; answer how many."""


class LogoutNoticeRepository(Protocol):
    def add(self, notice: LogoutNotice) -> None:
        """Keep a new notice."""

    def due(self, *, at: datetime, limit: int) -> list[LogoutNotice]:
        """At most so many of those that are due, the oldest first; the id breaks ties."""

    def save(self, notice: LogoutNotice) -> None:
        """Keep when it is tried again, and how often it has failed."""

    def remove(self, notice_id: LogoutNoticeId) -> None:
        """Forget it, if it is still there."""
