"""Admin pages of course progress, events and course reports."""

from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.public import Right, SubjectType
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.downloads import csv_download
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from progress import models as rows
from progress.admin.learners import LearnerPages
from progress.domain.entities.reports import CourseReport, table_of_course
from progress.domain.services.verification import RebuildSelection


class RebuildForm(forms.Form):
    learner = forms.UUIDField(required=False, help_text="Only the learner with this id.")
    organization = forms.UUIDField(
        required=False, help_text="Only courses of the organization with this id."
    )


@admin.register(rows.ProgressEvent)
class ProgressEventAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.LEARNERS
    owner = "org"
    list_display = ["position", "occurred_at", "type", "user", "course", "org", "sequence"]
    list_filter = ["type", "org"]
    list_select_related = ["user", "course", "org"]
    search_fields = ["user__email", "course__slug"]
    ordering = ["-position"]


@admin.register(rows.CourseProgress)
class CourseProgressAdmin(LearnerPages, AuditsTenantAccess, ReadOnlyAdmin):
    right = Right.SEE_PROGRESS
    subject_type = SubjectType.LEARNERS
    owner = "org"
    list_display = [
        "user",
        "course_slug",
        "org",
        "course_version",
        "status",
        "percent_complete",
        "last_activity_at",
    ]
    list_filter = ["status", "org"]
    list_select_related = ["user", "org"]
    search_fields = ["user__email", "course_slug"]
    ordering = ["-last_activity_at"]

    @admin_page({"rebuild/": "progress_courseprogress_rebuild"})
    def rebuild_view(self, request: HttpRequest) -> HttpResponse:
        """Start to rebuild progress from the event log."""
        by = staff_of(request)
        by.require(Right.MANAGE_ORGANIZATIONS)
        form = RebuildForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            back = reverse("admin:progress_courseprogress_changelist")
            return self.form_page(request, form, title="Rebuild progress", back=back)
        selection = RebuildSelection(
            user_id=form.cleaned_data["learner"], org_id=form.cleaned_data["organization"]
        )
        task = services().rebuild_tasks.start(selection, by=by)
        self.message_user(request, "The rebuild has started.", messages.SUCCESS)
        return redirect("admin:jobs_job_change", task.id)

    @admin_page({"report/<id:course_id>/": "progress_courseprogress_report"})
    def report_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Show the report on a course, in the default window."""
        report = _report_on(course_id, request)
        titles = {item.item_id: item.title for item in report.items}
        about = {
            "title": f"Report on {report.summary.course_slug}",
            "report": report,
            "scores": [(titles[scores.item_id], scores.bands) for scores in report.scores],
        }
        context = self.admin_site.each_context(request) | about
        return TemplateResponse(request, "admin/progress/courseprogress/report.html", context)

    @admin_page({"report/<id:course_id>/csv/": "progress_courseprogress_table"})
    def table_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Return the report as a CSV file."""
        report = _report_on(course_id, request)
        filename = f"report-{report.summary.course_slug}.csv"
        return csv_download(table_of_course(report), filename=filename)


def _report_on(course_id: UUID, request: HttpRequest) -> CourseReport:
    return services().reports.of_course(str(course_id), by=staff_of(request))
