"""Assessment attempts in the database."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q, QuerySet

from accounts.public import OrganizationId, UserId
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.tenancy import owned_within
from authsvc.storage.verification import about_users, stored_rows
from courses.public import Answer, AssessmentId, CourseId, ItemId, QuestionId
from progress import models as rows
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus, Response
from progress.domain.entities.events import StreamId
from progress.domain.entities.grades import (
    CriterionScore,
    Grade,
    GradeProposalId,
    Mark,
    ProposalReference,
)
from progress.domain.entities.proposals import assistance_of
from progress.domain.errors import AttemptNotFound, AttemptRunning
from progress.domain.repositories.protocols.attempts import ATTEMPTS, PAST_DEADLINE, TO_GRADE

Values = dict[str, Any]
_GRADES: Final = "grades_in_order"


class OrmAttemptRepository:
    def add(self, attempt: AssessmentAttempt, *, scope: TenantScope) -> None:
        scope.require(attempt.org_id)
        inserted = insert(
            rows.AssessmentAttempt,
            [_attempt_values(attempt)],
            unless_taken=("user_id", "assessment_id"),
            among="is_open",
        )
        if not inserted:
            running = rows.AssessmentAttempt.objects.get(
                user_id=attempt.user_id, assessment_id=attempt.assessment_id, is_open=True
            )
            raise AttemptRunning(attempt_id=running.id)

    def get(self, attempt_id: AttemptId, *, scope: TenantScope) -> AssessmentAttempt:
        return self._get(rows.AssessmentAttempt.objects.all(), attempt_id, scope)

    def get_for_update(self, attempt_id: AttemptId, *, scope: TenantScope) -> AssessmentAttempt:
        return self._get(rows.AssessmentAttempt.objects.select_for_update(), attempt_id, scope)

    def save(self, attempt: AssessmentAttempt, *, scope: TenantScope) -> None:
        scope.require(attempt.org_id)
        rows.AssessmentAttempt.objects.filter(pk=attempt.id).update(**_attempt_values(attempt))
        stored = rows.AttemptGrade.objects.filter(attempt_id=attempt.id).count()
        insert(
            rows.AttemptGrade,
            [
                _grade_values(grade, number, attempt)
                for number, grade in enumerate(attempt.grades, start=1)
                if number > stored
            ],
        )

    def for_user(
        self, user_id: UserId, assessment_id: AssessmentId, *, scope: TenantScope
    ) -> list[AssessmentAttempt]:
        attempts = _attempts_at(user_id, assessment_id, scope)
        return [_attempt(row) for row in attempts.order_by("number")]

    def page_for_user(
        self,
        user_id: UserId,
        assessment_id: AssessmentId,
        request: PageRequest,
        *,
        scope: TenantScope,
    ) -> Page[AssessmentAttempt]:
        attempts = _attempts_at(user_id, assessment_id, scope)
        return page_of_rows(attempts, request, ATTEMPTS, _attempt)

    def page_to_grade(
        self, course_id: CourseId, request: PageRequest, *, scope: TenantScope
    ) -> Page[AssessmentAttempt]:
        submitted = rows.AssessmentAttempt.objects.filter(
            owned_within(scope), course_id=course_id, status=AttemptStatus.SUBMITTED
        )
        return page_of_rows(_with_grades(submitted), request, TO_GRADE, _attempt)

    def page_past_deadline(
        self,
        now: datetime,
        request: PageRequest,
        *,
        course_id: CourseId | None = None,
        scope: TenantScope,
    ) -> Page[AssessmentAttempt]:
        overdue = rows.AssessmentAttempt.objects.filter(
            owned_within(scope),
            status__in=[AttemptStatus.STARTED, AttemptStatus.EXPIRED],
            expires_at__lt=now,
        )
        if course_id is not None:
            overdue = overdue.filter(course_id=course_id)
        return page_of_rows(_with_grades(overdue), request, PAST_DEADLINE, _attempt)

    def best_percents(self, user_id: UserId, *, scope: TenantScope) -> Mapping[AssessmentId, int]:
        graded = rows.AssessmentAttempt.objects.filter(
            owned_within(scope), user_id=user_id, status=AttemptStatus.GRADED
        )
        percents = graded.values_list("assessment_id").annotate(
            percent=Max(100 * F("score") / F("max_score"))
        )
        return {AssessmentId(assessment_id): percent for assessment_id, percent in percents}

    def passed_assessments(
        self, user_id: UserId, course_id: CourseId, *, scope: TenantScope
    ) -> AbstractSet[AssessmentId]:
        passed = rows.AssessmentAttempt.objects.filter(
            owned_within(scope),
            user_id=user_id,
            course_id=course_id,
            status=AttemptStatus.GRADED,
            score__gte=F("pass_score"),
        )
        return {AssessmentId(id_) for id_ in passed.values_list("assessment_id", flat=True)}

    def assisted_passes(
        self,
        user_id: UserId,
        *,
        courses: AbstractSet[CourseId],
        assessments: AbstractSet[AssessmentId] = frozenset(),
        scope: TenantScope,
    ) -> list[AssessmentAttempt]:
        assisted = rows.AttemptGrade.objects.filter(
            attempt_id=OuterRef("pk"), proposals__isnull=False
        )
        passes = rows.AssessmentAttempt.objects.filter(
            owned_within(scope),
            Q(course_id__in=courses) | Q(assessment_id__in=assessments),
            Exists(assisted),
            user_id=user_id,
            status=AttemptStatus.GRADED,
            score__gte=F("pass_score"),
        )
        attempts = map(_attempt, _with_grades(passes).order_by("id"))
        return [attempt for attempt in attempts if assistance_of(attempt) is not None]

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AssessmentAttempt]]:
        attempts = rows.AssessmentAttempt.objects.filter(owned_within(scope), about_users(users))
        ordered = _with_grades(attempts).order_by("user_id", "course_id", "id")
        return stored_rows(ordered, _attempt, key=_stream, values=_derived_values)

    def count(self) -> int:
        return rows.AssessmentAttempt.objects.count()

    def count_grades(self) -> int:
        return rows.AttemptGrade.objects.count()

    def _get(
        self, attempts: QuerySet[rows.AssessmentAttempt], attempt_id: AttemptId, scope: TenantScope
    ) -> AssessmentAttempt:
        row = _with_grades(attempts.filter(owned_within(scope), pk=attempt_id)).first()
        if row is None:
            raise AttemptNotFound
        return _attempt(row)


def _attempts_at(
    user_id: UserId, assessment_id: AssessmentId, scope: TenantScope
) -> QuerySet[rows.AssessmentAttempt]:
    attempts = rows.AssessmentAttempt.objects.filter(
        owned_within(scope), user_id=user_id, assessment_id=assessment_id
    )
    return _with_grades(attempts)


def _with_grades(
    attempts: QuerySet[rows.AssessmentAttempt],
) -> QuerySet[rows.AssessmentAttempt]:
    # As a list, because a QuerySet for each row takes longer than to read it.
    grades = rows.AttemptGrade.objects.order_by("number")
    return attempts.prefetch_related(Prefetch("grades", grades, to_attr=_GRADES))


def _attempt(row: rows.AssessmentAttempt) -> AssessmentAttempt:
    """The attempt of a row `_with_grades`."""
    grades: list[rows.AttemptGrade] = getattr(row, _GRADES)
    return AssessmentAttempt(
        id=AttemptId(row.id),
        user_id=UserId(row.user_id),
        course_id=CourseId(row.course_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        course_version=row.course_version,
        item_id=ItemId(row.item_id),
        assessment_id=AssessmentId(row.assessment_id),
        number=row.number,
        max_score=row.max_score,
        pass_score=row.pass_score,
        started_at=row.started_at,
        expires_at=row.expires_at,
        status=AttemptStatus(row.status),
        submitted_at=row.submitted_at,
        is_late=row.is_late,
        responses=tuple(_response(response) for response in row.responses),
        grades=tuple(map(_grade, grades)),
        void_reason=row.void_reason,
    )


def _stream(row: rows.AssessmentAttempt) -> StreamId:
    return StreamId(
        user_id=UserId(row.user_id),
        course_id=CourseId(row.course_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )


def _derived_values(attempt: AssessmentAttempt) -> Values:
    """The columns that follow from others."""
    return {"score": attempt.score, "is_open": attempt.status is AttemptStatus.STARTED}


def _attempt_values(attempt: AssessmentAttempt) -> Values:
    return {
        "id": attempt.id,
        "user_id": attempt.user_id,
        "course_id": attempt.course_id,
        "org_id": attempt.org_id,
        "course_version": attempt.course_version,
        "item_id": attempt.item_id,
        "assessment_id": attempt.assessment_id,
        "number": attempt.number,
        "max_score": attempt.max_score,
        "pass_score": attempt.pass_score,
        "started_at": attempt.started_at,
        "expires_at": attempt.expires_at,
        "status": attempt.status,
        "submitted_at": attempt.submitted_at,
        "is_late": attempt.is_late,
        "responses": [_json_of_response(response) for response in attempt.responses],
        "void_reason": attempt.void_reason,
        **_derived_values(attempt),
    }


def _response(value: Values) -> Response:
    choices = value["choices"]
    return Response(
        question_id=QuestionId(UUID(value["question_id"])),
        answer=Answer(
            choices=None if choices is None else frozenset(choices),
            text=value["text"],
            url=value["url"],
        ),
        saved_at=datetime.fromisoformat(value["saved_at"]),
    )


def _json_of_response(response: Response) -> Values:
    answer = response.answer
    return {
        "question_id": str(response.question_id),
        "choices": None if answer.choices is None else sorted(answer.choices),
        "text": answer.text,
        "url": answer.url,
        "saved_at": response.saved_at.isoformat(),
    }


def _grade(row: rows.AttemptGrade) -> Grade:
    return Grade(
        marks=tuple(map(_mark, row.marks)),
        graded_at=row.graded_at,
        graded_by=UserId(row.graded_by) if row.graded_by else None,
        reason=row.reason,
        proposals=tuple(
            ProposalReference(
                id=GradeProposalId(UUID(proposal["id"])),
                provider=proposal["provider"],
                model_id=proposal["model_id"],
            )
            for proposal in row.proposals or ()
        ),
    )


def _mark(value: Values) -> Mark:
    criteria: Values = value.get("criteria", {})
    return Mark(
        question_id=QuestionId(UUID(value["question_id"])),
        score=value["score"],
        comment=value["comment"],
        # Sorted, because PostgreSQL reorders the members of objects.
        criteria=tuple(
            CriterionScore(criterion=key, score=score) for key, score in sorted(criteria.items())
        ),
    )


def _json_of_mark(mark: Mark) -> Values:
    criteria = {one.criterion: one.score for one in mark.criteria}
    return {
        "question_id": str(mark.question_id),
        "score": mark.score,
        "comment": mark.comment,
        **({"criteria": criteria} if criteria else {}),
    }


def _grade_values(grade: Grade, number: int, attempt: AssessmentAttempt) -> Values:
    return {
        "attempt_id": attempt.id,
        "number": number,
        "marks": [_json_of_mark(mark) for mark in grade.marks],
        "graded_at": grade.graded_at,
        "graded_by": grade.graded_by,
        "reason": grade.reason,
        "proposals": [
            {"id": str(one.id), "provider": one.provider, "model_id": one.model_id}
            for one in grade.proposals
        ]
        or None,
    }
