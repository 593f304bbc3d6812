"""Admin pages of the outline of a draft: modules, the order of things, and what is removed."""

from dataclasses import replace
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.pages import Confirmation, confirm_page
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.kernel.preconditions import PreconditionFailed
from courses import models as rows
from courses.admin.items import ItemPages, NewItemForm
from courses.admin.views import (
    authored_page,
    conflict_page,
    counted,
    course_url,
    done,
    draft_tag,
    seen,
    settings_tag,
    tab_url,
)
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.editing import (
    Part,
    Place,
    added,
    changed,
    free_key,
    item_place,
    module_place,
    moved,
    part_at,
    removed,
)
from courses.domain.entities.outlines import CourseModule

Definition = CourseDefinition


class ModuleForm(forms.Form):
    title = forms.CharField(max_length=200)


class NewModuleForm(NewItemForm):
    """A module has at least one item, so both are added at once."""

    module = forms.CharField(label="Title of the module", max_length=200)
    field_order = ("module", "title", "kind", "url")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        self.fields["title"].label = "Title of its first item"

    def new_module(self, definition: Definition) -> CourseModule:
        """The module, with a key that is free in the course."""
        title, taken = self.cleaned_data["module"], {one.key for one in definition.modules}
        key = free_key(title, taken, otherwise="module")
        return CourseModule(key=key, title=title, items=(self.item(definition),))


class SettingsForm(forms.Form):
    title = forms.CharField(max_length=200)
    summary = forms.CharField(
        max_length=2000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A few sentences for the course catalog.",
    )
    etag = forms.CharField(widget=forms.HiddenInput, required=False)


