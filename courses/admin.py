"""Courses, their drafts and their versions, for staff."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.public import Principal, Right
from authsvc.actors import staff_of
from authsvc.container import services
from authsvc.staff import (
    LookOnlyAdmin,
    LookOnlyInline,
    ServiceAdmin,
    staff_action,
    tells_refusals,
)
from courses import models as rows
from courses.definitions import read_definition, write_definition
from courses.definitions.reading import LONGEST_TEXT
from courses.domain.entities import CourseDefinition
from courses.domain.errors import InvalidDefinition, SlugFixed


class DefinitionField(forms.CharField):
    def __init__(self, *, help_text: str, required: bool = True) -> None:
        area = forms.Textarea(attrs={"class": "definition", "spellcheck": "false"})
        super().__init__(required=required, help_text=help_text, strip=False, widget=area)

    def to_python(self, value: Any) -> str:
        """With the ends of lines that we write; browsers send others."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class DraftForm(forms.ModelForm[rows.Course]):
    """`kept` is the draft as it stands; Django makes a class for each request."""

    kept: ClassVar[str] = ""
    definition = DefinitionField(
        help_text="The draft in YAML. Learners see none of it before it is published."
    )

    class Meta:
        model = rows.Course
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["definition"] = self.kept

    def clean_definition(self) -> CourseDefinition:
        definition = definition_in(self.cleaned_data["definition"])
        if definition.slug != self.instance.slug:
            raise ValidationError(SlugFixed(slug=self.instance.slug).detail)
        return definition


class ImportForm(forms.ModelForm[rows.Course]):
    file = forms.FileField(required=False, help_text="It takes the place of the text below.")
    definition = DefinitionField(
        required=False,
        help_text="YAML or JSON. If there is a course with its slug, this becomes the draft of that one.",
    )

    class Meta:
        model = rows.Course
        fields: ClassVar[list[str]] = []

    def clean_file(self) -> str:
        """The text of the file, none without a file."""
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > LONGEST_TEXT:
            raise ValidationError("The file is too long.")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValidationError("The file is not text in UTF-8.") from None

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not self.errors:
            text = said["file"] or said["definition"]
            if not text:
                raise ValidationError("Choose a file, or write a definition.")
            try:
                said["definition"] = definition_in(text)
            except ValidationError as complaints:
                # A browser does not send a file again, so its text goes where it can be mended.
                data = cast("QueryDict", self.data).copy()
                data["definition"] = text
                self.data = data
                self.add_error("definition", complaints)
        return said


@admin.register(rows.Course)
class CourseAdmin(ServiceAdmin):
    right = Right.AUTHOR_COURSES
    form = DraftForm
    list_display = ["slug", "title", "status", "version", "created_by"]
    list_filter = ["status"]
    list_select_related = ["created_by"]
    search_fields = ["slug", "title"]
    ordering = ["slug"]
    readonly_fields = ["slug", "title", "summary", "status", "version", "created_by", "created_at"]
    actions = ["publish", "retire"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [] if obj is None else [*self.readonly_fields, "versions"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return ["file", "definition"]
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
            kwargs["form"] = ImportForm
        form: Any = super().get_form(request, obj, change, **kwargs)
        if obj is not None and self.has_change_permission(request, obj):
            draft = services().authoring.export(obj.slug, by=staff_of(request))
            form.kept = write_definition(draft)
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
        return services().authoring.import_definition(form.cleaned_data["definition"], by=by).id

    def changed(self, row: rows.Course, form: DraftForm, by: Principal) -> None:
        services().authoring.revise(row.slug, form.cleaned_data["definition"], by=by)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return super().log_addition(request, obj, "Imported a draft.")

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """An import is looked at before anything else is done."""
        self.message_user(request, f"This is now the draft of {obj}.", messages.SUCCESS)
        return redirect("admin:courses_course_change", obj.pk)

    @admin.display
    def versions(self, row: rows.Course) -> SafeString | str:
        found = rows.CourseVersion.objects.filter(course=row).defer("outline").order_by("-number")
        links = (
            (
                reverse("admin:courses_courseversion_change", args=[version.pk]),
                version.number,
                display_for_value(version.published_at, ""),
            )
            for version in found
        )
        return format_html_join("", '<div><a href="{}">Version {}</a> of {}</div>', links) or "-"

    @staff_action("Publish", done="published")
    def publish(self, row: rows.Course, reason: str, by: Principal) -> None:
        services().authoring.publish(row.slug, by=by)

    @staff_action("Retire", done="retired", asks_why=True)
    def retire(self, row: rows.Course, reason: str, by: Principal) -> None:
        services().authoring.retire(row.slug, by=by)

    @tells_refusals
    def definition_view(
        self, request: HttpRequest, course_id: UUID, version: int | None = None
    ) -> HttpResponse:
        """The draft or a version as a file."""
        definition = services().authoring.export(
            str(course_id), version=version, by=staff_of(request)
        )
        name = f"{definition.slug}.yaml" if version is None else f"{definition.slug}-{version}.yaml"
        return HttpResponse(
            write_definition(definition),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class CourseModuleInline(LookOnlyInline):
    model = rows.CourseModule
    fields = ["position", "key", "title"]
    ordering = ["position"]


class ModuleItemInline(LookOnlyInline):
    model = rows.ModuleItem
    fields = ["position", "key", "title", "type", "is_required"]
    ordering = ["position"]


@admin.register(rows.CourseDraft)
class CourseDraftAdmin(LookOnlyAdmin):
    list_display = ["course", "title"]
    list_select_related = ["course"]
    search_fields = ["course__slug", "title"]
    ordering = ["course__slug"]
    inlines = [CourseModuleInline]


@admin.register(rows.CourseModule)
class CourseModuleAdmin(LookOnlyAdmin):
    list_display = ["title", "key", "draft", "position"]
    list_select_related = ["draft"]
    search_fields = ["key", "title", "draft__course__slug"]
    ordering = ["draft__course__slug", "position"]
    inlines = [ModuleItemInline]


@admin.register(rows.ModuleItem)
class ModuleItemAdmin(LookOnlyAdmin):
    list_display = ["title", "key", "type", "is_required", "module", "position"]
    list_filter = ["type", "is_required"]
    list_select_related = ["module"]
    search_fields = ["key", "title", "module__draft__course__slug"]
    ordering = ["module__draft__course__slug", "module__position", "position"]


@admin.register(rows.CourseVersion)
class CourseVersionAdmin(LookOnlyAdmin):
    list_display = ["slug", "number", "title", "published_at", "published_by"]
    list_select_related = ["published_by"]
    search_fields = ["slug", "title"]
    ordering = ["slug", "-number"]
    readonly_fields = ["course", "number", "title", "summary", "published_at", "published_by"]
    fields = [*readonly_fields, "checksum", "content"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A list without the outlines, which are long."""
        return super().get_queryset(request).defer("outline")

    @admin.display
    def content(self, row: rows.CourseVersion) -> SafeString:
        return render_to_string("admin/courses/outline.html", {"modules": row.outline})


def definition_in(text: str) -> CourseDefinition:
    """The definition that a form was given. Raises ValidationError with what is wrong in it, line by line."""
    try:
        return read_definition(text)
    except InvalidDefinition as refusal:
        raise ValidationError([complaint.detail for complaint in refusal.complaints]) from None
