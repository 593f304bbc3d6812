"""Members of organizations and invitations to join."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from accounts.api.organization_serializers import (
    AcceptRequestSerializer,
    AddMemberRequestSerializer,
    ChangeMemberRequestSerializer,
    InvitationSerializer,
    InviteRequestSerializer,
    ListResultsSerializer,
    MemberSerializer,
    MembershipSerializer,
    OrganizationSerializer,
)
from accounts.api.serializers import PersonListQuerySerializer
from accounts.domain.access import (
    OrganizationId,
    OrgRole,
    Principal,
    Right,
    Scope,
    UserId,
)
from accounts.domain.identity.errors import (
    MailBudgetSpent,
    UnverifiedUser,
    UserNotFound,
    VerifiedEmailNeeded,
)
from accounts.domain.organizations.entities import (
    Invitation,
    InvitationId,
    Member,
    OrgMembership,
    OwnOrganization,
)
from accounts.domain.organizations.errors import (
    AlreadyMember,
    InvalidMemberList,
    InvitationNeeded,
    InvitationNotFound,
    LastOwner,
    MemberNotFound,
    OrganizationNotFound,
    OrganizationSuspended,
)
from accounts.domain.tasks.entities import Task
from accounts.domain.tasks.errors import TooManyTasks
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.parsers import CsvParser
from authsvc.http.reading import Members
from authsvc.http.rendering import Accepted
from authsvc.http.tasks import TaskSerializer, accepted
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import Precondition

MANAGERS = Access(Whose.HELD, Right.MANAGE_MEMBERS)


class MemberListView(ApiView):
    @operation(
        name="listMembers",
        summary="List the members of an organization, or those with a part of a name or address, by time of joining",
        access=Access(Whose.HELD, Right.SEE_MEMBERS),
        scope=Scope.ORGS_READ,
        query=PersonListQuerySerializer,
        page_of=MemberSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(
        self, org_id: OrganizationId, *, query: Members, page: PageRequest, by: Principal
    ) -> Page[Member]:
        return services().members.page_of(
            org_id, page, search=query["q"], changed_since=query["changed_since"], by=by
        )

    @operation(
        name="addMember",
        summary="Add a user who has verified their address, for platform admins; everyone else sends invitations",
        access=Access(Whose.HELD, Right.MANAGE_ORGANIZATIONS),
        scope=Scope.ORGS_WRITE,
        body=AddMemberRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=MembershipSerializer,
        errors=(
            OrganizationNotFound,
            OrganizationSuspended,
            InvitationNeeded,
            UserNotFound,
            UnverifiedUser,
            MailBudgetSpent,
            AlreadyMember,
        ),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, org_id: OrganizationId, *, body: Members, by: Principal) -> OrgMembership:
        user_id, role = UserId(body["user_id"]), OrgRole(body["role"])
        return services().members.add(org_id, user_id, role=role, by=by)


class MemberView(ApiView):
    @operation(
        name="getMember",
        summary="Get the role of a member",
        access=Access(Whose.HELD, Right.SEE_MEMBERS),
        scope=Scope.ORGS_READ,
        answer=MembershipSerializer,
        errors=(OrganizationNotFound, MemberNotFound),
        has_etag=True,
    )
    def get(self, org_id: OrganizationId, user_id: UserId, *, by: Principal) -> OrgMembership:
        return services().members.get(org_id, user_id, by=by)

    @operation(
        name="changeMember",
        summary="Change the role of a member",
        access=Access(Whose.HELD, Right.ASSIGN_ROLES),
        scope=Scope.ORGS_WRITE,
        body=ChangeMemberRequestSerializer,
        answer=MembershipSerializer,
        errors=(OrganizationNotFound, OrganizationSuspended, MemberNotFound, LastOwner),
        is_idempotent=True,
        has_etag=True,
        needs_recent_sign_in=True,
    )
    def patch(
        self,
        org_id: OrganizationId,
        user_id: UserId,
        *,
        body: Members,
        if_match: Precondition,
        by: Principal,
    ) -> OrgMembership:
        role = OrgRole(body["role"])
        return services().members.assign(org_id, user_id, role=role, if_match=if_match, by=by)

    @operation(
        name="removeMember",
        summary="Remove a member, or leave the organization, which needs no right",
        access=MANAGERS,
        scope=Scope.ORGS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(OrganizationNotFound, OrganizationSuspended, MemberNotFound, LastOwner),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def delete(self, org_id: OrganizationId, user_id: UserId, *, by: Principal) -> None:
        services().members.remove(org_id, user_id, by=by)


class MemberImportView(ApiView):
    parser_classes = (CsvParser,)

    @operation(
        name="importMembers",
        summary="Invite everyone in a CSV list with the headings email and role; an invalid row rejects the whole list",
        access=MANAGERS,
        is_expensive=True,
        scope=Scope.ORGS_WRITE,
        body={CsvParser.media_type: {"type": "string"}},
        answer=ListResultsSerializer,
        accepted=TaskSerializer,
        errors=(
            OrganizationNotFound,
            OrganizationSuspended,
            VerifiedEmailNeeded,
            MailBudgetSpent,
            InvalidMemberList,
            TooManyTasks,
        ),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(
        self, org_id: OrganizationId, *, body: Any, by: Principal
    ) -> Mapping[str, Any] | Accepted:
        text = body if isinstance(body, str) else ""  # without a body, DRF passes an empty mapping
        imported = services().member_list_tasks.import_list(org_id, text, by=by)
        return accepted(imported) if isinstance(imported, Task) else {"items": imported}


class InvitationListView(ApiView):
    @operation(
        name="listInvitations",
        summary="List pending invitations, oldest first",
        access=MANAGERS,
        scope=Scope.ORGS_READ,
        page_of=InvitationSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(self, org_id: OrganizationId, *, page: PageRequest, by: Principal) -> Page[Invitation]:
        return services().invitations.page_of(org_id, page, by=by)

    @operation(
        name="invite",
        summary="Mail an invitation valid for a week, which replaces any earlier one",
        access=MANAGERS,
        scope=Scope.ORGS_WRITE,
        body=InviteRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=InvitationSerializer,
        errors=(
            OrganizationNotFound,
            OrganizationSuspended,
            VerifiedEmailNeeded,
            MailBudgetSpent,
            AlreadyMember,
        ),
        is_idempotent=True,
    )
    def post(self, org_id: OrganizationId, *, body: Members, by: Principal) -> Invitation:
        role = OrgRole(body["role"])
        return services().invitations.invite(org_id, email=body["email"], role=role, by=by)


class InvitationView(ApiView):
    @operation(
        name="takeInvitationBack",
        summary="Cancel an invitation",
        access=MANAGERS,
        scope=Scope.ORGS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(OrganizationNotFound, OrganizationSuspended, InvitationNotFound),
        is_idempotent=True,
    )
    def delete(self, org_id: OrganizationId, invitation_id: InvitationId, *, by: Principal) -> None:
        services().invitations.cancel(org_id, invitation_id, by=by)


class AcceptInvitationView(ApiView):
    @operation(
        name="acceptInvitation",
        summary="Accept an invitation and join the organization",
        access=Access(Whose.ONESELF),
        scope=Scope.ORGS_WRITE,
        body=AcceptRequestSerializer,
        answer=OrganizationSerializer,
        errors=(InvitationNotFound, VerifiedEmailNeeded, AlreadyMember),
        is_idempotent=True,
    )
    def post(self, *, body: Members, by: Principal) -> OwnOrganization:
        return services().invitations.accept(body["token"], by=by)
