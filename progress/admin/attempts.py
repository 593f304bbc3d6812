"""Admin pages of assessment attempts: reading, grading and voiding them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.public import Principal, Right, SubjectType
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin, ReadOnlyInline
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from courses.public import Answer, Assessment, Question
from progress import models as rows
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus, Mark
from progress.domain.entities.proposals import GradeProposal

GRADABLE = (AttemptStatus.SUBMITTED, AttemptStatus.GRADED)


class GradeForm(forms.Form):
    """Points and a comment for each question; automatic scores are filled in."""

    def __init__(
        self,
        attempt: AssessmentAttempt,
        assessment: Assessment,
        proposals: Sequence[GradeProposal],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assessment = assessment
        marks = {mark.question_id: mark for mark in attempt.grade.marks} if attempt.grade else {}
        for question_ in assessment.questions:
            answer, mark = attempt.answer_to(question_.id), marks.get(question_.id)
            points = _points_field(question_, answer, mark, proposals)
            self.fields[f"score-{question_.id}"] = points
            self.fields[f"comment-{question_.id}"] = _comment_field(mark)
        self.fields["reason"] = forms.CharField(
            required=attempt.grade is not None,
            max_length=1000,
            help_text="Why the attempt is regraded. The reason is kept in the audit log.",
        )
        self.fields["keeps_completion"] = forms.BooleanField(
            label="Keep the item completed",
            required=False,
            help_text="Otherwise it is open again if a pass turns into a failure. A completed course stays completed.",
        )

    @property
    def marks(self) -> tuple[Mark, ...]:
        values = self.cleaned_data
        return tuple(
            Mark(
                question_id=question_.id,
                score=values[f"score-{question_.id}"],
                comment=values[f"comment-{question_.id}"],
            )
            for question_ in self.assessment.questions
        )


def _points_field(
    question_: Question,
    answer: Answer | None,
    mark: Mark | None,
    proposals: Sequence[GradeProposal],
) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"{question_.position}. Points, of {question_.max_score}",
        min_value=0,
        max_value=question_.max_score,
        initial=mark.score if mark else question_.score_of(answer),
        help_text=_sheet(question_, answer, proposals),
    )


def _comment_field(mark: Mark | None) -> forms.CharField:
    return forms.CharField(
        label="Comment",
        required=False,
        max_length=10_000,
        initial=mark.comment if mark else "",
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
    )


def _sheet(
    question_: Question, answer: Answer | None, proposals: Sequence[GradeProposal]
) -> SafeString:
    """Return the question, the answer and the rubric, with the proposed scores beside its criteria."""
    of_question = {one.criterion: one for one in proposals if one.question_id == question_.id}
    lines = ((name, linebreaksbr(text)) for name, text in _lines(question_, answer, of_question))
    return format_html_join("", "<div><b>{}</b> {}</div>", lines)


def _lines(
    question_: Question, answer: Answer | None, proposals: Mapping[str, GradeProposal]
) -> Iterator[tuple[str, str]]:
    yield "Question:", question_.prompt
    text = (answer.text or answer.url or ", ".join(sorted(answer.choices or ()))) if answer else "-"
    yield "Answer:", text
    for criterion in question_.rubric:
        yield f"Up to {criterion.max_score}:", criterion.text
        proposal = proposals.get(criterion.key)
        if proposal is not None:
            yield f"{proposal.model_id} proposes {proposal.score}:", proposal.reason


class AttemptGradeInline(ReadOnlyInline):
    model = rows.AttemptGrade
    fields = ["number", "graded_at", "graded_by", "reason"]
    ordering = ["number"]
    show_change_link = False


@admin.register(rows.AssessmentAttempt)
class AssessmentAttemptAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    right = Right.GRADE_ATTEMPTS
    subject_type = SubjectType.ATTEMPT
    owner = "org"
    list_display = ["user", "course", "org", "number", "status", "score", "submitted_at"]
    list_filter = ["status", "is_late", "org"]
    list_select_related = ["user", "course", "org"]
    search_fields = ["user__email", "course__slug"]
    ordering = ["-started_at"]
    fields = [
        "user",
        "course",
        "org",
        "course_version",
        "number",
        "status",
        "started_at",
        "expires_at",
        "submitted_at",
        "is_late",
        "score",
        "max_score",
        "pass_score",
        "answers",
        "void_reason",
        "credentials",
    ]
    inlines = [AttemptGradeInline]
    actions = ["void", "void_and_keep_completion"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        self._submit_overdue(request)
        return super().changelist_view(request, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        self._submit_overdue(request)
        return super().change_view(request, object_id, form_url, extra_context)

    def _submit_overdue(self, request: HttpRequest) -> None:
        """Submit overdue attempts, as all lists for graders do: these pages show rows."""
        if self.has_view_permission(request):
            services().overdue_attempts.submit_some(scope=staff_of(request).tenant_scope)

    def label_of(self, row: rows.AssessmentAttempt) -> str:
        return f"attempt {row.number} of {row.user.name or row.user.email} on {row.course}"

    @admin.display
    def answers(self, row: rows.AssessmentAttempt) -> SafeString | str:
        lines = (
            (response["text"] or response["url"] or ", ".join(response["choices"] or ()),)
            for response in row.responses
        )
        return format_html_join("", "<pre>{}</pre>", lines) or "-"

    @admin.display
    def credentials(self, row: rows.AssessmentAttempt) -> SafeString:
        """Link to what the learner has earned: a lost pass revokes nothing."""
        query = urlencode({"q": row.user.email})
        url = f"{reverse('admin:credentials_usercredential_changelist')}?{query}"
        return format_html('<a href="{}">Credentials of the learner</a>', url)

    @staff_action("Void", done="voided", requires_reason=True)
    def void(self, row: rows.AssessmentAttempt, reason: str, by: Principal) -> None:
        services().grading.void(AttemptId(row.id), reason=reason, by=by)

    @staff_action("Keep the items completed and void", done="voided", requires_reason=True)
    def void_and_keep_completion(
        self, row: rows.AssessmentAttempt, reason: str, by: Principal
    ) -> None:
        services().grading.void(AttemptId(row.id), reason=reason, keeps_completion=True, by=by)

    @admin_page({"<id:attempt_id>/grade/": "progress_assessmentattempt_grade"})
    def grade_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        row = self.row_allowed_by(self.has_act_permission, request, attempt_id)
        by = staff_of(request)
        attempt, assessment, proposals = services().grading_help.sheet_of(
            AttemptId(attempt_id), by=by
        )
        if attempt.status not in GRADABLE:
            raise Http404
        form = GradeForm(attempt, assessment, proposals, request.POST or None)
        if not form.is_valid():
            return self.row_form_page(request, row, form, title="Grade")
        reason, keeps = form.cleaned_data["reason"], form.cleaned_data["keeps_completion"]
        message = f"Graded. Reason: {reason}" if reason else "Graded."
        self.perform(
            request,
            row,
            lambda: services().grading.grade(
                attempt.id, form.marks, reason=reason, keeps_completion=keeps, by=by
            ),
            message,
        )
        return redirect("admin:progress_assessmentattempt_change", row.pk)

    @admin_page({"<id:attempt_id>/propose/": "progress_assessmentattempt_propose"})
    def propose_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        """Have a language model propose scores, which the page for grading then shows."""
        row = self.row_allowed_by(self.has_act_permission, request, attempt_id)
        if request.method != "POST":
            return self.row_form_page(request, row, forms.Form(), title="Propose scores")
        by = staff_of(request)
        self.perform(
            request,
            row,
            lambda: services().proposal_tasks.start(AttemptId(attempt_id), by=by),
            "Asked for proposed scores.",
        )
        text = "A language model proposes scores. Open Grade in a minute to see them."
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:progress_assessmentattempt_change", row.pk)


@admin.register(rows.AttemptGrade)
class AttemptGradeAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.ATTEMPT
    owner = "attempt__org"
    list_display = ["attempt", "number", "graded_at", "graded_by", "reason"]
    list_select_related = ["attempt"]
    search_fields = ["attempt__user__email", "attempt__course__slug"]
    ordering = ["-graded_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("attempt__org")


@admin.register(rows.GradeProposal)
class GradeProposalAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    """Proposed scores of all attempts but the viewer's own."""

    right = Right.GRADE_ATTEMPTS
    subject_type = SubjectType.ATTEMPT
    owner = "org"
    list_display = ["attempt", "org", "criterion", "score", "max_score", "model_id", "created_at"]
    list_filter = ["model_id", "org"]
    list_select_related = ["attempt", "org"]
    search_fields = ["attempt__user__email", "attempt__course__slug"]
    ordering = ["-created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(attempt__user_id=request.user.pk)
