"""Who belongs to an organization, over HTTP."""

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organization_serializers import (
    AcceptRequestSerializer,
    AddMemberRequestSerializer,
    ChangeMemberRequestSerializer,
    InvitationSerializer,
    InviteRequestSerializer,
    ListResultSerializer,
    ListResultsSerializer,
    MemberSerializer,
    MembershipSerializer,
    OrganizationSerializer,
)
from accounts.domain.entities import InvitationId, OrganizationId, OrgRole, Right, Scope, UserId
from accounts.domain.errors import (
    AlreadyMember,
    InvalidMemberList,
    InvitationNotFound,
    LastOwner,
    MemberNotFound,
    NotPermitted,
    OrganizationNotFound,
    OrganizationSuspended,
    PersonNeeded,
    UserNotFound,
)
from authsvc.actors import principal_of
from authsvc.api.idempotency import idempotent
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.parsers import CsvParser
from authsvc.api.views import ApiView, body_of, json_of, page_request_of, page_response, text_of
from authsvc.container import services


class MemberListView(ApiView):
    required_scopes = {"GET": Scope.ORGS_READ, "POST": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="listMembers",
            access=Access(Whose.HELD, Right.SEE_MEMBERS),
            summary="Who is in an organization, in the order of joining",
            page_of=MemberSerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request, org_id: UUID) -> Response:
        page = services().members.page_of(
            OrganizationId(org_id), page_request_of(request), by=principal_of(request)
        )
        return page_response(page, MemberSerializer)

    @describes(
        Operation(
            name="addMember",
            access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
            summary="Take a person in, as a learner; in any other role, if I may assign roles",
            body=AddMemberRequestSerializer,
            status=status.HTTP_201_CREATED,
            answer=MembershipSerializer,
            refusals=(
                NotPermitted,
                OrganizationNotFound,
                OrganizationSuspended,
                UserNotFound,
                AlreadyMember,
            ),
        )
    )
    @idempotent
    def post(self, request: Request, org_id: UUID) -> Response:
        body = body_of(request, AddMemberRequestSerializer)
        membership = services().members.add(
            OrganizationId(org_id),
            UserId(body["user_id"]),
            role=OrgRole(body["role"]),
            by=principal_of(request),
        )
        return Response(json_of(membership, MembershipSerializer), status=status.HTTP_201_CREATED)


class MemberView(ApiView):
    required_scopes = {"PATCH": Scope.ORGS_WRITE, "DELETE": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="changeMember",
            access=Access(Whose.HELD, Right.ASSIGN_ROLES),
            summary="Give a member another role",
            body=ChangeMemberRequestSerializer,
            answer=MembershipSerializer,
            refusals=(
                NotPermitted,
                OrganizationNotFound,
                OrganizationSuspended,
                MemberNotFound,
                LastOwner,
            ),
        )
    )
    def patch(self, request: Request, org_id: UUID, user_id: UUID) -> Response:
        membership = services().members.assign(
            OrganizationId(org_id),
            UserId(user_id),
            role=OrgRole(body_of(request, ChangeMemberRequestSerializer)["role"]),
            by=principal_of(request),
        )
        return Response(json_of(membership, MembershipSerializer))

    @describes(
        Operation(
            name="removeMember",
            access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
            summary="Send a member away, or leave oneself, which takes no right",
            status=status.HTTP_204_NO_CONTENT,
            refusals=(
                NotPermitted,
                OrganizationNotFound,
                OrganizationSuspended,
                MemberNotFound,
                LastOwner,
            ),
        )
    )
    def delete(self, request: Request, org_id: UUID, user_id: UUID) -> Response:
        services().members.remove(OrganizationId(org_id), UserId(user_id), by=principal_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MemberImportView(ApiView):
    required_scopes = {"POST": Scope.ORGS_WRITE}
    parser_classes = (CsvParser,)

    @describes(
        Operation(
            name="importMembers",
            access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
            summary="Invite everybody on a list in CSV under the heading email,role; or, if a row is wrong, nobody",
            body={CsvParser.media_type: {"type": "string"}},
            answer=ListResultsSerializer,
            refusals=(
                NotPermitted,
                OrganizationNotFound,
                OrganizationSuspended,
                InvalidMemberList,
            ),
        )
    )
    @idempotent
    def post(self, request: Request, org_id: UUID) -> Response:
        results = services().member_lists.take_in(
            OrganizationId(org_id), text_of(request), by=principal_of(request)
        )
        return Response({"items": [json_of(each, ListResultSerializer) for each in results]})


class InvitationListView(ApiView):
    required_scopes = {"GET": Scope.ORGS_READ, "POST": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="listInvitations",
            access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
            summary="Who was invited and has not answered, oldest first",
            page_of=InvitationSerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request, org_id: UUID) -> Response:
        page = services().invitations.page_of(
            OrganizationId(org_id), page_request_of(request), by=principal_of(request)
        )
        return page_response(page, InvitationSerializer)

    @describes(
        Operation(
            name="invite",
            access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
            summary="Mail an invitation that is good for a week, in place of any before it",
            body=InviteRequestSerializer,
            status=status.HTTP_201_CREATED,
            answer=InvitationSerializer,
            refusals=(NotPermitted, OrganizationNotFound, OrganizationSuspended, AlreadyMember),
        )
    )
    @idempotent
    def post(self, request: Request, org_id: UUID) -> Response:
        body = body_of(request, InviteRequestSerializer)
        invitation = services().invitations.invite(
            OrganizationId(org_id),
            email=body["email"],
            role=OrgRole(body["role"]),
            by=principal_of(request),
        )
        return Response(json_of(invitation, InvitationSerializer), status=status.HTTP_201_CREATED)


class InvitationView(ApiView):
    required_scopes = {"DELETE": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="takeInvitationBack",
            access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
            summary="Take an invitation back",
            status=status.HTTP_204_NO_CONTENT,
            refusals=(
                NotPermitted,
                OrganizationNotFound,
                OrganizationSuspended,
                InvitationNotFound,
            ),
        )
    )
    def delete(self, request: Request, org_id: UUID, invitation_id: UUID) -> Response:
        services().invitations.take_back(
            OrganizationId(org_id), InvitationId(invitation_id), by=principal_of(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class AcceptInvitationView(ApiView):
    required_scopes = {"POST": Scope.ORGS_WRITE}

    @describes(
        Operation(
            name="acceptInvitation",
            access=Access(Whose.ONESELF),
            summary="Join the organization that I was invited to",
            body=AcceptRequestSerializer,
            answer=OrganizationSerializer,
            refusals=(PersonNeeded, InvitationNotFound, AlreadyMember),
        )
    )
    @idempotent
    def post(self, request: Request) -> Response:
        token = body_of(request, AcceptRequestSerializer)["token"]
        joined = services().invitations.accept(token, by=principal_of(request))
        return Response(json_of(joined, OrganizationSerializer))
