"""Admin pages to begin a course, and to import one from Open edX."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.public import OrganizationId, Principal, Task
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.pages import thing_page
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.jobs.entities import JobId
from authsvc.kernel.errors import Conflict, Invalid
from authsvc.kernel.preconditions import PreconditionFailed
from courses import models as rows
from courses.admin.example import EXAMPLE
from courses.admin.forms import ArchiveForm, PlatformArchiveForm, chooses_owner, owner_field
from courses.admin.publishing import PublishingPages
from courses.admin.views import course_url, done, draft_tag, refused, seen, tab_url
from courses.definitions.courses import read_definition
from courses.domain.entities.courses import CourseDefinition, CourseId
from courses.domain.entities.differences import difference
from courses.domain.entities.editing import slug_suggested_by
from courses.domain.entities.outlines import CourseModule, ModuleItem

STARTS = (
    ("empty", "Empty: one module with one lesson"),
    ("example", "Example: a lesson, a link and a quiz, to be changed"),
    ("yaml", "YAML: a file or text"),
    ("olx", "Open edX: an exported archive, .tar.gz"),
)


class NewCourseForm(forms.Form):
    title = forms.CharField(max_length=200)
    slug = forms.CharField(
        max_length=80,
        required=False,
        help_text="Identifies the course in URLs and never changes. Empty: made from the title.",
    )
    org = owner_field(rows.Course, help_text="The organization that owns the course.")
    start = forms.ChoiceField(
        label="Start from", choices=STARTS, initial="empty", widget=forms.RadioSelect
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        title = cleaned.get("title", "")
        if title and not cleaned.get("slug"):
            cleaned["slug"] = slug_suggested_by(title)
            if not cleaned["slug"]:
                self.add_error(
                    "slug", ValidationError("Choose a slug: the title has no letters a to z.")
                )
        return cleaned

    def definition(self) -> CourseDefinition:
        """The draft of the new course. Raises InvalidDefinition."""
        title, slug = self.cleaned_data["title"], self.cleaned_data["slug"]
        if self.cleaned_data["start"] == "example":
            example = read_definition(EXAMPLE)
            modules = example.modules
        else:
            lesson = ModuleItem(key="introduction", title="Introduction")
            modules = (CourseModule(key="module-1", title="Module 1", items=(lesson,)),)
        return CourseDefinition(slug=slug, title=title, modules=modules)


class PlatformNewCourseForm(NewCourseForm):
    """For administrators who cannot choose the organization."""

    org = None


class ImportPages(PublishingPages):
    """Pages that begin courses and import archives."""

    @admin_page({"new/": "courses_course_new"})
    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Begin a course."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        start = request.POST.get("start")
        if start in ("yaml", "olx"):
            return redirect(course_url("add" if start == "yaml" else "archive"))
        form_class = NewCourseForm if chooses_owner(request) else PlatformNewCourseForm
        form = form_class(request.POST or None)
        if form.is_valid():
            try:
                return self._create(request, form)
            except Invalid as error:
                for one in error.field_errors:
                    form.add_error(one.path if one.path in form.fields else None, one.detail)
            except Conflict as error:
                form.add_error("slug", error.detail)
        return thing_page(
            request,
            "admin/courses/course/new.html",
            title="New course",
            form=form,
            opts=self.opts,
            verb="Create the course",
            back=course_url("changelist"),
        )

    def _create(self, request: HttpRequest, form: NewCourseForm) -> HttpResponse:
        org = form.cleaned_data.get("org")
        course = services().draft_editor.create(
            form.definition(), org_id=OrganizationId(org.pk) if org else None, by=staff_of(request)
        )
        row = rows.Course.objects.get(pk=course.id)
        self.log_addition(request, row, "Created.")
        done(self, request, f"Created {course.title}. Learners see it once it is published.")
        return redirect(tab_url(row, "outline"))

    @admin_page(
        {
            "import-archive/": "courses_course_archive",
            "<id:course_id>/import-archive/": "courses_course_archive_for",
        }
    )
    def archive_view(self, request: HttpRequest, course_id: UUID | None = None) -> HttpResponse:
        """Take a packed course of Open edX, and start to read it."""
        row = self._archive_target(request, course_id)
        chooses = row is None and chooses_owner(request)
        form_class = ArchiveForm if chooses else PlatformArchiveForm
        form = form_class(request.POST or None, request.FILES or None)
        if not form.is_valid():
            return thing_page(
                request,
                "admin/courses/course/new.html",
                title="Import an Open edX course",
                form=form,
                opts=self.opts,
                original=row,
                verb="Read the archive",
                back=tab_url(row, "files") if row else course_url("changelist"),
            )
        org = row.org if row is not None else form.cleaned_data.get("org")
        task = services().archive_imports.start(
            form.cleaned_data["file"].read(),
            org_id=OrganizationId(org.pk) if org else None,
            course_id=CourseId(row.pk) if row is not None else None,
            by=staff_of(request),
        )
        return redirect("admin:courses_course_archive_task", task.id)

    def _archive_target(self, request: HttpRequest, course_id: UUID | None) -> rows.Course | None:
        """The course whose draft the archive is to replace; None for a new one."""
        if course_id is not None:
            row: rows.Course = self.row_allowed_by(self.has_change_permission, request, course_id)
            return row
        if not self.has_add_permission(request):
            raise PermissionDenied
        return None

    @admin_page({"import-archive/<id:task_id>/": "courses_course_archive_task"})
    def archive_task_view(self, request: HttpRequest, task_id: UUID) -> HttpResponse:
        """How far an archive is read; then what it would import, and the question whether to."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        by = staff_of(request)
        task = services().tasks.get(JobId(task_id), by=by)
        if task.result is None:
            return self._archive_page(request, task, None)
        if request.method == "POST":
            return self._confirm(request, task, by)
        return self._archive_page(request, task, by)

    def _confirm(self, request: HttpRequest, task: Task, by: Principal) -> HttpResponse:
        try:
            course = services().archive_imports.confirm(
                task.id, if_match=seen(request.POST.get("etag", ""), draft_tag), by=by
            )
        except (PreconditionFailed, Conflict) as error:
            refused(self, request, error)
            return redirect("admin:courses_course_archive_task", task.id)
        row = rows.Course.objects.get(pk=course.id)
        self.log_change(request, row, "Imported a draft from Open edX.")
        done(self, request, f"The draft of {course.title} has been imported.")
        return redirect(tab_url(row, "outline"))

    def _archive_page(self, request: HttpRequest, task: Task, by: Principal | None) -> HttpResponse:
        """The state of the task, and for *by* what it has read."""
        context: dict[str, Any] = {"task": task, "result": task.result}
        if by is not None:
            read = services().archive_imports.result_of(task.id, by=by)
            if read.target is not None:
                before = read.target.definition
                context |= {"target": read.target.course, "etag": draft_tag(before)}
                context |= {"diff": difference(before, read.definition)}
        return thing_page(
            request,
            "admin/courses/course/archive.html",
            title="Import of an Open edX course",
            opts=self.opts,
            **context,
        )
