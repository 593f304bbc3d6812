"""Admin pages of courses: import, revision, publication and retirement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.public import OrganizationId, Principal, Task
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.jobs.entities import JobId
from courses import models as rows
from courses.admin.authored import AuthoredAdmin
from courses.admin.forms import (
    ArchiveForm,
    DraftForm,
    ImportForm,
    PlatformArchiveForm,
    PlatformImportForm,
    chooses_owner,
)
from courses.definitions.courses import write_definition


@admin.register(rows.Course)
class CourseAdmin(AuthoredAdmin):
    form = DraftForm
    add_form = PlatformImportForm
    owned_add_form = ImportForm
    add_fields = ["file", "definition"]
    add_title = "Import a course"
    change_list_template = "admin/courses/course/change_list.html"
    readonly_fields = [*AuthoredAdmin.readonly_fields, "versions"]

    def definition_of(self, row: rows.Course, by: Principal) -> str:
        return write_definition(services().authoring.export(row.slug, by=by))

    def added(self, form: ImportForm, by: Principal) -> UUID:
        org = form.cleaned_data.get("org")
        course = services().authoring.import_definition(
            form.cleaned_data["definition"], org_id=OrganizationId(org.pk) if org else None, by=by
        )
        return course.id

    def changed(self, row: rows.Course, form: DraftForm, by: Principal) -> None:
        services().authoring.revise(
            row.slug,
            form.cleaned_data["definition"],
            if_match=form.precondition(text_of=write_definition),
            by=by,
        )

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return super().log_addition(request, obj, "Imported a draft.")

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the imported draft."""
        self.message_user(request, f"The draft of {obj} has been imported.", messages.SUCCESS)
        return redirect("admin:courses_course_change", obj.pk)

    @admin.display
    def versions(self, row: rows.Course) -> SafeString | str:
        versions = rows.CourseVersion.objects.filter(course=row).defer("outline")
        links = (
            (
                reverse("admin:courses_courseversion_change", args=[version.pk]),
                version.number,
                display_for_value(version.published_at, ""),
            )
            for version in versions.order_by("-number")
        )
        return format_html_join("", '<div><a href="{}">Version {}</a>, {}</div>', links) or "-"

    @staff_action("Publish", done="published")
    def publish(self, row: rows.Course, reason: str, by: Principal) -> None:
        services().authoring.publish(row.slug, by=by)

    @staff_action("Retire", done="retired", requires_reason=True)
    def retire(self, row: rows.Course, reason: str, by: Principal) -> None:
        services().authoring.retire(row.slug, reason=reason, by=by)

    @admin_page({"import-archive/": "courses_course_archive"})
    def archive_view(self, request: HttpRequest) -> HttpResponse:
        """Import a packed course of Open edX; a large one as a task, whose page follows."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form_class = ArchiveForm if chooses_owner(request) else PlatformArchiveForm
        form = form_class(request.POST or None, request.FILES or None)
        if not form.is_valid():
            back = reverse("admin:courses_course_changelist")
            return self.form_page(request, form, title="Import an Open edX course", back=back)
        org = form.cleaned_data.get("org")
        imported = services().archive_imports.import_archive(
            form.cleaned_data["file"].read(),
            org_id=OrganizationId(org.pk) if org else None,
            by=staff_of(request),
        )
        if isinstance(imported, Task):
            return redirect("admin:courses_course_archive_task", imported.id)
        return self._archive_page(request, imported.course_id, imported.losses)

    @admin_page({"import-archive/<id:task_id>/": "courses_course_archive_task"})
    def archive_task_view(self, request: HttpRequest, task_id: UUID) -> HttpResponse:
        """The state of an import, and once it has ended, its draft and what was lost."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        task = services().tasks.get(JobId(task_id), by=staff_of(request))
        if task.result is not None:
            course_id = UUID(task.result["course_id"])
            return self._archive_page(request, course_id, task.result["losses"])
        return self._archive_page(request, None, (), task=task)

    def _archive_page(
        self,
        request: HttpRequest,
        course_id: UUID | None,
        losses: Sequence[str],
        *,
        task: Task | None = None,
    ) -> HttpResponse:
        about = {"title": "Import of an Open edX course", "opts": self.opts}
        context = self.admin_site.each_context(request) | about
        context |= {"course_id": course_id, "losses": losses, "task": task}
        return TemplateResponse(request, "admin/courses/course/archive.html", context)

    @admin_page(
        {
            "<id:course_id>/definition/": "courses_course_definition",
            "<id:course_id>/definition/<int:version>/": "courses_course_version",
        }
    )
    def definition_view(
        self, request: HttpRequest, course_id: UUID, version: int | None = None
    ) -> HttpResponse:
        """The draft or a version as a YAML file."""
        definition = services().authoring.export(
            str(course_id), version=version, by=staff_of(request)
        )
        name = f"{definition.slug}.yaml" if version is None else f"{definition.slug}-{version}.yaml"
        return HttpResponse(
            write_definition(definition),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
