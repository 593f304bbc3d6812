"""Attempts at assessments, for staff to look at and to grade."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.public import Principal, Right, SubjectType
from authsvc.actors import staff_of
from authsvc.container import services
from authsvc.staff import (
    LookOnlyAdmin,
    LookOnlyInline,
    OfOrganizations,
    question,
    staff_action,
    tells_refusals,
)
from progress import models as rows
from progress.admin.grading import GradeForm
from progress.domain.entities import AttemptId, AttemptStatus

GRADABLE = (AttemptStatus.SUBMITTED.value, AttemptStatus.GRADED.value)


class AttemptGradeInline(LookOnlyInline):
    model = rows.AttemptGrade
    fields = ["number", "graded_at", "graded_by", "reason"]
    ordering = ["number"]
    show_change_link = False


@admin.register(rows.AssessmentAttempt)
class AssessmentAttemptAdmin(OfOrganizations, LookOnlyAdmin):
    right = Right.GRADE_ATTEMPTS
    looked_at = SubjectType.ATTEMPT
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
    ]
    inlines = [AttemptGradeInline]
    actions = ["void"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.grade_view)
        here = path("<uuid:attempt_id>/grade/", view, name="progress_assessmentattempt_grade")
        return [here, *super().get_urls()]

    @admin.display
    def answers(self, row: rows.AssessmentAttempt) -> SafeString | str:
        lines = (
            (each["text"] or each["url"] or ", ".join(each["choices"] or ()),)
            for each in row.responses
        )
        return format_html_join("", "<pre>{}</pre>", lines) or "-"

    @staff_action("Void", done="voided", asks_why=True)
    def void(self, row: rows.AssessmentAttempt, reason: str, by: Principal) -> None:
        services().grading.void(AttemptId(row.id), reason=reason, by=by)

    @tells_refusals
    def grade_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        row, by = self._to_grade(request, attempt_id), staff_of(request)
        attempt, assessment = services().grading.sheet_of(AttemptId(attempt_id), by=by)
        form = GradeForm(attempt, assessment, request.POST or None)
        back = reverse("admin:progress_assessmentattempt_change", args=[row.pk])
        if not form.is_valid():
            about = {"subtitle": row, "opts": self.opts}
            return question(request, self.admin_site, form, title="Grade", back=back, **about)
        with services().unit_of_work.atomic():
            reason = form.cleaned_data["reason"]
            services().grading.grade(attempt.id, form.marks, reason=reason, by=by)
            self.log_change(request, row, f"Graded. Reason: {reason}" if reason else "Graded.")
        return redirect(back)

    def _to_grade(self, request: HttpRequest, attempt_id: UUID) -> rows.AssessmentAttempt:
        if not self.has_act_permission(request):
            raise PermissionDenied
        row: rows.AssessmentAttempt | None = self.get_object(request, str(attempt_id))
        if row is None or row.status not in GRADABLE:
            raise Http404
        return row


@admin.register(rows.AttemptGrade)
class AttemptGradeAdmin(OfOrganizations, LookOnlyAdmin):
    looked_at = SubjectType.ATTEMPT
    owner = "attempt__org"
    list_display = ["attempt", "number", "graded_at", "graded_by", "reason"]
    list_select_related = ["attempt"]
    search_fields = ["attempt__user__email", "attempt__course__slug"]
    ordering = ["-graded_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("attempt__org")
