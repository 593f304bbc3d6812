"""Admin pages of courses: import, revision, publication and retirement."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.public import OrganizationId, Principal, Right
from authsvc.admin_site.model_admins import ServiceAdmin, shows_domain_errors, staff_action
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from courses import models as rows
from courses.admin.forms import DraftForm, ImportForm, PlatformImportForm, chooses_owner
from courses.definitions.courses import write_definition


@admin.register(rows.Course)
class CourseAdmin(ServiceAdmin):
    right = Right.AUTHOR_COURSES
    owner = "org"
    form = DraftForm
    list_display = ["slug", "org", "title", "status", "version", "created_by"]
    list_filter = ["status", "org"]
    list_select_related = ["created_by", "org"]
    search_fields = ["slug", "title"]
    ordering = ["slug"]
    readonly_fields = [
        "slug",
        "org",
        "title",
        "summary",
        "status",
        "version",
        "created_by",
        "created_at",
    ]
    actions = ["publish", "retire"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [] if obj is None else [*self.readonly_fields, "versions"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return (
                ["org", "file", "definition"] if chooses_owner(request) else ["file", "definition"]
            )
        text = ["definition"] if self.has_change_permission(request, obj) else []
        return [*self.readonly_fields, "versions", *text]

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  # Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs["form"] = ImportForm if chooses_owner(request) else PlatformImportForm
        form: Any = super().get_form(request, obj, change, **kwargs)
        if obj is not None and self.has_change_permission(request, obj):
            draft = services().authoring.export(obj.slug, by=staff_of(request))
            form.current, form.local_slug = write_definition(draft), draft.slug
        return form

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.definition_view)
        return [
            path("<uuid:course_id>/definition/", view, name="courses_course_definition"),
            path("<uuid:course_id>/definition/<int:version>/", view, name="courses_course_version"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, buttons | {"title": "Import a course"})

    def added(self, form: ImportForm, by: Principal) -> UUID:
        org = form.cleaned_data.get("org")
        course = services().authoring.import_definition(
            form.cleaned_data["definition"], org_id=OrganizationId(org.pk) if org else None, by=by
        )
        return course.id

    def changed(self, row: rows.Course, form: DraftForm, by: Principal) -> None:
        services().authoring.revise(row.slug, form.cleaned_data["definition"], by=by)

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

    @shows_domain_errors
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
