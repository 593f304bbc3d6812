"""Admin pages about versions: publication, comparison, and a preview as learners see it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.public import Principal, Right
from authsvc.admin_site.actions import admin_page
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.markdown import html_of
from authsvc.kernel.errors import FieldError
from authsvc.kernel.preconditions import PreconditionFailed
from courses import models as rows
from courses.admin.outlines import OutlinePages
from courses.admin.views import (
    authored_page,
    counted,
    course_url,
    done,
    draft_tag,
    refused,
    seen,
    tab_url,
)
from courses.definitions.courses import write_definition
from courses.domain.entities.assessments import Answer, Question, QuestionKind
from courses.domain.entities.authored import AuthoredCourse
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.differences import difference
from courses.domain.entities.outlines import ItemType, ModuleItem

DRAFT: Final = "draft"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_MODULE: Final = re.compile(r"modules/(\d+)")
_ITEM: Final = re.compile(r"modules/(\d+)/items/(\d+)")


class NoteForm(forms.Form):
    note = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What changes and why. Recorded in the audit log; learners do not see it.",
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """What stops a publication, or what its author should know, with the page on which to mend it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: its sign, and the word for it."""

    sign: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the preview, with what was answered and its result."""

    question: Question
    html: str
    answer: Answer | None
    score: int | None
    feedback: str
    """As HTML; empty before the answers are checked."""

    @property
    def is_mcq(self) -> bool:
        return self.question.kind is QuestionKind.MCQ

    @property
    def has_several(self) -> bool:
        return len(self.question.right_choices) > 1

    @property
    def chosen(self) -> frozenset[str]:
        return (self.answer and self.answer.choices) or frozenset()

    @property
    def text(self) -> str:
        return (self.answer and (self.answer.text or self.answer.url)) or ""


class PublishingPages(OutlinePages):
    """Pages that publish, compare and preview a course."""

    @admin_page({"<id:course_id>/publish/": "courses_course_publish"})
    def publish_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Show what a publication changes, ask for a note, and publish."""
        row, by = (
            self.row_allowed_by(self.has_change_permission, request, course_id),
            staff_of(request),
        )
        authored = services().authoring.authored(str(row.pk), by=by)
        blocked = tuple(_problems(row, authored))
        form = NoteForm(request.POST or None)
        if form.is_valid() and not blocked:
            try:
                self._publish(request, row, authored, form.cleaned_data["note"])
            except PreconditionFailed as error:
                refused(self, request, error)
            return redirect(tab_url(row, "outline"))
        return authored_page(
            request,
            row,
            "admin/courses/course/publish.html",
            authored=authored,
            current="outline",
            page_title=f"Publish version {authored.next_number}",
            form=form,
            diff=authored.difference,
            problems=blocked,
            warnings=tuple(_warnings(row, authored)),
            effects=_effects(row, authored, by),
            etag=draft_tag(authored.definition),
            verb=f"Publish version {authored.next_number}",
            back=tab_url(row, "outline"),
            tools=(),
        )

    def _publish(
        self, request: HttpRequest, row: rows.Course, authored: AuthoredCourse, note: str
    ) -> None:
        if_match = seen(request.POST.get("etag", ""), draft_tag)
        by = staff_of(request)
        published = self.perform(
            request,
            row,
            lambda: services().authoring.publish(
                str(row.pk), if_match=if_match, reason=note, by=by
            ),
            f"Published version {authored.next_number}. Note: {note}",
        )
        done(
            self,
            request,
            f"Published version {published.version} of {published.title}. New learners get it.",
        )

    @admin_page({"<id:course_id>/compare/<slug:before>/<slug:after>/": "courses_course_compare"})
    def compare_view(
        self, request: HttpRequest, course_id: UUID, before: str, after: str
    ) -> HttpResponse:
        """Show what differs between two versions, or a version and the draft."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        by = staff_of(request)
        old, new = (_definition(row, name, by) for name in (before, after))
        return authored_page(
            request,
            row,
            "admin/courses/course/compare.html",
            current="versions",
            page_title=f"{_name(before)} and {_name(after)}".capitalize(),
            diff=difference(old, new),
            before=_name(before),
            after=_name(after),
            lines=tuple(_lines(old, new)),
        )

    @admin_page(
        {
            "<id:course_id>/preview/": "courses_course_preview",
            "<id:course_id>/preview/<slug:key>/": "courses_course_preview_item",
        }
    )
    def preview_view(
        self, request: HttpRequest, course_id: UUID, key: str | None = None
    ) -> HttpResponse:
        """An item as learners see it. Answers are checked and not stored."""
        row = self.row_allowed_by(self.has_change_permission, request, course_id)
        authored = services().authoring.authored(str(row.pk), by=staff_of(request))
        items = list(authored.draft.outline.items)
        keys = [item.key for item in items]
        if key is not None and key not in keys:
            raise Http404
        at = keys.index(key) if key else 0
        item = items[at]
        asked = asked_of(item, request.POST if request.method == "POST" else None)
        scores = [one.score for one in asked if one.score is not None]
        return authored_page(
            request,
            row,
            "admin/courses/course/preview.html",
            authored=authored,
            current="",
            page_title=f"Preview: {item.title}",
            item=item,
            module=authored.draft.outline.module_of(item.id),
            text=html_of(item.body),
            asked=asked,
            is_answered=request.method == "POST",
            score=sum(scores),
            number=at + 1,
            count=len(items),
            previous=items[at - 1] if at else None,
            following=items[at + 1] if at + 1 < len(items) else None,
        )


