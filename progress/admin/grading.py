"""Admin pages for graders: the queue of submissions, and the page on which one is graded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.model_admins import StaffAdmin
from authsvc.admin_site.people import name_of, names_of, person_link
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.times import ago
from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.preconditions import Precondition, PreconditionFailed
from courses.public import Assessment, CourseId
from progress.admin.grading_forms import GradeForm
from progress.admin.submission_heads import badges_of, faint_line, tools_for
from progress.domain.entities.attempts import (
    SUBMISSIONS,
    AssessmentAttempt,
    AttemptId,
    AttemptStatus,
)
from progress.domain.entities.proposals import GradeProposal
from progress.domain.entities.reviews import AttemptReview

PER_PAGE: Final = 50
UNTITLED: Final = "Untitled assessment"
Sheet = tuple[AssessmentAttempt, Assessment, list[GradeProposal]]
STATUS_LABELS: Final[Mapping[str, str]] = {
    AttemptStatus.STARTED: "Started",
    AttemptStatus.SUBMITTED: "To grade",
    AttemptStatus.GRADED: "Graded",
    AttemptStatus.EXPIRED: "Time ran out",
    AttemptStatus.VOIDED: "Voided",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """The part of the queue that a grader works through; in the address of each of its pages."""

    course: UUID | None = None
    assessment: UUID | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "QueueFilter":
        return cls(
            course=parse_uuid(str(values.get("course", ""))),
            assessment=parse_uuid(str(values.get("assessment", ""))),
        )

    @property
    def lookups(self) -> dict[str, UUID]:
        chosen = {"course_id": self.course, "assessment_id": self.assessment}
        return {name: value for name, value in chosen.items() if value is not None}

    @property
    def query(self) -> str:
        """As the query of an address, with its question mark; empty without a filter."""
        chosen = {"course": self.course, "assessment": self.assessment}
        query = urlencode({name: str(value) for name, value in chosen.items() if value})
        return f"?{query}" if query else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a submission stands in the queue, oldest first."""

    number: int | None
    total: int
    previous: Any = None
    next: Any = None


