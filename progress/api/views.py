"""Progress over HTTP."""

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import NotPermitted, OrganizationId, OrganizationNotFound, Right, Scope
from authsvc.actors import principal_of
from authsvc.api.idempotency import idempotent, ledger_entry_of
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import ApiView, json_of, page_request_of, page_response
from authsvc.container import services
from courses.public import CourseNotFound, CourseNotOpen, ItemId, ItemNotFound
from progress.api.serializers import EventSerializer, ProgressSerializer
from progress.domain.errors import (
    AlreadyCompleted,
    AlreadyEnrolled,
    AssessmentRequired,
    NotEnrolled,
    PrerequisitesMissing,
    ProgressNotFound,
)


class EnrollView(ApiView):
    required_scopes = {"POST": Scope.PROGRESS_WRITE}

    @describes(
        Operation(
            name="enroll",
            access=Access(Whose.LEARNED),
            summary="Enrol on a course, in the version that is published now",
            status=status.HTTP_201_CREATED,
            answer=ProgressSerializer,
            refusals=(CourseNotFound, CourseNotOpen, PrerequisitesMissing, AlreadyEnrolled),
        )
    )
    @idempotent
    def post(self, request: Request, course: str) -> Response:
        progress = services().learning.enroll(
            course, by=principal_of(request), idempotency_key=ledger_entry_of(request)
        )
        return Response(json_of(progress, ProgressSerializer), status=status.HTTP_201_CREATED)


class WithdrawView(ApiView):
    required_scopes = {"POST": Scope.PROGRESS_WRITE}

    @describes(
        Operation(
            name="withdraw",
            access=Access(Whose.LEARNED),
            summary="Leave a course; who comes back finds what he had done",
            answer=ProgressSerializer,
            refusals=(CourseNotFound, NotEnrolled, AlreadyCompleted),
        )
    )
    @idempotent
    def post(self, request: Request, course: str) -> Response:
        progress = services().learning.withdraw(
            course, by=principal_of(request), idempotency_key=ledger_entry_of(request)
        )
        return Response(json_of(progress, ProgressSerializer))


class UpgradeView(ApiView):
    required_scopes = {"POST": Scope.PROGRESS_WRITE}

    @describes(
        Operation(
            name="upgrade",
            access=Access(Whose.LEARNED),
            summary="Move to the version that is published now; what is completed stays completed",
            answer=ProgressSerializer,
            refusals=(CourseNotFound, CourseNotOpen, NotEnrolled),
        )
    )
    @idempotent
    def post(self, request: Request, course: str) -> Response:
        progress = services().learning.upgrade(
            course, by=principal_of(request), idempotency_key=ledger_entry_of(request)
        )
        return Response(json_of(progress, ProgressSerializer))


class StartItemView(ApiView):
    required_scopes = {"POST": Scope.PROGRESS_WRITE}

    @describes(
        Operation(
            name="startItem",
            access=Access(Whose.LEARNED),
            summary="Start an item, and with the first one its module",
            answer=ProgressSerializer,
            refusals=(CourseNotFound, NotEnrolled, ItemNotFound),
        )
    )
    @idempotent
    def post(self, request: Request, course: str, item_id: UUID) -> Response:
        progress = services().learning.start_item(
            course,
            ItemId(item_id),
            by=principal_of(request),
            idempotency_key=ledger_entry_of(request),
        )
        return Response(json_of(progress, ProgressSerializer))


class CompleteItemView(ApiView):
    required_scopes = {"POST": Scope.PROGRESS_WRITE}

    @describes(
        Operation(
            name="completeItem",
            access=Access(Whose.LEARNED),
            summary="Complete an item, and with the last required one the course",
            answer=ProgressSerializer,
            refusals=(CourseNotFound, NotEnrolled, ItemNotFound, AssessmentRequired),
        )
    )
    @idempotent
    def post(self, request: Request, course: str, item_id: UUID) -> Response:
        progress = services().learning.complete_item(
            course,
            ItemId(item_id),
            by=principal_of(request),
            idempotency_key=ledger_entry_of(request),
        )
        return Response(json_of(progress, ProgressSerializer))


class LearnerListView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}

    @describes(
        Operation(
            name="listLearners",
            access=Access(Whose.HELD, Right.SEE_PROGRESS),
            summary="Everybody on a course, in the order of enrolment, for those who teach there",
            page_of=ProgressSerializer,
            refusals=(NotPermitted, CourseNotFound),
        )
    )
    def get(self, request: Request, course: str) -> Response:
        page = services().progress.learners_of(
            course, page_request_of(request), by=principal_of(request)
        )
        return page_response(page, ProgressSerializer)


class OrganizationProgressView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}

    @describes(
        Operation(
            name="listOrganizationProgress",
            access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
            summary="Everybody on every course of an organization, by learner",
            page_of=ProgressSerializer,
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request, org_id: UUID) -> Response:
        page = services().progress.page_in(
            OrganizationId(org_id), page_request_of(request), by=principal_of(request)
        )
        return page_response(page, ProgressSerializer)


class ProgressListView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}

    @describes(
        Operation(
            name="listProgress",
            access=Access(Whose.ONESELF),
            summary="My courses, in the order of enrolment",
            page_of=ProgressSerializer,
        )
    )
    def get(self, request: Request) -> Response:
        page = services().progress.page_for(principal_of(request), page_request_of(request))
        return page_response(page, ProgressSerializer)


class ProgressView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}

    @describes(
        Operation(
            name="getProgress",
            access=Access(Whose.LEARNED),
            summary="Where I stand on a course",
            answer=ProgressSerializer,
            refusals=(CourseNotFound, ProgressNotFound),
        )
    )
    def get(self, request: Request, course: str) -> Response:
        progress = services().progress.get(course, by=principal_of(request))
        return Response(json_of(progress, ProgressSerializer))


class EventListView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}

    @describes(
        Operation(
            name="listEvents",
            access=Access(Whose.LEARNED),
            summary="What is recorded of me on a course, the first event first",
            page_of=EventSerializer,
            refusals=(CourseNotFound, ProgressNotFound),
        )
    )
    def get(self, request: Request, course: str) -> Response:
        page = services().progress.events_of(
            course, page_request_of(request), by=principal_of(request)
        )
        return page_response(page, EventSerializer)
