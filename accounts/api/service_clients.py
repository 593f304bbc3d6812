"""Service clients: programs that act for an organization.

Operations that answer with a secret are not idempotent, because a stored answer would contain it.
"""

from http import HTTPStatus

from accounts.api.organization_serializers import (
    NewServiceClientSerializer,
    RegisterServiceClientRequestSerializer,
    RenewSecretRequestSerializer,
    ServiceClientSerializer,
)
from accounts.domain.access import ClientPk, OrganizationId, Principal, Right, Scope
from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.oauth.entities.clients import OAuthClient, RegisteredClient
from accounts.domain.oauth.errors import (
    ClientNotFound,
    SecretsOverlap,
    UnsuitableClient,
    UnsuitableExpiry,
)
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest

OWNERS = Access(Whose.HELD, Right.MANAGE_CLIENTS)


class ServiceClientListView(ApiView):
    @operation(
        name="listServiceClients",
        summary="List the service clients of an organization, oldest first",
        access=OWNERS,
        scope=Scope.ORGS_READ,
        page_of=ServiceClientSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(self, org_id: OrganizationId, *, page: PageRequest, by: Principal) -> Page[OAuthClient]:
        return services().service_clients.page_of(org_id, page, by=by)

    @operation(
        name="registerServiceClient",
        summary="Register a service client; its secret is shown only once",
        access=OWNERS,
        scope=Scope.ORGS_WRITE,
        body=RegisterServiceClientRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=NewServiceClientSerializer,
        errors=(
            OrganizationNotFound,
            OrganizationSuspended,
            VerifiedEmailNeeded,
            UnsuitableClient,
            UnsuitableExpiry,
        ),
        needs_recent_sign_in=True,
    )
    def post(self, org_id: OrganizationId, *, body: Members, by: Principal) -> RegisteredClient:
        return services().service_clients.register(
            org_id,
            name=body["name"],
            scopes=body["scopes"],
            expires_at=body["expires_at"],
            by=by,
        )


class ServiceClientView(ApiView):
    @operation(
        name="removeServiceClient",
        summary="Remove a service client and revoke its tokens",
        access=OWNERS,
        scope=Scope.ORGS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(OrganizationNotFound, OrganizationSuspended, ClientNotFound),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def delete(self, org_id: OrganizationId, client_id: ClientPk, *, by: Principal) -> None:
        services().service_clients.remove(org_id, client_id, by=by)


class RenewSecretView(ApiView):
    @operation(
        name="renewServiceClientSecret",
        summary="Replace the secret of a service client; the new one is shown only once",
        access=OWNERS,
        scope=Scope.ORGS_WRITE,
        body=RenewSecretRequestSerializer,
        answer=NewServiceClientSerializer,
        errors=(
            OrganizationNotFound,
            OrganizationSuspended,
            ClientNotFound,
            UnsuitableExpiry,
            SecretsOverlap,
        ),
        needs_recent_sign_in=True,
    )
    def post(
        self, org_id: OrganizationId, client_id: ClientPk, *, body: Members, by: Principal
    ) -> RegisteredClient:
        return services().service_clients.renew_secret(
            org_id, client_id, former_until=body["former_secret_expires_at"], by=by
        )