class GradingPages(StaffAdmin):
    """Pages of the list of attempts for those who grade."""

    @admin_page({"queue/": "progress_assessmentattempt_queue"})
    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """List the submissions that wait for a grader, oldest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        services().overdue_attempts.submit_some(scope=staff_of(request).tenant_scope)
        chosen = QueueFilter.of(request.GET)
        page = Paginator(self._waiting(request, chosen), PER_PAGE).get_page(request.GET.get("page"))
        courses, assessments = self._choices(request, chosen)
        return self._page(
            request,
            "queue",
            title="Grading",
            page=page,
            submissions=_submissions(request, list(page)),
            courses=courses,
            assessments=assessments,
            chosen=chosen,
            may_grade=self.has_act_permission(request),
        )

    @admin_page({"<id:attempt_id>/grade/": "progress_assessmentattempt_grade"})
    def grade_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        """Show a submission beside its rubric, and grade it; afterwards show the grade."""
        row, sheet = self._submission(request, attempt_id)
        is_graded = sheet[0].grade is not None
        if request.method != "POST":
            return self._sheet_page(request, row, sheet, None if is_graded else GradeForm(*sheet))
        # A grade is replaced on the page for that alone.
        return (self._conflict_page if is_graded else self._submitted)(request, row, sheet)

    @admin_page({"<id:attempt_id>/regrade/": "progress_assessmentattempt_regrade"}, takes_away=True)
    def regrade_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        """Replace the grade of a submission."""
        row, sheet = self._submission(request, attempt_id)
        if sheet[0].grade is None:
            raise Http404
        if request.method != "POST":
            return self._sheet_page(request, row, sheet, GradeForm(*sheet))
        return self._submitted(request, row, sheet)

    def _submission(self, request: HttpRequest, attempt_id: UUID) -> tuple[Any, Sheet]:
        """The row and the sheet of a submission. Raises PermissionDenied, Http404."""
        row = self.row_allowed_by(self.has_act_permission, request, attempt_id)
        sheet = services().grading_help.sheet_of(AttemptId(attempt_id), by=staff_of(request))
        if sheet[0].status not in SUBMISSIONS:
            raise Http404
        return row, sheet

    def _submitted(self, request: HttpRequest, row: Any, sheet: Sheet) -> HttpResponse:
        """Grade it as the form says, and go on to the grade or to the next submission."""
        attempt = sheet[0]
        if request.POST.get("seen", attempt.grading_state) != attempt.grading_state:
            return self._conflict_page(request, row, sheet)
        form = GradeForm(*sheet, request.POST)
        if not form.is_valid():
            return self._sheet_page(request, row, sheet, form)
        chosen = QueueFilter.of(request.GET)
        then = self._place(request, row, chosen).next if "next" in request.POST else None
        try:
            graded = self._grade(request, row, form)
        except PreconditionFailed:
            sheet = services().grading_help.sheet_of(attempt.id, by=staff_of(request))
            return self._conflict_page(request, row, sheet)
        self.message_user(request, self._sentence(request, row, graded, form), messages.SUCCESS)
        if "next" not in request.POST:
            return _see_other(_grade_url(row.pk), chosen)
        then = then or self._waiting(request, chosen).first()
        url = _grade_url(then.pk) if then else reverse("admin:progress_assessmentattempt_queue")
        return _see_other(url, chosen)

    def _grade(self, request: HttpRequest, row: Any, form: GradeForm) -> AssessmentAttempt:
        """Grade it in the state that the grader has seen. Raises PreconditionFailed."""
        values, by = form.cleaned_data, staff_of(request)
        reason = values.get("reason", "")
        seen = Precondition(
            tags=frozenset({form.attempt.grading_state}), tag_of=lambda now: now.grading_state
        )
        act: Callable[[], AssessmentAttempt] = lambda: services().grading.grade(  # noqa: E731  # typed
            form.attempt.id,
            form.marks,
            reason=reason,
            keeps_completion=values.get("keeps_completion", False),
            if_match=seen,
            by=by,
        )
        message = f"Graded. Reason: {reason}" if reason else "Graded."
        return self.perform(request, row, act, message)

    def _sentence(
        self, request: HttpRequest, row: Any, graded: AssessmentAttempt, form: GradeForm
    ) -> str:
        """What happened, for the message after it."""
        before = form.attempt
        change = f"{graded.score} of {graded.max_score} points"
        if before.score is not None:
            change = f"{before.score} → {change}"
        verb = "Graded" if before.grade is None else "Regraded"
        result = "passed" if graded.is_passed else "not passed"
        sentence = f"{verb} {title_of(graded, request)} of {name_of(row.user)}: {change}, {result}."
        if not graded.has_lost_pass_of(before):
            return sentence
        if form.cleaned_data.get("keeps_completion"):
            return f"{sentence} The item stays completed."
        return f"{sentence} The item is open again, unless another attempt passes it."

    def _sheet_page(
        self,
        request: HttpRequest,
        row: Any,
        sheet: Sheet,
        form: GradeForm | None,
    ) -> HttpResponse:
        attempt, assessment, _ = sheet
        chosen, title = QueueFilter.of(request.GET), title_of(attempt, request)
        names = names_of(grade.graded_by for grade in attempt.grades)
        courses, _ = self._choices(request, QueueFilter())
        others = self._others(request, attempt)
        return self._page(
            request,
            "grade",
            title=f"{title}, {name_of(row.user)}",
            heading=title,
            here=_form_url(attempt, chosen),
            error_title="Error: " if form is not None and form.errors else "",
            row=row,
            faint=faint_line(request, row, attempt),
            badges=badges_of(attempt, others),
            attempt=attempt,
            sheets=list((form or GradeForm(*sheet)).sheets),
            form=form,
            review=AttemptReview.of(attempt, assessment),
            grades=[(grade, grader_of(grade.graded_by, names)) for grade in attempt.grades],
            others=others,
            place=self._place(request, row, chosen),
            courses=courses,
            chosen=chosen,
            tools=tools_for(attempt, assessment),
        )

    def _conflict_page(self, request: HttpRequest, row: Any, sheet: Sheet) -> HttpResponse:
        """Show the other grade beside the points that were sent; nothing was overwritten."""
        attempt = sheet[0]
        mine = GradeForm(*sheet, request.POST)
        grade, title = attempt.grade, title_of(attempt, request)
        response = self._page(
            request,
            "conflict",
            title=f"{title}, {name_of(row.user)}",
            heading=f"{title}: graded in the meantime",
            faint=faint_line(request, row, attempt),
            row=row,
            here=_form_url(attempt, QueueFilter.of(request.GET)),
            grade=grade,
            grader=grader_of(grade.graded_by, names_of([grade.graded_by])) if grade else "",
            sheets=list(mine.sheets),
            form=mine,
            state=attempt.grading_state,
            chosen=QueueFilter.of(request.GET),
            sent=[
                (name, value)
                for name, value in request.POST.items()
                if name.startswith(("points-", "score-", "comment-"))
            ],
        )
        response.status_code = HTTPStatus.CONFLICT
        return response

    def _waiting(self, request: HttpRequest, chosen: QueueFilter) -> QuerySet[Any]:
        """The rows of the queue, oldest first."""
        waiting = self.get_queryset(request).filter(
            status=AttemptStatus.SUBMITTED, **chosen.lookups
        )
        related = waiting.select_related("user", "course", "org").defer("responses")
        return related.order_by("submitted_at", "id")

    def _place(self, request: HttpRequest, row: Any, chosen: QueueFilter) -> Place:
        waiting = self._waiting(request, chosen)
        if row.submitted_at is None:
            return Place(number=None, total=waiting.count())
        earlier = Q(submitted_at__lt=row.submitted_at) | Q(
            submitted_at=row.submitted_at, id__lt=row.pk
        )
        others = waiting.exclude(pk=row.pk)
        counts = waiting.aggregate(total=Count("pk"), before=Count("pk", filter=earlier))
        is_waiting = row.status == AttemptStatus.SUBMITTED
        return Place(
            number=counts["before"] + 1 if is_waiting else None,
            total=counts["total"],
            previous=others.filter(earlier).last(),
            next=others.exclude(earlier).first(),
        )

    def _choices(
        self, request: HttpRequest, chosen: QueueFilter
    ) -> tuple[dict[UUID, tuple[str, int]], dict[UUID, tuple[str, int]]]:
        """The courses with submissions, and the assessments of the chosen course, each with their number."""
        waiting = self.get_queryset(request).filter(status=AttemptStatus.SUBMITTED)
        counted = waiting.order_by().values_list("course_id", "course__title", "assessment_id")
        groups = list(counted.annotate(Count("pk"), Max("course_version")))
        courses: dict[UUID, tuple[str, int]] = {}
        for course_id, title, _, number, _ in sorted(groups, key=lambda group: str(group[1])):
            courses[course_id] = title, courses.get(course_id, (title, 0))[1] + number
        of_course = [group for group in groups if group[0] == chosen.course]
        titles = titles_in(((group[0], group[4]) for group in of_course), request)
        assessments = {group[2]: (titles.get(group[2], UNTITLED), group[3]) for group in of_course}
        return courses, assessments

    def _others(self, request: HttpRequest, attempt: AssessmentAttempt) -> list[dict[str, Any]]:
        """The other attempts of the learner at the assessment, newest first, with the grade that counts."""
        mine = self.get_queryset(request).filter(
            user_id=attempt.user_id, assessment_id=attempt.assessment_id
        )
        others = mine.exclude(pk=attempt.id).prefetch_related("grades").defer("responses")
        last = [
            (other, max(other.grades.all(), key=lambda grade: grade.number, default=None))
            for other in others.order_by("-number")
        ]
        names = names_of(grade.graded_by for _, grade in last if grade)
        return [
            {
                "row": other,
                "status": STATUS_LABELS[other.status],
                "grade": grade,
                "grader": grader_of(grade.graded_by, names) if grade else "",
                "comments": [mark["comment"] for mark in grade.marks if mark["comment"]]
                if grade
                else [],
            }
            for other, grade in last
        ]

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        about = self.admin_site.each_context(request) | {"opts": self.opts} | context
        path = f"admin/progress/assessmentattempt/{template}.html"
        return TemplateResponse(request, path, about)


def titles_in(keys: Iterable[tuple[UUID, int]], request: HttpRequest) -> Mapping[UUID, str]:
    """The titles of items and assessments in these versions of courses, by their ids."""
    wanted = {(CourseId(course_id), number) for course_id, number in keys}
    scope = staff_of(request).tenant_scope
    versions = services().catalog.versions_of(wanted, scope=scope) if wanted else []
    titles: dict[UUID, str] = {}
    for version in sorted(versions, key=lambda version: version.number):
        titles |= version.titles
    return titles


def title_of(attempt: AssessmentAttempt, request: HttpRequest) -> str:
    """The title of the assessment of an attempt, in the version of the attempt."""
    key = attempt.course_id, attempt.course_version
    return titles_in([key], request).get(attempt.assessment_id, UNTITLED)


def grader_of(user_id: UUID | None, names: Mapping[UUID, str]) -> str:
    """The name of whoever graded an attempt."""
    if user_id is None:
        return "automatic scoring"
    return names.get(user_id, "a user who no longer exists")


def _submissions(request: HttpRequest, page: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a page of the queue, with what it shows of each."""
    titles = titles_in(((row.course_id, row.course_version) for row in page), request)
    return [
        {
            "row": row,
            "learner": person_link(request, row.user_id, name_of(row.user)),
            "name": name_of(row.user),
            "title": titles.get(row.assessment_id, UNTITLED),
            "ago": ago(row.submitted_at),
        }
        for row in page
    ]


def _grade_url(attempt_id: UUID) -> str:
    return reverse("admin:progress_assessmentattempt_grade", args=[attempt_id])


def _form_url(attempt: AssessmentAttempt, chosen: QueueFilter) -> str:
    """Where points are submitted; after a fresh sign-in, the form may be shown at another URL."""
    name = "grade" if attempt.grade is None else "regrade"
    return reverse(f"admin:progress_assessmentattempt_{name}", args=[attempt.id]) + chosen.query


def _see_other(url: str, chosen: QueueFilter) -> HttpResponse:
    response = HttpResponseRedirect(f"{url}{chosen.query}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response
