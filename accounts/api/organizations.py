"""Organizations over HTTP."""

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_serializers import (
    ChangeOrganizationRequestSerializer,
    CreateOrganizationRequestSerializer,
    OrganizationSerializer,
    SuspendRequestSerializer,
)
from accounts.domain.entities import OrganizationId, OrgRole, OwnOrganization, Plan, Right, Scope
from accounts.domain.errors import (
    NotPermitted,
    OrganizationNotFound,
    OrganizationSlugTaken,
    OrganizationSuspended,
    PersonNeeded,
    UnsuitableOrganization,
)
from authsvc.actors import principal_of
from authsvc.api.idempotency import idempotent
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import ApiView, body_of, json_of, page_request_of, page_response
from authsvc.container import services


class OrganizationListView(ApiView):
    required_scopes = {"GET": Scope.ORGS_READ, "POST": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="listOrganizations",
            access=Access(Whose.ONESELF),
            summary="My organizations, suspended ones too; all of them, for who manages the platform",
            page_of=OrganizationSerializer,
        )
    )
    def get(self, request: Request) -> Response:
        page = services().organizations.page_of(page_request_of(request), by=principal_of(request))
        return page_response(page, OrganizationSerializer)

    @describes(
        Operation(
            name="createOrganization",
            access=Access(Whose.ONESELF),
            summary="Found an organization and become its owner",
            body=CreateOrganizationRequestSerializer,
            status=status.HTTP_201_CREATED,
            answer=OrganizationSerializer,
            refusals=(PersonNeeded, UnsuitableOrganization, OrganizationSlugTaken),
        )
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = body_of(request, CreateOrganizationRequestSerializer)
        created = services().organizations.create(
            name=body["name"], slug=body["slug"], by=principal_of(request)
        )
        own = OwnOrganization(organization=created, role=OrgRole.OWNER)
        return Response(json_of(own, OrganizationSerializer), status=status.HTTP_201_CREATED)


class OrganizationView(ApiView):
    required_scopes = {
        "GET": Scope.ORGS_READ,
        "PATCH": Scope.ORGS_WRITE,
        "DELETE": Scope.ORGS_WRITE,
    }

    @describes(
        Operation(
            name="getOrganization",
            access=Access(Whose.SEEN),
            summary="An organization that I am in",
            answer=OrganizationSerializer,
            refusals=(OrganizationNotFound,),
        )
    )
    def get(self, request: Request, org_id: UUID) -> Response:
        own = services().organizations.get(OrganizationId(org_id), by=principal_of(request))
        return Response(json_of(own, OrganizationSerializer))

    @describes(
        Operation(
            name="changeOrganization",
            access=Access(Whose.HELD, Right.EDIT_ORGANIZATION),
            summary="Give an organization another name",
            body=ChangeOrganizationRequestSerializer,
            answer=OrganizationSerializer,
            refusals=(
                NotPermitted,
                OrganizationNotFound,
                OrganizationSuspended,
                UnsuitableOrganization,
            ),
        )
    )
    def patch(self, request: Request, org_id: UUID) -> Response:
        body, by = body_of(request, ChangeOrganizationRequestSerializer), principal_of(request)
        edited = services().organizations.edit(
            OrganizationId(org_id),
            name=body["name"],
            plan=None if body["plan"] is None else Plan(body["plan"]),
            by=by,
        )
        own = OwnOrganization(organization=edited, role=by.memberships.get(edited.id))
        return Response(json_of(own, OrganizationSerializer))

    @describes(
        Operation(
            name="deleteOrganization",
            access=Access(Whose.HELD, Right.DELETE_ORGANIZATION),
            summary="Close an organization for good; what learners have earned stays theirs to show",
            status=status.HTTP_204_NO_CONTENT,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def delete(self, request: Request, org_id: UUID) -> Response:
        services().organizations.delete(OrganizationId(org_id), by=principal_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SuspendOrganizationView(ApiView):
    required_scopes = {"POST": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="suspendOrganization",
            access=Access(Whose.HELD, Right.MANAGE_ORGANIZATIONS),
            summary="Close an organization at once to everybody in it, until it is reopened",
            body=SuspendRequestSerializer,
            answer=OrganizationSerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    @idempotent
    def post(self, request: Request, org_id: UUID) -> Response:
        body, by = body_of(request, SuspendRequestSerializer), principal_of(request)
        suspended = services().organizations.suspend(
            OrganizationId(org_id), reason=body["reason"], by=by
        )
        own = OwnOrganization(organization=suspended, role=by.memberships.get(suspended.id))
        return Response(json_of(own, OrganizationSerializer))


class ReopenOrganizationView(ApiView):
    required_scopes = {"POST": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="reopenOrganization",
            access=Access(Whose.HELD, Right.MANAGE_ORGANIZATIONS),
            summary="Open a suspended organization as it was",
            answer=OrganizationSerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    @idempotent
    def post(self, request: Request, org_id: UUID) -> Response:
        by = principal_of(request)
        reopened = services().organizations.reopen(OrganizationId(org_id), by=by)
        own = OwnOrganization(organization=reopened, role=by.memberships.get(reopened.id))
        return Response(json_of(own, OrganizationSerializer))
