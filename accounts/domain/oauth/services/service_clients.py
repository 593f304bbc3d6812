"""Service clients: clients that act for an organization."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from accounts.domain.access import ClientPk, GrantType, OrganizationId, Principal, Right
from accounts.domain.audit.entities import SubjectType
from accounts.domain.identity.services.users import EmailService
from accounts.domain.oauth.entities.clients import ClientTerms, OAuthClient, RegisteredClient
from accounts.domain.oauth.errors import ClientNotFound, UnsuitableExpiry
from accounts.domain.oauth.repositories.protocols import ClientRepository
from accounts.domain.oauth.services.clients import ClientService
from accounts.domain.organizations.repositories.protocols import OrganizationRepository
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork

LONGEST_LIFE: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClientService:
    """Raises OrganizationNotFound when the caller cannot see the organization, NotPermitted unless they are an owner.

    A service client uses the client credentials grant, has the scopes that it was given, and expires.
    """

    clients: ClientRepository
    organizations: OrganizationRepository
    registrar: ClientService
    emails: EmailService
    tenant_access: TenantAccess
    unit_of_work: UnitOfWork
    clock: Clock

    def register(
        self,
        org_id: OrganizationId,
        *,
        name: str,
        scopes: Collection[str],
        expires_at: datetime,
        by: Principal,
    ) -> RegisteredClient:
        """A new client and its secret, which is shown once.

        The client can send mail for the organization, so its owner must have verified their own address.
        Raises OrganizationSuspended, VerifiedEmailNeeded, UnsuitableClient, UnsuitableExpiry.
        """
        with self.unit_of_work.atomic():
            self.organizations.get_for_update(org_id, scope=by.tenant_scope).require_open()
            by.require(Right.MANAGE_CLIENTS, of=org_id)
            self.emails.require_verified(by)
            self._require_suitable(expires_at)
            terms = ClientTerms(
                name=name,
                is_public=False,
                allowed_scopes=frozenset(scopes),
                grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
            )
            return self.registrar.register(terms, org_id=org_id, expires_at=expires_at, by=by)

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[OAuthClient]:
        """Oldest first; the id breaks ties."""
        with self.unit_of_work.atomic():
            self.organizations.get(org_id, scope=by.tenant_scope)
            by.require(Right.MANAGE_CLIENTS, of=org_id)
            self.tenant_access.record_access(org_id, at=SubjectType.CLIENT, subject_id="all", by=by)
            return self.clients.page_for_organization(org_id, request, scope=by.tenant_scope)

    def renew_secret(
        self,
        org_id: OrganizationId | None,
        client_pk: ClientPk,
        *,
        former_until: datetime | None = None,
        reason: str = "",
        by: Principal,
    ) -> RegisteredClient:
        """A new secret, shown once; the former one ends at *former_until*, or at once.

        A client of the platform has no organization.
        Raises ClientNotFound, OrganizationSuspended, UnsuitableExpiry, SecretsOverlap.
        """
        with self.unit_of_work.atomic():
            if org_id is not None:
                self._require_manageable(org_id, client_pk, by)
            return self.registrar.renew_secret(
                client_pk, former_until=former_until, reason=reason, by=by
            )

    def remove(
        self, org_id: OrganizationId, client_pk: ClientPk, *, reason: str = "", by: Principal
    ) -> None:
        """Remove the client and revoke its tokens. Raises ClientNotFound, OrganizationSuspended."""
        with self.unit_of_work.atomic():
            self._require_manageable(org_id, client_pk, by)
            self.registrar.remove(client_pk, reason=reason, by=by)

    def _require_manageable(
        self, org_id: OrganizationId, client_pk: ClientPk, by: Principal
    ) -> None:
        self.organizations.get_for_update(org_id, scope=by.tenant_scope).require_open()
        by.require(Right.MANAGE_CLIENTS, of=org_id)
        client = self.clients.get(client_pk, scope=by.tenant_scope)
        if client.org_id != org_id or not client.is_active:
            raise ClientNotFound

    def _require_suitable(self, expires_at: datetime) -> None:
        now = self.clock.now()
        if not now < expires_at <= now + LONGEST_LIFE:
            field_error = FieldError(path="expires_at", detail=UnsuitableExpiry.title)
            raise UnsuitableExpiry(field_error, most_days=LONGEST_LIFE.days)
