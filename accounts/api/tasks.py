"""Tasks: work that outlives the request which asked for it."""

from http import HTTPStatus

from rest_framework import serializers

from accounts.domain.access import Principal, Right, Scope
from accounts.domain.organizations.errors import OrganizationNotFound
from accounts.domain.tasks.entities import Task
from accounts.domain.tasks.errors import TaskResultNotFound, TooManyTasks
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.paging import PageQuerySerializer
from authsvc.http.reading import Members
from authsvc.http.renderers import FileRenderer
from authsvc.http.rendering import Accepted, StreamedFile
from authsvc.http.tasks import STATUSES, TaskSerializer, accepted
from authsvc.http.views import ApiView
from authsvc.jobs.entities import JobId, JobStatus
from authsvc.jobs.errors import JobEnded, UnknownJob
from authsvc.kernel.paging import Page, PageRequest

OWNERS = Access(Whose.PERSON, Right.MANAGE_MEMBERS)


class TaskListQuerySerializer(PageQuerySerializer):
    org_id = serializers.UUIDField(
        default=None, help_text="The tasks of this organization; omitted, the caller's own."
    )
    status = serializers.ChoiceField(choices=STATUSES, default=None)


class TaskListView(ApiView):
    @operation(
        name="listTasks",
        summary="List the tasks of an organization, or without `org_id` the caller's own, most recent first",
        access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
        scope=Scope.ORGS_READ,
        query=TaskListQuerySerializer,
        page_of=TaskSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(self, *, query: Members, page: PageRequest, by: Principal) -> Page[Task]:
        status = query["status"] and JobStatus(query["status"])
        return services().tasks.page_of(page, org_id=query["org_id"], status=status, by=by)


class TaskView(ApiView):
    @operation(
        name="getTask",
        summary="Get a task: its progress, and its result once it has ended",
        access=OWNERS,
        scope=Scope.ORGS_READ,
        answer=TaskSerializer,
        errors=(UnknownJob,),
    )
    def get(self, task_id: JobId, *, by: Principal) -> Task:
        return services().tasks.get(task_id, by=by)


class CancelTaskView(ApiView):
    @operation(
        name="cancelTask",
        summary="Cancel a task; one that is running ends as soon as it can",
        access=OWNERS,
        scope=Scope.ORGS_WRITE,
        answer=TaskSerializer,
        errors=(UnknownJob, JobEnded),
        is_idempotent=True,
    )
    def post(self, task_id: JobId, *, by: Principal) -> Task:
        return services().tasks.cancel(task_id, by=by)


class TaskResultView(ApiView):
    renderer_classes = (FileRenderer,)

    @operation(
        name="getTaskResult",
        summary="Download the file that a task has written, in the media type of its kind",
        access=OWNERS,
        scope=Scope.ORGS_READ,
        answer={"application/octet-stream": {"type": "string", "format": "binary"}},
        errors=(UnknownJob, TaskResultNotFound),
    )
    def get(self, task_id: JobId, *, by: Principal) -> StreamedFile:
        file = services().tasks.result_of(task_id, by=by)
        return StreamedFile(file.pieces, file.size, file.name, file.media_type)


class VerificationView(ApiView):
    @operation(
        name="verifyRecords",
        summary="Start a task that verifies all logs and records, and writes a report; for platform admins",
        access=Access(Whose.PLATFORM, Right.READ_AUDIT),
        is_expensive=True,
        scope=Scope.ORGS_READ,
        status=HTTPStatus.ACCEPTED,
        answer=TaskSerializer,
        errors=(TooManyTasks,),
        is_idempotent=True,
    )
    def post(self, *, by: Principal) -> Accepted:
        return accepted(services().verification_tasks.start(by=by))
