"""Attempts over HTTP."""

from typing import Any
from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import NotPermitted, OrganizationSuspended, Right, Scope
from authsvc.actors import principal_of
from authsvc.api.idempotency import idempotent, ledger_entry_of
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import ApiView, body_of, json_of, page_request_of, page_response
from authsvc.container import services
from authsvc.kernel.pages import Page
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
    AttemptListSerializer,
    AttemptSerializer,
    GradedAttemptSerializer,
    GradeRequestSerializer,
    SaveResponsesRequestSerializer,
    VoidRequestSerializer,
)
from progress.domain.entities import AttemptId, Mark
from progress.domain.errors import (
    AttemptClosed,
    AttemptNotFound,
    AttemptNotGradable,
    AttemptRunning,
    AttemptVoided,
    ImpossibleScore,
    NoAttemptsLeft,
    NotEnrolled,
    TooLate,
)

GRADERS = Access(Whose.HELD, Right.GRADE_ATTEMPTS)


class AttemptListView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ, "POST": Scope.PROGRESS_WRITE}

    @describes(
        Operation(
            name="listMyAttempts",
            access=Access(Whose.LEARNED),
            summary="What I have tried at an assessment, the first one first; there is no second page",
            answer=AttemptListSerializer,
            refusals=(AssessmentNotFound,),
        )
    )
    def get(self, request: Request, assessment_id: UUID) -> Response:
        tried = services().attempts.attempts_at(
            AssessmentId(assessment_id), by=principal_of(request)
        )
        return page_response(Page(items=tuple(tried), next_cursor=None), AttemptSerializer)

    @describes(
        Operation(
            name="startAttempt",
            access=Access(Whose.LEARNED),
            summary="Begin an attempt; if there is a limit, the time runs from here",
            status=status.HTTP_201_CREATED,
            answer=AttemptSerializer,
            refusals=(AssessmentNotFound, NotEnrolled, AttemptRunning, NoAttemptsLeft),
        )
    )
    @idempotent
    def post(self, request: Request, assessment_id: UUID) -> Response:
        attempt = services().attempts.start(AssessmentId(assessment_id), by=principal_of(request))
        return Response(json_of(attempt, AttemptSerializer), status=status.HTTP_201_CREATED)


class AttemptView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}

    @describes(
        Operation(
            name="getAttempt",
            access=Access(Whose.ONESELF),
            summary="An attempt of mine",
            answer=AttemptSerializer,
            refusals=(AttemptNotFound,),
        )
    )
    def get(self, request: Request, attempt_id: UUID) -> Response:
        attempt = services().attempts.get(AttemptId(attempt_id), by=principal_of(request))
        return Response(json_of(attempt, AttemptSerializer))


class ResponsesView(ApiView):
    required_scopes = {"PUT": Scope.PROGRESS_WRITE}

    @describes(
        Operation(
            name="saveResponses",
            access=Access(Whose.ONESELF),
            summary="Keep answers in place of earlier ones to the same questions",
            body=SaveResponsesRequestSerializer,
            answer=AttemptSerializer,
            refusals=(AttemptNotFound, AttemptClosed, TooLate, QuestionNotFound, UnsuitableAnswer),
        )
    )
    def put(self, request: Request, attempt_id: UUID) -> Response:
        body = body_of(request, SaveResponsesRequestSerializer)
        answers = {QuestionId(said["question_id"]): _answer(said) for said in body["responses"]}
        attempt = services().attempts.save(AttemptId(attempt_id), answers, by=principal_of(request))
        return Response(json_of(attempt, AttemptSerializer))


class SubmitView(ApiView):
    required_scopes = {"POST": Scope.PROGRESS_WRITE}

    @describes(
        Operation(
            name="submitAttempt",
            access=Access(Whose.ONESELF),
            summary="Hand in; what a program can score is scored at once",
            answer=AttemptSerializer,
            refusals=(AttemptNotFound, AttemptClosed, TooLate),
        )
    )
    @idempotent
    def post(self, request: Request, attempt_id: UUID) -> Response:
        attempt = services().attempts.submit(
            AttemptId(attempt_id),
            by=principal_of(request),
            idempotency_key=ledger_entry_of(request),
        )
        return Response(json_of(attempt, AttemptSerializer))


class GradingListView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}

    @describes(
        Operation(
            name="listAttemptsToGrade",
            access=GRADERS,
            summary="What waits to be graded on a course, that handed in first first",
            page_of=GradedAttemptSerializer,
            refusals=(NotPermitted, CourseNotFound),
        )
    )
    def get(self, request: Request, course: str) -> Response:
        page = services().grading.queue_of(
            course, page_request_of(request), by=principal_of(request)
        )
        return page_response(page, GradedAttemptSerializer)


class GradingView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}

    @describes(
        Operation(
            name="getAttemptToGrade",
            access=GRADERS,
            summary="An attempt with all its grades, for graders",
            answer=GradedAttemptSerializer,
            refusals=(NotPermitted, AttemptNotFound),
        )
    )
    def get(self, request: Request, attempt_id: UUID) -> Response:
        attempt = services().grading.get(AttemptId(attempt_id), by=principal_of(request))
        return Response(json_of(attempt, GradedAttemptSerializer))


class GradeView(ApiView):
    required_scopes = {"POST": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="gradeAttempt",
            access=GRADERS,
            summary="Give marks, for the first time or again; earlier grades are kept",
            body=GradeRequestSerializer,
            answer=GradedAttemptSerializer,
            refusals=(
                NotPermitted,
                AttemptNotFound,
                AttemptNotGradable,
                QuestionNotFound,
                ImpossibleScore,
                OrganizationSuspended,
            ),
        )
    )
    @idempotent
    def post(self, request: Request, attempt_id: UUID) -> Response:
        body = body_of(request, GradeRequestSerializer)
        attempt = services().grading.grade(
            AttemptId(attempt_id),
            tuple(_mark(said) for said in body["marks"]),
            reason=body["reason"],
            by=principal_of(request),
        )
        return Response(json_of(attempt, GradedAttemptSerializer))


class VoidView(ApiView):
    required_scopes = {"POST": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="voidAttempt",
            access=GRADERS,
            summary="Let an attempt count no longer",
            body=VoidRequestSerializer,
            answer=GradedAttemptSerializer,
            refusals=(NotPermitted, AttemptNotFound, AttemptVoided, OrganizationSuspended),
        )
    )
    @idempotent
    def post(self, request: Request, attempt_id: UUID) -> Response:
        attempt = services().grading.void(
            AttemptId(attempt_id),
            reason=body_of(request, VoidRequestSerializer)["reason"],
            by=principal_of(request),
        )
        return Response(json_of(attempt, GradedAttemptSerializer))


def _answer(said: dict[str, Any]) -> Answer:
    chosen = said["choices"]
    return Answer(
        choices=None if chosen is None else frozenset(chosen), text=said["text"], url=said["url"]
    )


def _mark(said: dict[str, Any]) -> Mark:
    return Mark(
        question_id=QuestionId(said["question_id"]), score=said["score"], comment=said["comment"]
    )
