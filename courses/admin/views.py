"""What the admin pages of a course share: their head, their tabs, and what two editors are told."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.public import Principal, Right
from authsvc.admin_site.pages import Tab, thing_page
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.kernel.errors import DomainError
from authsvc.kernel.preconditions import Precondition
from courses import models as rows
from courses.admin.forms import tag_of
from courses.definitions.conversion import CONVERTER
from courses.definitions.courses import write_definition
from courses.definitions.marked_yaml import dump
from courses.domain.entities.assessments import AssessmentType
from courses.domain.entities.authored import AuthoredCourse
from courses.domain.entities.courses import CourseDefinition, CourseStatus
from courses.domain.entities.differences import ChangeKind
from courses.domain.entities.editing import item_place, part_at
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem

TABS: Final = (
    Tab("outline", "Outline"),
    Tab("settings", "Settings"),
    Tab("yaml", "YAML"),
    Tab("versions", "Versions"),
    Tab("files", "Import and export"),
    Tab("learners", "Learners"),
    Tab("report", "Report"),
)
READERS_TABS: Final = tuple(tab for tab in TABS if tab.key not in ("settings", "yaml", "files"))
_TYPES: Final = {
    AssessmentType.QUIZ: "Quiz",
    AssessmentType.EXAM: "Exam",
    AssessmentType.PROJECT: "Project",
}
_STATES: Final = {
    CourseStatus.DRAFT.value: ("Not published", "off"),
    CourseStatus.RETIRED.value: ("Retired", "off"),
}


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """An item in the outline: its kind, and how it differs from the current version."""

    key: str
    title: str
    kind: str
    changes: Sequence[ChangeKind] = ()


@dataclass(frozen=True, slots=True)
class OutlineModule:
    key: str
    title: str
    items: Sequence[OutlineItem]


def course_url(name: str, *args: object) -> str:
    return reverse(f"admin:courses_course_{name}", args=args)


def tab_url(row: Model, tab: str) -> str:
    return f"{course_url('change', row.pk)}?tab={tab}"


def kind_of(item: ModuleItem) -> str:
    """What an item is, in words."""
    if item.type is ItemType.EXTERNAL:
        kind = "Link"
    elif item.type is ItemType.LESSON:
        kind = "Lesson"
    elif item.assessment is None:
        kind = "Assessment, no questions yet"
    else:
        count = len(item.assessment.questions)
        kind = f"{_TYPES[item.assessment.type]}, {counted(count, 'question')}"
        kind += "" if item.assessment.is_scored_at_once else ", graded by staff"
    return kind if item.is_required else f"{kind}, optional"


def counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def outline_of(authored: AuthoredCourse) -> list[OutlineModule]:
    changes = authored.difference.kinds_by_item if authored.current is not None else {}
    return [
        OutlineModule(
            module.key,
            module.title,
            [
                OutlineItem(item.key, item.title, kind_of(item), changes.get(item.key, ()))
                for item in module.items
            ],
        )
        for module in authored.draft.outline.modules
    ]


def authored_page(
    request: HttpRequest,
    row: rows.Course,
    template: str,
    *,
    current: str,
    page_title: str = "",
    status: int = HTTPStatus.OK,
    authored: AuthoredCourse | None = None,
    **context: Any,
) -> HttpResponse:
    """A page of a course, for its authors."""
    by = staff_of(request)
    authored = authored or services().authoring.authored(str(row.pk), by=by)
    about = head_of(row, authored, by) | {"authored": authored, "draft": authored.draft}
    about |= {"outline": outline_of(authored), "can_change": True, "page_title": page_title}
    about |= {"tabs_url": course_url("change", row.pk), "saved_by": saved_by(authored, by)}
    about |= {"moved": request.GET.get("moved", "")}
    page = thing_page(
        request,
        template,
        title=row.title,
        tabs=TABS,
        current=current,
        original=row,
        opts=rows.Course._meta,
        course=row,
        **about | context,
    )
    page.status_code = status
    return page


def readers_page(
    request: HttpRequest, row: rows.Course, template: str, **context: Any
) -> HttpResponse:
    """A page of a course, for those who only look at it."""
    return thing_page(
        request,
        template,
        title=row.title,
        tabs=READERS_TABS,
        original=row,
        opts=rows.Course._meta,
        course=row,
        faint=faint_line(row),
        badges=[state_badge(row)],
        tabs_url=course_url("change", row.pk),
        can_change=False,
        **context,
    )


def head_of(row: rows.Course, authored: AuthoredCourse, by: Principal) -> dict[str, Any]:
    """The head of the page: what the course is, its state, and what can be done next."""
    badges, tools = [state_badge(row)], [("Preview as a learner", course_url("preview", row.pk))]
    if authored.current is not None and authored.has_changes:
        badges.append((f"Draft has {counted(authored.difference.count, 'change')}", "warn"))
        compare = course_url("compare", row.pk, str(row.version), "draft")
        tools.append((f"Compare with version {row.version}", compare))
    if by.may(Right.SEE_PROGRESS) and row.version:
        learners = services().reports.learners_of(str(row.pk), by=by)
        badges.append((counted(learners, "learner"), "off"))
    if authored.can_be_published:
        publish = f"Publish version {authored.next_number}"
        tools.append((publish, course_url("publish", row.pk)))
    return {
        "faint": faint_line(row),
        "badges": badges,
        "tools": tools,
        "no_default": not authored.can_be_published,
    }


def faint_line(row: rows.Course) -> str:
    return f"{row.slug} · {row.org.name if row.org else 'The platform'}"


def state_badge(row: rows.Course) -> tuple[str, str]:
    return _STATES.get(row.status) or (f"Published: version {row.version}", "good")


def saved_by(authored: AuthoredCourse, by: Principal) -> str:
    """Who saved the draft last, in words; empty if nobody knows."""
    user_id = authored.draft.saved_by
    if user_id is None:
        return ""
    if user_id == by.user_id:
        return "you"
    draft = rows.CourseDraft.objects.select_related("saved_by").only("saved_by__name")
    user = draft.get(pk=authored.course.id).saved_by
    return str(user.name) if user else ""


def part_tag(part: CourseModule | ModuleItem) -> str:
    """Identifies what an author has seen of a part."""
    return tag_of(json.dumps(CONVERTER.unstructure(part)))


def item_seen(etag: str, key: str) -> Precondition:
    """The precondition that the item is as its author has seen it; other parts may have changed."""
    return Precondition(
        tags=frozenset({etag}),
        tag_of=lambda definition: part_tag(part_at(definition, item_place(definition, key))),
    )


def seen(etag: str, tag: Callable[[CourseDefinition], str]) -> Precondition:
    return Precondition(tags=frozenset({etag}), tag_of=tag)


def draft_tag(definition: CourseDefinition) -> str:
    return tag_of(write_definition(definition))


def settings_tag(definition: CourseDefinition) -> str:
    return tag_of(json.dumps([definition.title, definition.summary]))


def yaml_of(part: Any) -> str:
    """A part as YAML, to be compared by eye."""
    return dump(CONVERTER.unstructure(part))


def conflict_page(
    request: HttpRequest,
    row: rows.Course,
    *,
    name: str,
    mine: str,
    theirs: str | None,
    etag: str,
    back: str,
) -> HttpResponse:
    """What the second of two editors is told: nothing was overwritten, and both texts are there (409)."""
    left_out = {"csrfmiddlewaretoken", "etag", "act"}
    posted = [
        (field, value)
        for field, values in request.POST.lists()
        if field not in left_out
        for value in values
    ]
    return authored_page(
        request,
        row,
        "admin/courses/course/conflict.html",
        current="outline",
        page_title=f"{name}: saved by somebody else",
        status=HTTPStatus.CONFLICT,
        name=name,
        mine=mine,
        theirs=theirs,
        hidden=[*posted, ("etag", etag), ("act", "save")],
        here=request.get_full_path(),
        back=back,
    )


def done(page: Any, request: HttpRequest, message: str) -> None:
    page.message_user(request, message, messages.SUCCESS)


def refused(page: Any, request: HttpRequest, error: DomainError) -> None:
    page.message_user(request, f"Not saved: {error.detail}", messages.ERROR)
