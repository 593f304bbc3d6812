"""Tasks about progress: rebuilds and exports."""

from http import HTTPStatus
from typing import Any

from rest_framework import serializers

from accounts.public import OrganizationNotFound, Principal, Right, Scope, TooManyTasks
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.rendering import Accepted
from authsvc.http.tasks import TaskSerializer, accepted
from authsvc.http.views import ApiView
from progress.domain.services.verification import RebuildSelection


class RebuildRequestSerializer(serializers.Serializer[Any]):
    """Of all learners, or of those that the members select."""

    user_id = serializers.UUIDField(default=None, help_text="Only the progress of this learner.")
    org_id = serializers.UUIDField(
        default=None, help_text="Only progress on courses of this organization."
    )


class ExportQuerySerializer(serializers.Serializer[Any]):
    org = serializers.UUIDField(
        default=None,
        help_text="All events of the organization with this id; without it, the caller's own.",
    )
    since = serializers.DateTimeField(default=None, help_text="Only events stored after this time.")
    until = serializers.DateTimeField(
        default=None, help_text="Only events stored at or before this time."
    )


class RebuildView(ApiView):
    @operation(
        name="rebuildProgress",
        summary="Start a task that rebuilds progress from the event log, for platform admins",
        access=Access(Whose.PLATFORM, Right.MANAGE_ORGANIZATIONS),
        is_expensive=True,
        scope=Scope.PROGRESS_WRITE,
        body=RebuildRequestSerializer,
        status=HTTPStatus.ACCEPTED,
        answer=TaskSerializer,
        errors=(OrganizationNotFound, TooManyTasks),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, *, body: Members, by: Principal) -> Accepted:
        selection = RebuildSelection(user_id=body["user_id"], org_id=body["org_id"])
        return accepted(services().rebuild_tasks.start(selection, by=by))


class StatementExportView(ApiView):
    @operation(
        name="exportStatements",
        summary="Start a task that exports events as xAPI statements; without `org`, the caller's own",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        is_expensive=True,
        scope=Scope.PROGRESS_READ,
        query=ExportQuerySerializer,
        status=HTTPStatus.ACCEPTED,
        answer=TaskSerializer,
        errors=(OrganizationNotFound, TooManyTasks),
        is_idempotent=True,
    )
    def post(self, *, query: Members, by: Principal) -> Accepted:
        task = services().export_tasks.start(
            org_id=query["org"], since=query["since"], until=query["until"], by=by
        )
        return accepted(task)
