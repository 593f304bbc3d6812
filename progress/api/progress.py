"""Progress: what learners do on courses, how far they are, and the events that are recorded of it."""

from http import HTTPStatus

from accounts.public import OrganizationId, OrganizationNotFound, Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.paging import ChangedSinceQuerySerializer
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from courses.public import CourseNotFound, CourseNotOpen, ItemId, ItemNotFound
from progress.api.serializers import EventSerializer, ProgressSerializer
from progress.domain.entities.events import ProgressEvent
from progress.domain.entities.progress import CourseProgress
from progress.domain.errors import (
    AlreadyCompleted,
    AlreadyEnrolled,
    AssessmentRequired,
    NotEnrolled,
    PrerequisitesMissing,
    ProgressNotFound,
)


class EnrollView(ApiView):
    @operation(
        name="enroll",
        summary="Enrol in the published version of a course",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_WRITE,
        status=HTTPStatus.CREATED,
        answer=ProgressSerializer,
        errors=(CourseNotFound, CourseNotOpen, PrerequisitesMissing, AlreadyEnrolled),
        is_idempotent=True,
    )
    def post(self, course: str, *, by: Principal, idempotency_key: str) -> CourseProgress:
        return services().learning.enroll(course, by=by, idempotency_key=idempotency_key)


class WithdrawView(ApiView):
    @operation(
        name="withdraw",
        summary="Withdraw from a course; progress, open attempts and passes are kept if you re-enrol",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_WRITE,
        answer=ProgressSerializer,
        errors=(CourseNotFound, NotEnrolled, AlreadyCompleted),
        is_idempotent=True,
    )
    def post(self, course: str, *, by: Principal, idempotency_key: str) -> CourseProgress:
        return services().learning.withdraw(course, by=by, idempotency_key=idempotency_key)


class UpgradeView(ApiView):
    @operation(
        name="upgrade",
        summary="Upgrade to the published version of a course; completed items stay completed",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_WRITE,
        answer=ProgressSerializer,
        errors=(CourseNotFound, CourseNotOpen, NotEnrolled),
        is_idempotent=True,
    )
    def post(self, course: str, *, by: Principal, idempotency_key: str) -> CourseProgress:
        return services().learning.upgrade(course, by=by, idempotency_key=idempotency_key)


class StartItemView(ApiView):
    @operation(
        name="startItem",
        summary="Start an item and, if it is the first of its module, the module",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_WRITE,
        answer=ProgressSerializer,
        errors=(CourseNotFound, NotEnrolled, ItemNotFound),
        is_idempotent=True,
    )
    def post(
        self, course: str, item_id: ItemId, *, by: Principal, idempotency_key: str
    ) -> CourseProgress:
        return services().learning.start_item(
            course, item_id, by=by, idempotency_key=idempotency_key
        )


class CompleteItemView(ApiView):
    @operation(
        name="completeItem",
        summary="Complete an item and, if it is the last required one, the course",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_WRITE,
        answer=ProgressSerializer,
        errors=(CourseNotFound, NotEnrolled, ItemNotFound, AssessmentRequired),
        is_idempotent=True,
    )
    def post(
        self, course: str, item_id: ItemId, *, by: Principal, idempotency_key: str
    ) -> CourseProgress:
        return services().learning.complete_item(
            course, item_id, by=by, idempotency_key=idempotency_key
        )


class LearnerListView(ApiView):
    @operation(
        name="listLearners",
        summary="List the progress of every learner of a course, in order of enrolment; for instructors",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        scope=Scope.PROGRESS_READ,
        query=ChangedSinceQuerySerializer,
        page_of=ProgressSerializer,
        errors=(CourseNotFound,),
    )
    def get(
        self, course: str, *, query: Members, page: PageRequest, by: Principal
    ) -> Page[CourseProgress]:
        return services().progress.learners_of(
            course, page, changed_since=query["changed_since"], by=by
        )


class OrganizationProgressView(ApiView):
    @operation(
        name="listOrganizationProgress",
        summary="List the progress of every learner of an organization on all its courses, by learner",
        access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
        scope=Scope.PROGRESS_READ,
        query=ChangedSinceQuerySerializer,
        page_of=ProgressSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(
        self, org_id: OrganizationId, *, query: Members, page: PageRequest, by: Principal
    ) -> Page[CourseProgress]:
        return services().progress.page_in(
            org_id, page, changed_since=query["changed_since"], by=by
        )


class ProgressListView(ApiView):
    @operation(
        name="listProgress",
        summary="List the caller's courses with their progress, in order of enrolment",
        access=Access(Whose.ONESELF),
        scope=Scope.PROGRESS_READ,
        page_of=ProgressSerializer,
    )
    def get(self, *, page: PageRequest, by: Principal) -> Page[CourseProgress]:
        return services().progress.page_for(by, page)


class ProgressView(ApiView):
    @operation(
        name="getProgress",
        summary="Get the caller's progress on a course",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_READ,
        answer=ProgressSerializer,
        errors=(CourseNotFound, ProgressNotFound),
    )
    def get(self, course: str, *, by: Principal) -> CourseProgress:
        return services().progress.get(course, by=by)


class EventListView(ApiView):
    @operation(
        name="listEvents",
        summary="List the events recorded of the caller on a course, oldest first",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_READ,
        page_of=EventSerializer,
        errors=(CourseNotFound, ProgressNotFound),
    )
    def get(self, course: str, *, page: PageRequest, by: Principal) -> Page[ProgressEvent]:
        return services().progress.events_of(course, page, by=by)
