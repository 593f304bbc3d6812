"""Admin pages of assessment attempts: reading, grading and voiding them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.public import Principal, Right, SubjectType
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin, ReadOnlyInline
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from progress import models as rows
from progress.admin.decisions import DecisionPages
from progress.admin.grading import GradingPages
from progress.domain.entities.attempts import AttemptId


class AttemptGradeInline(ReadOnlyInline):
    model = rows.AttemptGrade
    fields = ["number", "graded_at", "graded_by", "reason"]
    ordering = ["number"]
    show_change_link = False


@admin.register(rows.AssessmentAttempt)
class AssessmentAttemptAdmin(GradingPages, DecisionPages, AuditsTenantAccess, ReadOnlyAdmin):
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
