"""Programs that act for an organization, over HTTP.

What answers with a secret is not kept in the request ledger, and so takes no Idempotency-Key.
"""

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_serializers import (
    NewServiceClientSerializer,
    RegisterServiceClientRequestSerializer,
    ServiceClientSerializer,
)
from accounts.domain.entities import ClientPk, OrganizationId, Right, Scope
from accounts.domain.errors import (
    ClientNotFound,
    NotPermitted,
    OrganizationNotFound,
    OrganizationSuspended,
    UnsuitableClient,
    UnsuitableExpiry,
)
from authsvc.actors import principal_of
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import ApiView, body_of, json_of, page_request_of, page_response
from authsvc.container import services

OWNERS = Access(Whose.HELD, Right.MANAGE_CLIENTS)


class ServiceClientListView(ApiView):
    required_scopes = {"GET": Scope.ORGS_READ, "POST": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="listServiceClients",
            access=OWNERS,
            summary="The programs that act for an organization, oldest first",
            page_of=ServiceClientSerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request, org_id: UUID) -> Response:
        page = services().service_clients.page_of(
            OrganizationId(org_id), page_request_of(request), by=principal_of(request)
        )
        return page_response(page, ServiceClientSerializer)

    @describes(
        Operation(
            name="registerServiceClient",
            access=OWNERS,
            summary="Register a program that acts for an organization; its secret is shown this once",
            body=RegisterServiceClientRequestSerializer,
            status=status.HTTP_201_CREATED,
            answer=NewServiceClientSerializer,
            refusals=(
                NotPermitted,
                OrganizationNotFound,
                OrganizationSuspended,
                UnsuitableClient,
                UnsuitableExpiry,
            ),
        )
    )
    def post(self, request: Request, org_id: UUID) -> Response:
        body = body_of(request, RegisterServiceClientRequestSerializer)
        registered = services().service_clients.register(
            OrganizationId(org_id),
            name=body["name"],
            scopes=body["scopes"],
            expires_at=body["expires_at"],
            by=principal_of(request),
        )
        shown = json_of(registered, NewServiceClientSerializer)
        return Response(shown, status=status.HTTP_201_CREATED)


class ServiceClientView(ApiView):
    required_scopes = {"DELETE": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="removeServiceClient",
            access=OWNERS,
            summary="Know a program no longer, and honour no token of it",
            status=status.HTTP_204_NO_CONTENT,
            refusals=(NotPermitted, OrganizationNotFound, OrganizationSuspended, ClientNotFound),
        )
    )
    def delete(self, request: Request, org_id: UUID, client_id: UUID) -> Response:
        services().service_clients.remove(
            OrganizationId(org_id), ClientPk(client_id), by=principal_of(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class RenewSecretView(ApiView):
    required_scopes = {"POST": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="renewServiceClientSecret",
            access=OWNERS,
            summary="Another secret in the place of the old one, shown this once",
            answer=NewServiceClientSerializer,
            refusals=(NotPermitted, OrganizationNotFound, OrganizationSuspended, ClientNotFound),
        )
    )
    def post(self, request: Request, org_id: UUID, client_id: UUID) -> Response:
        renewed = services().service_clients.renew_secret(
            OrganizationId(org_id), ClientPk(client_id), by=principal_of(request)
        )
        return Response(json_of(renewed, NewServiceClientSerializer))
