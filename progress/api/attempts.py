"""Attempts at assessments: taking them, and grading them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from accounts.public import OrganizationSuspended, Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.paging import LongPageQuerySerializer
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import Precondition
from courses.public import (
    Answer,
    AssessmentId,
    AssessmentNotFound,
    CourseNotFound,
    QuestionId,
    QuestionNotFound,
    UnsuitableAnswer,
)
from progress.api.attempt_serializers import (
    AttemptReviewSerializer,
    AttemptSerializer,
    GradedAttemptSerializer,
    GradeRequestSerializer,
    SaveResponsesRequestSerializer,
    VoidRequestSerializer,
)
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId
from progress.domain.entities.grades import CriterionScore, Mark
from progress.domain.entities.reviews import AttemptReview
from progress.domain.errors import (
    AttemptClosed,
    AttemptNotFound,
    AttemptNotGradable,
    AttemptRunning,
    AttemptVoided,
    EnrolmentEnded,
    ImpossibleCriteria,
    ImpossibleScore,
    NoAttemptsLeft,
    NotEnrolled,
    RegradeReasonMissing,
    TooLate,
)

GRADERS = Access(Whose.HELD, Right.GRADE_ATTEMPTS)


class AttemptListView(ApiView):
    @operation(
        name="listMyAttempts",
        summary="List the caller's attempts at an assessment, oldest first",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_READ,
        page_query=LongPageQuerySerializer,
        page_of=AttemptSerializer,
        errors=(AssessmentNotFound,),
    )
    def get(
        self, assessment_id: AssessmentId, *, page: PageRequest, by: Principal
    ) -> Page[AssessmentAttempt]:
        return services().attempts.page_at(assessment_id, page, by=by)

    @operation(
        name="startAttempt",
        summary="Start an attempt; a time limit counts from now",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_WRITE,
        status=HTTPStatus.CREATED,
        answer=AttemptSerializer,
        errors=(AssessmentNotFound, NotEnrolled, AttemptRunning, NoAttemptsLeft),
        is_idempotent=True,
    )
    def post(self, assessment_id: AssessmentId, *, by: Principal) -> AssessmentAttempt:
        return services().attempts.start(assessment_id, by=by)


class AttemptView(ApiView):
    @operation(
        name="getAttempt",
        summary="Get an attempt of the caller",
        access=Access(Whose.ONESELF),
        scope=Scope.PROGRESS_READ,
        answer=AttemptSerializer,
        errors=(AttemptNotFound,),
        has_etag=True,
    )
    def get(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        return services().attempts.get(attempt_id, by=by)


class ReviewView(ApiView):
    @operation(
        name="getAttemptReview",
        summary="Get the points of an attempt of the caller by question, and feedback, once it is graded",
        access=Access(Whose.ONESELF),
        scope=Scope.PROGRESS_READ,
        answer=AttemptReviewSerializer,
        errors=(AttemptNotFound,),
    )
    def get(self, attempt_id: AttemptId, *, by: Principal) -> AttemptReview:
        return services().attempts.review(attempt_id, by=by)


class ResponsesView(ApiView):
    @operation(
        name="saveResponses",
        summary="Save answers, which replace earlier ones to the same questions",
        access=Access(Whose.ONESELF),
        scope=Scope.PROGRESS_WRITE,
        body=SaveResponsesRequestSerializer,
        answer=AttemptSerializer,
        errors=(
            AttemptNotFound,
            AttemptClosed,
            TooLate,
            EnrolmentEnded,
            QuestionNotFound,
            UnsuitableAnswer,
        ),
        is_idempotent=True,
        has_etag=True,
    )
    def put(
        self, attempt_id: AttemptId, *, body: Members, if_match: Precondition, by: Principal
    ) -> AssessmentAttempt:
        answers = {
            QuestionId(response["question_id"]): _answer(response) for response in body["responses"]
        }
        return services().attempts.save(attempt_id, answers, if_match=if_match, by=by)


class SubmitView(ApiView):
    @operation(
        name="submitAttempt",
        summary="Submit an attempt; questions with an answer key are graded at once",
        access=Access(Whose.ONESELF),
        scope=Scope.PROGRESS_WRITE,
        answer=AttemptSerializer,
        errors=(AttemptNotFound, AttemptClosed, TooLate, EnrolmentEnded),
        is_idempotent=True,
    )
    def post(
        self, attempt_id: AttemptId, *, by: Principal, idempotency_key: str
    ) -> AssessmentAttempt:
        return services().attempts.submit(attempt_id, by=by, idempotency_key=idempotency_key)


class GradingListView(ApiView):
    @operation(
        name="listAttemptsToGrade",
        summary="Submissions awaiting grading, oldest first",
        access=GRADERS,
        scope=Scope.PROGRESS_READ,
        page_of=GradedAttemptSerializer,
        errors=(CourseNotFound,),
    )
    def get(self, course: str, *, page: PageRequest, by: Principal) -> Page[AssessmentAttempt]:
        return services().grading.queue_of(course, page, by=by)


class GradingView(ApiView):
    @operation(
        name="getAttemptToGrade",
        summary="Get an attempt with all its grades; for graders",
        access=GRADERS,
        scope=Scope.PROGRESS_READ,
        answer=GradedAttemptSerializer,
        errors=(AttemptNotFound,),
    )
    def get(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        return services().grading.get(attempt_id, by=by)


class GradeView(ApiView):
    @operation(
        name="gradeAttempt",
        summary="Grade an attempt, or regrade it; earlier grades are kept, and a lost pass reopens its item",
        access=GRADERS,
        scope=Scope.COURSES_WRITE,
        body=GradeRequestSerializer,
        answer=GradedAttemptSerializer,
        errors=(
            AttemptNotFound,
            AttemptNotGradable,
            QuestionNotFound,
            ImpossibleScore,
            ImpossibleCriteria,
            RegradeReasonMissing,
            OrganizationSuspended,
        ),
        is_idempotent=True,
    )
    def post(self, attempt_id: AttemptId, *, body: Members, by: Principal) -> AssessmentAttempt:
        marks = tuple(_mark(mark) for mark in body["marks"])
        return services().grading.grade(
            attempt_id,
            marks,
            reason=body["reason"],
            keeps_completion=body["keeps_completion"],
            by=by,
        )


class VoidView(ApiView):
    @operation(
        name="voidAttempt",
        summary="Void an attempt, so that it no longer counts; a lost pass reopens its item",
        access=GRADERS,
        scope=Scope.COURSES_WRITE,
        body=VoidRequestSerializer,
        answer=GradedAttemptSerializer,
        errors=(AttemptNotFound, AttemptVoided, OrganizationSuspended),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, attempt_id: AttemptId, *, body: Members, by: Principal) -> AssessmentAttempt:
        return services().grading.void(
            attempt_id,
            reason=body["reason"],
            keeps_completion=body["keeps_completion"],
            by=by,
        )


def _answer(response: Mapping[str, Any]) -> Answer:
    choices = response["choices"]
    return Answer(
        choices=None if choices is None else frozenset(choices),
        text=response["text"],
        url=response["url"],
    )


def _mark(mark: Mapping[str, Any]) -> Mark:
    return Mark(
        question_id=QuestionId(mark["question_id"]),
        score=mark["score"],
        comment=mark["comment"],
        criteria=tuple(CriterionScore(**one) for one in mark["criteria"]),
    )