def asked_of(item: ModuleItem, data: Any) -> list[Asked]:
    """The questions of the item, each with the posted answer and its points."""
    questions = item.assessment.questions if item.assessment else ()
    asked = []
    for question in questions:
        answer = None if data is None else _answer(question, data)
        score = None if data is None else question.score_of(answer)
        feedback = "" if data is None else html_of(question.feedback)
        asked.append(Asked(question, html_of(question.prompt), answer, score, feedback))
    return asked


def _answer(question: Question, data: Any) -> Answer | None:
    """The answer as it was posted; none if it is empty."""
    name = f"answer-{question.key}"
    if question.kind is QuestionKind.MCQ:
        known = {choice.key for choice in question.choices}
        return Answer(choices=frozenset(data.getlist(name)) & known)
    text = data.get(name, "").strip()
    if not text:
        return None
    return Answer(url=text) if question.kind is QuestionKind.FILE else Answer(text=text)


def _definition(row: rows.Course, name: str, by: Principal) -> CourseDefinition:
    """The draft, or the version with this number. Raises Http404, CourseVersionNotFound."""
    if name == DRAFT:
        return services().authoring.export(str(row.pk), by=by)
    if not _NUMBER.fullmatch(name):
        raise Http404
    return services().authoring.export(str(row.pk), version=int(name), by=by)


def _name(name: str) -> str:
    return "the draft" if name == DRAFT else f"version {name}"


def _lines(before: CourseDefinition, after: CourseDefinition) -> Iterator[Line]:
    """The lines of the YAML that differ, with three lines around them."""
    words = {"+": "added", "-": "removed", "@": "place", " ": ""}
    old, new = write_definition(before).splitlines(), write_definition(after).splitlines()
    for line in list(unified_diff(old, new, lineterm=""))[2:]:
        yield Line(line[0], words.get(line[0], ""), line[1:] if line[0] != "@" else line)


def _problems(row: rows.Course, authored: AuthoredCourse) -> Iterator[Problem]:
    """What stops the publication."""
    if not authored.can_be_published:
        text = f"Version {row.version} has the same content as the draft. Change the draft first."
        yield Problem(text, tab_url(row, "outline"))
    if not authored.draft.outline.required_items:
        yield Problem(
            "Learners complete a course with its required items. Make at least one item required.",
            tab_url(row, "outline"),
        )
    definition = authored.definition
    for error in services().draft_editor.errors_in(definition):
        yield Problem(f"{error.path}: {error.detail}", _url_of(row, definition, error))


def _warnings(row: rows.Course, authored: AuthoredCourse) -> Iterator[Problem]:
    """What the author should know. It does not stop the publication."""
    for item in authored.draft.outline.items:
        if item.type is ItemType.ASSESSMENT and item.assessment is None:
            text = f"“{item.title}” has no questions. Learners mark it as complete themselves."
            yield Problem(text, course_url("item", row.pk, item.key))
        elif item.type is ItemType.LESSON and not item.body.strip():
            yield Problem(f"“{item.title}” is empty.", course_url("item", row.pk, item.key))


def _url_of(row: rows.Course, definition: CourseDefinition, error: FieldError) -> str:
    """The page of the item that has the error, or that of the settings."""
    item, module = _ITEM.match(error.path), _MODULE.match(error.path)
    if item:
        key = definition.modules[int(item[1])].items[int(item[2])].key
        return course_url("item", row.pk, key)
    if module:
        return course_url("module", row.pk, definition.modules[int(module[1])].key)
    return tab_url(row, "settings")


def _effects(row: rows.Course, authored: AuthoredCourse, by: Principal) -> Sequence[str]:
    """What the publication means for learners."""
    if not row.version:
        return ("The course appears in the catalog, and learners can enrol.",)
    if not authored.has_changes:
        return (f"The course reopens with version {row.version}, and learners can enrol again.",)
    effects = [f"Learners who enrol from now on get version {authored.next_number}."]
    if by.may(Right.SEE_PROGRESS):
        learners = services().reports.learners_of(str(row.pk), by=by)
        if learners:
            stay = "stays" if learners == 1 else "stay"
            effects.append(
                f"{counted(learners, 'learner')} who enrolled before {stay} on the version they "
                "enrolled on. What they completed stays completed."
            )
    return effects
