"""Admin pages of courses: the list, the page of a course in tabs, publication and retirement."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.db.models import Model, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.public import OrganizationId, Principal, SubjectType
from authsvc.admin_site.actions import admin_page, shows_domain_errors, staff_action
from authsvc.admin_site.pages import current_tab
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from courses import models as rows
from courses.admin.authored import AuthoredAdmin
from courses.admin.forms import DraftForm, ImportForm, PlatformArchiveForm, PlatformImportForm
from courses.admin.imports import ImportPages
from courses.admin.views import (
    TABS,
    authored_page,
    course_url,
    head_of,
    readers_page,
)
from courses.definitions.courses import write_definition


@admin.register(rows.Course)
class CourseAdmin(ImportPages, AuthoredAdmin):
    form = DraftForm
    add_form = PlatformImportForm
    owned_add_form = ImportForm
    add_fields = ["file", "definition"]
    add_title = "Import a course"
    add_button = "Import the course"
    change_list_template = "admin/courses/course/change_list.html"
    change_form_template = "admin/courses/course/yaml.html"
    readonly_fields = [*AuthoredAdmin.readonly_fields, "versions"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Authors have tabs for all but the text."""
        if obj is not None and self.has_change_permission(request, obj):
            return ["definition", "etag"]
        return super().get_fields(request, obj)

    @shows_domain_errors
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a course in tabs; the tab YAML is the form of Django's page."""
        tab = current_tab(request, TABS)
        if tab != "yaml" and request.method == "GET":
            return self.tab_view(request, UUID(object_id), tab)
        row = self.get_object(request, object_id)
        context = extra_context or {}
        if row is not None and self.has_change_permission(request, row):
            context |= self.yaml_context(request, row)
        return super().change_view(request, object_id, form_url, context)

    def tab_view(self, request: HttpRequest, course_id: UUID, tab: str) -> HttpResponse:
        row = self.row_allowed_by(self.has_view_permission, request, course_id)
        if tab in ("learners", "report"):
            return redirect(f"admin:progress_courseprogress_{tab}", row.pk)
        versions = rows.CourseVersion.objects.filter(course=row).defer("outline")
        versions = versions.select_related("published_by").order_by("-number")
        if not self.has_change_permission(request, row):
            return self._readers_view(request, row, tab, versions)
        if tab == "settings":
            return self.settings_page(request, row)
        if tab == "files":
            return authored_page(
                request,
                row,
                "admin/courses/course/files.html",
                current=tab,
                form=PlatformArchiveForm(),
            )
        template = f"admin/courses/course/{tab}.html"
        return authored_page(request, row, template, current=tab, versions=versions)

    def _readers_view(
        self, request: HttpRequest, row: rows.Course, tab: str, versions: Any
    ) -> HttpResponse:
        """The page for those who only look at it; access to the organization is recorded."""
        services().tenant_access.record_access(
            OrganizationId(row.org_id) if row.org_id else None,
            at=SubjectType.COURSE,
            subject_id=row.pk,
            by=staff_of(request),
        )
        modules = rows.CourseModule.objects.filter(draft_id=row.pk).order_by("position")
        items = Prefetch("items", rows.ModuleItem.objects.order_by("position"))
        template = f"admin/courses/course/{tab if tab == 'versions' else 'outline'}.html"
        outline = modules.prefetch_related(items)
        return readers_page(request, row, template, current=tab, versions=versions, outline=outline)

    def yaml_context(self, request: HttpRequest, row: rows.Course) -> dict[str, Any]:
        """The head and the tabs of the page, for the tab YAML."""
        by = staff_of(request)
        authored = services().authoring.authored(str(row.pk), by=by)
        about: dict[str, Any] = {
            "title": row.title,
            "tabs": TABS,
            "current": "yaml",
            "page_title": "YAML",
        }
        about |= {"lines": range(1, write_definition(authored.definition).count("\n") + 1)}
        about |= {"tabs_url": course_url("change", row.pk), "course": row}
        return about | head_of(row, authored, by)

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
