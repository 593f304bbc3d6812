"""Organizations."""

from http import HTTPStatus

from accounts.api.organization_serializers import (
    ChangeOrganizationRequestSerializer,
    CreateOrganizationRequestSerializer,
    OrganizationSerializer,
    SuspendRequestSerializer,
)
from accounts.domain.access import (
    NotPermitted,
    OrganizationId,
    OrgRole,
    Principal,
    Right,
    Scope,
)
from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.organizations.entities import (
    Organization,
    OrganizationChanges,
    OwnOrganization,
    Plan,
)
from accounts.domain.organizations.errors import (
    OrganizationLimit,
    OrganizationNotFound,
    OrganizationSlugTaken,
    OrganizationSuspended,
    UnsuitableOrganization,
)
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import Precondition


class OrganizationListView(ApiView):
    @operation(
        name="listOrganizations",
        summary="List the caller's organizations, suspended ones included; all of them for platform admins",
        access=Access(Whose.SEEN),
        scope=Scope.ORGS_READ,
        page_of=OrganizationSerializer,
    )
    def get(self, *, page: PageRequest, by: Principal) -> Page[OwnOrganization]:
        return services().organizations.page_of(page, by=by)

    @operation(
        name="createOrganization",
        summary="Create an organization and become its owner",
        access=Access(Whose.ONESELF),
        scope=Scope.ORGS_WRITE,
        body=CreateOrganizationRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=OrganizationSerializer,
        errors=(
            NotPermitted,
            VerifiedEmailNeeded,
            UnsuitableOrganization,
            OrganizationSlugTaken,
            OrganizationLimit,
        ),
        is_idempotent=True,
    )
    def post(self, *, body: Members, by: Principal) -> OwnOrganization:
        created = services().organizations.create(name=body["name"], slug=body["slug"], by=by)
        return OwnOrganization(organization=created, role=OrgRole.OWNER)


class OrganizationView(ApiView):
    @operation(
        name="getOrganization",
        summary="Get an organization of the caller",
        access=Access(Whose.SEEN),
        scope=Scope.ORGS_READ,
        answer=OrganizationSerializer,
        errors=(OrganizationNotFound,),
        has_etag=True,
    )
    def get(self, org_id: OrganizationId, *, by: Principal) -> OwnOrganization:
        return services().organizations.get(org_id, by=by)

    @operation(
        name="changeOrganization",
        summary="Rename an organization, or change its profile as an issuer of credentials",
        access=Access(Whose.HELD, Right.EDIT_ORGANIZATION),
        scope=Scope.ORGS_WRITE,
        body=ChangeOrganizationRequestSerializer,
        answer=OrganizationSerializer,
        errors=(OrganizationNotFound, OrganizationSuspended, UnsuitableOrganization),
        is_idempotent=True,
        has_etag=True,
    )
    def patch(
        self, org_id: OrganizationId, *, body: Members, if_match: Precondition, by: Principal
    ) -> OwnOrganization:
        changes = OrganizationChanges(
            name=body["name"],
            plan=None if body["plan"] is None else Plan(body["plan"]),
            url=body["url"],
            description=body["description"],
            image_url=body["image_url"],
        )
        edited = services().organizations.edit(org_id, changes, if_match=if_match, by=by)
        return _own(edited, by)

    @operation(
        name="deleteOrganization",
        summary="Delete an organization for good; learners keep the credentials they earned",
        access=Access(Whose.HELD, Right.DELETE_ORGANIZATION),
        scope=Scope.ORGS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(OrganizationNotFound,),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def delete(self, org_id: OrganizationId, *, by: Principal) -> None:
        services().organizations.delete(org_id, by=by)


class SuspendOrganizationView(ApiView):
    @operation(
        name="suspendOrganization",
        summary="Suspend an organization: none of its members has access until it is reopened",
        access=Access(Whose.HELD, Right.MANAGE_ORGANIZATIONS),
        scope=Scope.ORGS_WRITE,
        body=SuspendRequestSerializer,
        answer=OrganizationSerializer,
        errors=(OrganizationNotFound,),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, org_id: OrganizationId, *, body: Members, by: Principal) -> OwnOrganization:
        return _own(services().organizations.suspend(org_id, reason=body["reason"], by=by), by)


class ReopenOrganizationView(ApiView):
    @operation(
        name="reopenOrganization",
        summary="Reopen a suspended organization",
        access=Access(Whose.HELD, Right.MANAGE_ORGANIZATIONS),
        scope=Scope.ORGS_WRITE,
        answer=OrganizationSerializer,
        errors=(OrganizationNotFound,),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, org_id: OrganizationId, *, by: Principal) -> OwnOrganization:
        return _own(services().organizations.reopen(org_id, by=by), by)


def _own(organization: Organization, by: Principal) -> OwnOrganization:
    return OwnOrganization(organization=organization, role=by.memberships.get(organization.id))