class OutlinePages(ItemPages):
    """Pages that change the outline and the settings of a course."""

    @admin_page({"<id:course_id>/outline/": "courses_course_outline"})
    def outline_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Move a module or an item; the focus returns to its button."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        for name, by in (("up", -1), ("down", 1)):
            if name in request.POST:
                return self._moved(request, row, request.POST[name], by=by, button=name)
        return redirect(tab_url(row, "outline"))

    def _moved(
        self, request: HttpRequest, row: rows.Course, part: str, *, by: int, button: str
    ) -> HttpResponse:
        kind, _, key = part.partition(":")

        def place_in(definition: Definition) -> Place:
            return module_place(key) if kind == "module" else item_place(definition, key)

        before = services().authoring.authored(str(row.pk), by=staff_of(request)).definition
        title = part_at(before, place_in(before)).title
        where = "up" if by < 0 else "down"
        self.edit(
            request,
            row,
            lambda definition: moved(definition, place_in(definition), by=by),
            message=f"Moved “{title}” {where}.",
        )
        back = request.POST.get("item") or None
        url = course_url("item", row.pk, back) if back else tab_url(row, "outline")
        joint = "&" if "?" in url else "?"
        return redirect(f"{url}{joint}moved={button}:{part}")

    @admin_page({"<id:course_id>/add-module/": "courses_course_add_module"})
    def add_module_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Add a module with its first item."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        form = NewModuleForm(request.POST or None)
        if form.is_valid():
            message = f"Added the module “{form.cleaned_data['module']}”."

            def add(definition: Definition) -> Definition:
                return added(definition, (), Part.MODULE, form.new_module(definition))

            if self.saved(request, row, form, add, message):
                return redirect(tab_url(row, "outline"))
        return self.small_form_page(request, row, form, "Add a module", "Add the module")

    @admin_page({"<id:course_id>/modules/<slug:key>/": "courses_course_module"})
    def module_view(self, request: HttpRequest, course_id: UUID, key: str) -> HttpResponse:
        """Rename a module."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        authored = services().authoring.authored(str(row.pk), by=staff_of(request))
        module = part_at(authored.definition, module_place(key))
        form = ModuleForm(request.POST or None, initial={"title": module.title})
        if form.is_valid():
            title = form.cleaned_data["title"]

            def rename(definition: Definition) -> Definition:
                return changed(definition, module_place(key), title=title)

            message = f"Renamed the module “{module.title}” to “{title}”."
            if self.saved(request, row, form, rename, message):
                return redirect(tab_url(row, "outline"))
        remove = course_url("remove_module", row.pk, key)
        return self.small_form_page(
            request, row, form, f"Module: {module.title}", "Save the module", remove=remove
        )

    @admin_page({"<id:course_id>/modules/<slug:key>/remove/": "courses_course_remove_module"})
    def remove_module_view(self, request: HttpRequest, course_id: UUID, key: str) -> HttpResponse:
        """Ask, and remove a module with its items."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        definition = services().authoring.authored(str(row.pk), by=staff_of(request)).definition
        module = part_at(definition, module_place(key))
        items = tuple(item.title for item in module.items)
        effects = (f"{counted(len(items), 'item')} of the module will be removed from the draft.",)
        return self._remove(
            request,
            row,
            module_place(key),
            name=f"module {module.title}",
            effects=effects,
            things=items,
        )

    @admin_page({"<id:course_id>/items/<slug:key>/remove/": "courses_course_remove_item"})
    def remove_item_view(self, request: HttpRequest, course_id: UUID, key: str) -> HttpResponse:
        """Ask, and remove an item."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        definition = services().authoring.authored(str(row.pk), by=staff_of(request)).definition
        place = item_place(definition, key)
        title = part_at(definition, place).title
        if len(part_at(definition, place[:1]).items) == 1:
            return self._remove(
                request,
                row,
                place[:1],
                name=f"{title} and its module",
                effects=("It is the only item of its module, which will be removed, too.",),
            )
        effects = ("The item, its text and its questions will be removed from the draft.",)
        return self._remove(request, row, place, name=title, effects=effects)

    def _remove(
        self,
        request: HttpRequest,
        row: rows.Course,
        place: Place,
        *,
        name: str,
        effects: tuple[str, ...],
        things: tuple[str, ...] = (),
    ) -> HttpResponse:
        if request.method == "POST":
            self.edit(
                request,
                row,
                lambda definition: removed(definition, place),
                message=f"Removed {name} from the draft.",
            )
            return redirect(tab_url(row, "outline"))
        stays = "Published versions keep it, and so do the records of learners."
        confirmation = Confirmation(
            title=f"Remove {name}",
            effects=(*effects, stays),
            verb=f"Remove {name}",
            back=tab_url(row, "outline"),
            things=things,
        )
        return confirm_page(request, confirmation, forms.Form(), original=row, opts=self.opts)

    @admin_page({"<id:course_id>/settings/": "courses_course_settings"})
    def settings_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Change title and summary."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        form = SettingsForm(request.POST or None)
        if not form.is_valid():
            return self.settings_page(request, row, form)
        title, summary = form.cleaned_data["title"], form.cleaned_data["summary"]
        summary = summary.replace("\r\n", "\n")

        def change(definition: Definition) -> Definition:
            return replace(definition, title=title, summary=summary)

        try:
            self.edit(
                request,
                row,
                change,
                if_match=seen(form.cleaned_data["etag"], settings_tag),
                message="Saved the settings in the draft.",
            )
        except PreconditionFailed:
            authored = services().authoring.authored(str(row.pk), by=staff_of(request))
            return conflict_page(
                request,
                row,
                name="Settings",
                mine=f"{title}\n\n{summary}",
                theirs=f"{authored.draft.title}\n\n{authored.draft.summary}",
                etag=settings_tag(authored.definition),
                back=tab_url(row, "settings"),
            )
        return redirect(tab_url(row, "settings"))

    def settings_page(
        self, request: HttpRequest, row: rows.Course, form: forms.Form | None = None
    ) -> HttpResponse:
        """The settings tab."""
        authored = services().authoring.authored(str(row.pk), by=staff_of(request))
        draft = authored.draft
        initial = {"title": draft.title, "summary": draft.summary}
        shown = form or SettingsForm(initial=initial | {"etag": settings_tag(authored.definition)})
        return authored_page(
            request,
            row,
            "admin/courses/course/settings.html",
            authored=authored,
            current="settings",
            form=shown,
            page_title="Settings",
        )

    @admin_page({"<id:course_id>/discard/": "courses_course_discard"}, takes_away=True)
    def discard_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Ask why, and make the current version the draft again."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        authored = services().authoring.authored(str(row.pk), by=staff_of(request))
        published = authored.published
        if published is None or not authored.has_changes:
            return redirect(tab_url(row, "outline"))
        form = ReasonForm(request.POST or None)
        if not form.is_valid():
            effects = tuple(f"Lost: {part}." for part in authored.difference.summary)
            confirmation = Confirmation(
                title=f"Discard the draft of {row.title}",
                effects=(*effects, f"The draft will be as version {row.version}."),
                verb="Discard the draft",
                back=tab_url(row, "outline"),
            )
            hidden = [("etag", draft_tag(authored.definition))]
            return confirm_page(
                request, confirmation, form, hidden=hidden, original=row, opts=self.opts
            )
        self.edit(
            request,
            row,
            lambda _: published,
            if_match=seen(request.POST.get("etag", ""), draft_tag),
            reason=form.cleaned_data["reason"],
            message=f"Discarded the draft. It is as version {row.version} again.",
        )
        return redirect(tab_url(row, "outline"))

    @admin_page({"<id:course_id>/retire/": "courses_course_retire"}, takes_away=True)
    def retire_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Ask why, and close the course to new learners."""
        row, by = (
            self.row_allowed_by(self.has_change_permission, request, course_id),
            staff_of(request),
        )
        form = ReasonForm(request.POST or None)
        if not form.is_valid():
            confirmation = Confirmation(
                title=f"Retire {row.title}",
                effects=(
                    "Nobody can enrol any more. Enrolled learners can finish.",
                    "Publish the course again to reopen it.",
                ),
                verb=f"Retire {row.title}",
                back=tab_url(row, "settings"),
            )
            return confirm_page(request, confirmation, form, original=row, opts=self.opts)
        reason = form.cleaned_data["reason"]
        self.perform(
            request,
            row,
            lambda: services().authoring.retire(str(row.pk), reason=reason, by=by),
            f"Retired. Reason: {reason}",
        )
        done(self, request, f"Retired {row.title}. Nobody can enrol any more.")
        return redirect(tab_url(row, "settings"))
