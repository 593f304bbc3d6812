"""Admin pages of background jobs: what runs, what is failing and why."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts import models as rows
from accounts.admin.checks import ExportForm, latest_runs
from accounts.admin.job_pages import job_page, starter_of, state_of
from accounts.admin.job_words import duration_words, kind_words, progress_words
from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.audit.entities import SubjectType
from accounts.domain.tasks.errors import TaskResultNotFound
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.rendering import StreamedFile
from authsvc.jobs.entities import JobId
from authsvc.jobs.models import Job

NO_FILE: Final = (
    "You cannot download the file: it is no longer stored, or you have lost access to what is in it. "
    "If you need access, ask an admin."
)


class KindFilter(admin.SimpleListFilter):
    """By kind. The kinds are those that this version knows: to look for others would read all rows."""

    title = parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind_words(kind)) for kind in sorted(services().job_engine.kinds)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ErrorFilter(admin.SimpleListFilter):
    """By the error that the page of failing jobs has led here from."""

    title = parameter_name = "error"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        error = request.GET.get("error")
        return [(error, error)] if error else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(error=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    """Arguments and results are not shown: they may have addresses and links that sign people in."""

    right = Right.MANAGE_ORGANIZATIONS
    subject_type = SubjectType.TASK
    owner = "org_id"
    list_display = ["job", "status", "progress", "started_by", "duration", "error", "created_at"]
    list_filter = ["status", "queue", KindFilter, ErrorFilter]
    list_select_related = []
    search_fields = ["=id"]
    search_help_text = "The id of a job."
    ordering = ["-created_at"]
    change_list_template = "admin/jobs/job/change_list.html"
    empty_text = "No job yet. Exports, imports, mail and verifications appear here."
    actions = ["retry", "cancel"]
    deferred = ["arguments", "unique_key", "lease", "trace"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        owner = rows.User.objects.filter(pk=OuterRef("owner_id")).values("name", "email")
        jobs = super().get_queryset(request)
        is_list = (
            request.resolver_match and request.resolver_match.url_name == "jobs_job_changelist"
        )
        if not is_list:
            return jobs
        annotated: QuerySet[Any] = jobs.defer("result", *self.deferred).annotate(
            owner_name=Subquery(owner.values("name")), owner_email=Subquery(owner.values("email"))
        )
        return annotated

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Staff without the permission see what they have started themselves, and download its file."""
        is_own = obj is not None and obj.owner_id == request.user.pk
        return is_own or super().has_view_permission(request, obj)

    def label_of(self, row: Job) -> str:
        return f"“{kind_words(row.kind)}”"

    def audited_subject(self, row: Job) -> tuple[Any, Any]:
        return row.org_id, row.pk

    @admin.display(ordering="kind")
    def job(self, row: Job) -> str:
        return kind_words(row.kind)

    @admin.display
    def progress(self, row: Any) -> str:
        return progress_words(row)

    @admin.display
    def started_by(self, row: Any) -> str:
        return row.owner_name or row.owner_email or starter_of(row)

    @admin.display
    def duration(self, row: Any) -> str:
        return duration_words(row, now=services().ports.clock.now())

    @staff_action("Retry", done="retried", requires_reason=True)
    def retry(self, row: Job, reason: str, by: Principal) -> str:
        services().tasks.retry(JobId(row.pk), reason=reason, by=by)
        return f"{self.label_of(row)} is attempted again now."

    @staff_action(
        "Cancel",
        done="cancelled",
        requires_reason=True,
        effects=["A job that runs ends as soon as it can. What it has done stays."],
    )
    def cancel(self, row: Job, reason: str, by: Principal) -> None:
        services().tasks.cancel_job(JobId(row.pk), reason=reason, by=by)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            return super().change_view(request, object_id, form_url, extra_context)
        self.record_access(request, row)
        opts = self.opts if self.has_view_permission(request) else None
        return job_page(request, row, opts=opts, may_act=self.has_act_permission(request))

    @admin_page({"<id:job_id>/status.json": "jobs_job_status"})
    def status_view(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        """How far a job is, for the script on its page."""
        row = self.row_allowed_by(self.has_view_permission, request, job_id)
        return JsonResponse(state_of(row), headers={"Cache-Control": "no-store"})

    @admin_page({"failing/": "jobs_job_failing"})
    def failing_view(self, request: HttpRequest) -> HttpResponse:
        """What is failing and why, with links to the jobs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        failures = [
            (
                failure,
                kind_words(failure.kind),
                urlencode({"kind": failure.kind, "error": failure.error}),
            )
            for failure in services().job_queue.failures()
        ]
        about = {"title": "Failing jobs", "opts": self.opts, "failures": failures}
        context = self.admin_site.each_context(request) | about
        return TemplateResponse(request, "admin/jobs/job/failing.html", context)

    @admin_page({"checks/": "jobs_job_checks"})
    def checks_view(self, request: HttpRequest) -> HttpResponse:
        """What staff can let the service do for a long time, when it last ran, and what it found."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        runs = list(latest_runs(staff_of(request)))
        about = {"title": "Checks and rebuilds", "runs": runs}
        context = self.admin_site.each_context(request) | about
        return TemplateResponse(request, "admin/jobs/job/checks.html", context)

    @admin_page({"export/": "jobs_job_export"})
    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Start to export the events of an organization as xAPI statements."""
        by = staff_of(request)
        by.require(Right.MANAGE_ORGANIZATIONS)
        form = ExportForm(
            request.POST if request.method == "POST" else None,
            organizations=rows.Organization.objects.order_by("name"),
        )
        if form.is_valid():
            organization = form.cleaned_data["organization"]
            task = services().export_tasks.start(org_id=OrganizationId(organization.pk), by=by)
            sentence = f"The export of {organization.name} has started."
            self.message_user(request, sentence, messages.SUCCESS)
            return redirect("admin:jobs_job_change", task.id)
        back = reverse("admin:jobs_job_checks")
        return self.form_page(request, form, title="Export xAPI statements", back=back)

    @admin_page({"verify/": "jobs_job_verify"})
    def verify_view(self, request: HttpRequest) -> HttpResponse:
        """Start verifying the logs and what follows from them."""
        by = staff_of(request)
        by.require(Right.READ_AUDIT)
        if request.method == "POST":
            task = services().verification_tasks.start(by=by)
            self.message_user(request, "Verification has started.", messages.SUCCESS)
            return redirect("admin:jobs_job_change", task.id)
        back = reverse("admin:jobs_job_changelist")
        return self.form_page(request, forms.Form(), title="Verify all records", back=back)

    @admin_page({"<id:job_id>/result/": "jobs_job_result"})
    def result_view(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        """Download the file that a job has written; without the right that its kind needs, say so on its page."""
        self.row_allowed_by(self.has_view_permission, request, job_id)
        try:
            file = services().tasks.result_of(JobId(job_id), by=staff_of(request))
        except TaskResultNotFound:
            self.message_user(request, NO_FILE, messages.ERROR)
            return redirect("admin:jobs_job_change", job_id)
        return StreamedFile(file.pieces, file.size, file.name, file.media_type).response
