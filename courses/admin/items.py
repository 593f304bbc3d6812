"""Admin pages of the items of a draft: forms with questions, choices and rubrics."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.model_admins import StaffAdmin
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.markdown import html_of
from authsvc.kernel.preconditions import UNCONDITIONAL, PreconditionFailed
from courses import models as rows
from courses.admin.item_forms import QUESTION_KINDS, ItemForms
from courses.admin.posted_items import item_in
from courses.admin.views import (
    authored_page,
    conflict_page,
    course_url,
    done,
    item_seen,
    kind_of,
    part_tag,
    tab_url,
    yaml_of,
)
from courses.domain.entities.assessments import (
    Assessment,
    Choice,
    Criterion,
    Level,
    Question,
    QuestionKind,
)
from courses.domain.entities.authored import AuthoredCourse
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.editing import (
    Part,
    Place,
    added,
    changed,
    free_key,
    item_keys,
    item_place,
    module_place,
    moved,
    part_at,
    removed,
    replaced,
    transferred,
)
from courses.domain.entities.outlines import ItemType, ModuleItem
from courses.domain.errors import InvalidDefinition, PartNotFound

KINDS: Final = (
    ("lesson", "Lesson: a text to read"),
    ("assessment", "Quiz or exam: questions"),
    ("external", "Link: a page elsewhere"),
)


class NewItemForm(forms.Form):
    title = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=KINDS)
    url = forms.CharField(
        label="Address", max_length=2000, required=False, help_text="Only for a link."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "external" and not cleaned.get("url"):
            self.add_error("url", "Write the address of the page.")
        return cleaned

    def item(self, definition: CourseDefinition) -> ModuleItem:
        """The new item, with a key that is free in the course."""
        values = self.cleaned_data
        type_ = ItemType(values["kind"])
        return ModuleItem(
            key=free_key(values["title"], item_keys(definition), otherwise="item"),
            title=values["title"],
            type=type_,
            url=values["url"] if type_ is ItemType.EXTERNAL else "",
        )


class ItemPages(StaffAdmin):
    """Pages to add, edit and remove the items of a course."""

    @admin_page({"<id:course_id>/modules/<slug:key>/add-item/": "courses_course_add_item"})
    def add_item_view(self, request: HttpRequest, course_id: UUID, key: str) -> HttpResponse:
        """Add an item to the module with this key."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        authored = services().authoring.authored(str(row.pk), by=staff_of(request))
        module = part_at(authored.definition, module_place(key))
        form = NewItemForm(request.POST or None)
        if form.is_valid():
            new: list[ModuleItem] = []

            def add(definition: CourseDefinition) -> CourseDefinition:
                new.append(form.item(definition))
                return added(definition, module_place(key), Part.ITEM, new[-1])

            message = f"Added “{form.cleaned_data['title']}” to {module.title}."
            if self.saved(request, row, form, add, message):
                return redirect("admin:courses_course_item", row.pk, new[-1].key)
        title = f"Add an item to {module.title}"
        return self.small_form_page(request, row, form, title, "Add the item", authored=authored)

    def small_form_page(
        self,
        request: HttpRequest,
        row: rows.Course,
        form: forms.Form,
        title: str,
        verb: str,
        **context: Any,
    ) -> HttpResponse:
        return authored_page(
            request,
            row,
            "admin/courses/course/small_form.html",
            current="outline",
            page_title=title,
            form=form,
            verb=verb,
            back=tab_url(row, "outline"),
            **context,
        )

    def saved(
        self,
        request: HttpRequest,
        row: rows.Course,
        form: forms.Form,
        change: Callable[[CourseDefinition], CourseDefinition],
        message: str,
    ) -> bool:
        """Apply a change that overwrites nothing, and say so; the errors of the definition go to the form."""
        try:
            self.edit(request, row, change, message=message)
        except InvalidDefinition as error:
            for one in error.field_errors:
                name = one.path.rpartition("/")[2]
                form.add_error(name if name in form.fields else None, one.detail)
            return False
        return True

    def edit(
        self,
        request: HttpRequest,
        row: rows.Course,
        change: Callable[[CourseDefinition], CourseDefinition],
        *,
        message: str,
        if_match: Any = UNCONDITIONAL,
        reason: str = "",
    ) -> CourseDefinition:
        """Change the draft, log it, and show the message. Raises the errors of `DraftEditor.edit`."""
        by = staff_of(request)
        act = partial(
            services().draft_editor.edit,
            str(row.pk),
            change,
            if_match=if_match,
            reason=reason,
            by=by,
        )
        edited: CourseDefinition = self.perform(request, row, act, message)
        done(self, request, message)
        return edited

    @admin_page({"<id:course_id>/items/<slug:key>/": "courses_course_item"})
    def item_view(self, request: HttpRequest, course_id: UUID, key: str) -> HttpResponse:
        """The form of an item."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        authored = services().authoring.authored(str(row.pk), by=staff_of(request))
        definition = authored.definition
        try:
            place = item_place(definition, key)
        except PartNotFound:
            if request.method != "POST" or "title" not in request.POST:
                raise
            return self._removed_meanwhile(request, row, key)
        item, module_key = part_at(definition, place), place[0][1]
        if request.method != "POST":
            forms_ = ItemForms(item, definition.modules, module_key)
            return self._item_page(request, row, authored, forms_, part_tag(item))
        return self._posted(request, row, authored, item, module_key)

    def _posted(
        self,
        request: HttpRequest,
        row: rows.Course,
        authored: AuthoredCourse,
        item: ModuleItem,
        module_key: str,
    ) -> HttpResponse:
        data, modules = request.POST, authored.definition.modules
        etag, act = data.get("etag", ""), data.get("act", "save")
        posted = item_in(data, item)
        module_key = data.get("module", module_key)
        if act not in ("save", "save-and-preview"):
            edited, new = edited_by(act, posted, data.get("new_kind", ""))
            forms_ = ItemForms(edited, modules, module_key, new=new)
            return self._item_page(request, row, authored, forms_, etag)
        forms_ = ItemForms(posted, modules, module_key, data)
        if forms_.is_valid():
            try:
                self._save(request, row, posted, forms_, etag)
            except PreconditionFailed:
                return conflict_page(
                    request,
                    row,
                    name=item.title,
                    mine=yaml_of(posted),
                    theirs=yaml_of(item),
                    etag=part_tag(item),
                    back=course_url("item", row.pk, item.key),
                )
            except InvalidDefinition as error:
                for one in error.field_errors:
                    forms_.place(one)
            else:
                page = "preview_item" if act == "save-and-preview" else "item"
                return redirect(course_url(page, row.pk, item.key))
        return self._item_page(request, row, authored, forms_, etag)

    def _save(
        self, request: HttpRequest, row: rows.Course, item: ModuleItem, forms_: ItemForms, etag: str
    ) -> None:
        to = forms_.form.cleaned_data["module"]

        def change(definition: CourseDefinition) -> CourseDefinition:
            place = item_place(definition, item.key)
            edited = replaced(definition, place, item)
            return edited if place[0][1] == to else transferred(edited, item.key, to=to)

        self.edit(
            request,
            row,
            change,
            if_match=item_seen(etag, item.key),
            message=f"Saved “{item.title.strip()}” in the draft.",
        )

    def _item_page(
        self,
        request: HttpRequest,
        row: rows.Course,
        authored: AuthoredCourse,
        forms_: ItemForms,
        etag: str,
    ) -> HttpResponse:
        items = [item for module in authored.definition.modules for item in module.items]
        at = [item.key for item in items].index(forms_.item.key)
        return authored_page(
            request,
            row,
            "admin/courses/course/item.html",
            authored=authored,
            current="outline",
            page_title=items[at].title,
            item=forms_.item,
            kind=kind_of(forms_.item),
            forms=forms_,
            etag=etag,
            text=html_of(forms_.item.body),
            kinds=QUESTION_KINDS,
            previous=items[at - 1] if at else None,
            following=items[at + 1] if at + 1 < len(items) else None,
        )

    def _removed_meanwhile(self, request: HttpRequest, row: rows.Course, key: str) -> HttpResponse:
        type_ = ItemType.ASSESSMENT if "questions" in request.POST else ItemType.LESSON
        mine = item_in(request.POST, ModuleItem(key=key, title="", type=type_))
        return conflict_page(
            request,
            row,
            name=mine.title,
            mine=yaml_of(mine),
            theirs=None,
            etag="",
            back=tab_url(row, "outline"),
        )

    @admin_page({"<id:course_id>/preview-text/": "courses_course_preview_text"})
    def preview_text_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """The posted Markdown as HTML, for the preview beside it."""
        self.row_allowed_by(self.has_change_permission, request, course_id)
        return HttpResponse(html_of(request.POST.get("body", "")))


def edited_by(act: str, item: ModuleItem, new_kind: str) -> tuple[ModuleItem, str]:
    """The item after a button of its form was pressed, and the key of a question that it added.

    Raises PartNotFound for parts that the form does not have.
    """
    verb, *keys = act.split(":")
    if verb == "add-question":
        return _with_question(item, new_kind)
    place = _place(verb, keys)
    if not place:
        return item, ""  # *Preview* shows what was posted
    edited = item
    if verb == "add-choice":
        key = _first_free("choice", [choice.key for choice in part_at(item, place).choices])
        edited = added(item, place, Part.CHOICE, Choice(key=key, text=""))
    elif verb == "add-criterion":
        key = _first_free("criterion", [one.key for one in part_at(item, place).rubric])
        edited = added(item, place, Part.CRITERION, Criterion(key=key, text="", max_score=1))
    elif verb == "add-level":
        edited = changed(item, place, levels=_with_level(part_at(item, place)))
    elif verb == "remove-level":
        edited = changed(item, place, levels=_without_level(part_at(item, place), keys[2:]))
    elif verb in ("up", "down"):
        edited = moved(item, place, by=-1 if verb == "up" else 1)
    elif verb.startswith("remove"):
        edited = removed(item, place)
    return edited, keys[0]


def _with_question(item: ModuleItem, kind: str) -> tuple[ModuleItem, str]:
    """With a question of this kind; one with choices begins with two."""
    questions = item.assessment.questions if item.assessment else ()
    key = _first_free("question", [question.key for question in questions])
    kinds = {one.value: one for one in QuestionKind}
    question = Question(key=key, kind=kinds.get(kind, QuestionKind.MCQ), prompt="")
    if question.kind is QuestionKind.MCQ:
        choices = (Choice(key="choice-1", text=""), Choice(key="choice-2", text=""))
        question = replace(question, choices=choices)
    with_terms = replace(item, assessment=item.assessment or Assessment(questions=()))
    return added(with_terms, (), Part.QUESTION, question), key


def _place(verb: str, keys: list[str]) -> Place:
    place: Place = tuple((Part.QUESTION, key) for key in keys[:1])
    if verb == "remove-choice":
        return (*place, *((Part.CHOICE, key) for key in keys[1:2]))
    if verb == "remove-criterion":
        return (*place, *((Part.CRITERION, key) for key in keys[1:2]))
    if verb in ("add-level", "remove-level"):
        return (*place, (Part.CRITERION, "".join(keys[1:2])))
    return place


def _with_level(criterion: Criterion) -> tuple[Level, ...]:
    """With one more level, for the most points that no other has; the first ones are for all points and for none."""
    if not criterion.levels:
        return Level(score=criterion.max_score, text=""), Level(score=0, text="")
    taken = {level.score for level in criterion.levels}
    free = (score for score in range(criterion.max_score, -1, -1) if score not in taken)
    levels = (*criterion.levels, Level(score=next(free, 0), text=""))
    return tuple(sorted(levels, key=lambda level: level.score, reverse=True))


def _without_level(criterion: Criterion, numbers: list[str]) -> tuple[Level, ...]:
    """Without the levels with these numbers on the form: their points need not be distinct yet."""
    levels = enumerate(criterion.levels, start=1)
    return tuple(level for number, level in levels if str(number) not in numbers)


def _first_free(noun: str, taken: list[str]) -> str:
    number = len(taken) + 1
    while f"{noun}-{number}" in taken:
        number += 1
    return f"{noun}-{number}"
