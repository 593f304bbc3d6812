"""What admin pages show of one learner on a course: each item with its attempts, and each attempt with its story."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from accounts.public import Principal
from authsvc.admin_site.people import names_of
from authsvc.composition.container import services
from courses.public import CourseId
from progress import models as rows
from progress.admin.grading import STATUS_LABELS as ATTEMPT_LABELS
from progress.admin.grading import UNTITLED, grader_of
from progress.domain.entities.attempts import AttemptId, AttemptStatus
from progress.domain.entities.events import EventType
from progress.domain.entities.grids import AttemptResult, CellState, GridCell, cell_of
from progress.domain.entities.progress import ProgressStatus

STATUS_LABELS: Final[Mapping[ProgressStatus, str]] = {
    ProgressStatus.NOT_STARTED: "Not started",
    ProgressStatus.IN_PROGRESS: "In progress",
    ProgressStatus.COMPLETED: "Completed",
    ProgressStatus.WITHDRAWN: "Withdrawn",
}
_SIGNS: Final[Mapping[CellState, tuple[str, str]]] = {
    CellState.DONE: ("\N{CHECK MARK}", "done"),
    CellState.FAILED: ("\N{BALLOT X}", "fail"),
    CellState.TO_GRADE: ("\N{BLACK CIRCLE}", "wait"),
    CellState.STARTED: ("\N{BLACK RIGHT-POINTING SMALL TRIANGLE}", "going"),
    CellState.NONE: ("\N{EN DASH}", "none"),
}
_STORY: Final = (EventType.ITEM_COMPLETED, EventType.ASSESSMENT_VOIDED)
"""Types of the events that the page tells the time of."""


def cell_line(cell: GridCell) -> dict[str, Any]:
    """A cell as pages show it: a sign, a word and a CSS class."""
    sign, css_class = _SIGNS[cell.state]
    label = cell.label or "Not started"
    is_score = cell.percent is not None
    short = f"{cell.percent} %" if is_score else label
    return {
        "sign": sign,
        "class": css_class,
        "text": short,
        "is_hidden": cell.state is CellState.NONE,
        "words": label if is_score else "",
        "mark": cell.mark.value,
        "attempt_id": cell.attempt_id,
    }


def learner_sheet(row: Any, by: Principal) -> list[dict[str, Any]]:
    """Return the items of the version that the learner is on, and then those of other versions that they attempted."""
    version = services().catalog.version(
        CourseId(row.course_id), row.course_version, scope=by.tenant_scope
    )
    attempts = list(_attempts_of(row))
    events = list(_events_of(row))
    completed = {event.entity_id: event.occurred_at for event in events if _completes(event)}
    lines = _attempt_lines(attempts, [event for event in events if not _completes(event)])
    is_on, now = row.status == ProgressStatus.IN_PROGRESS, services().ports.clock.now()
    items = [
        _item_line(
            item.title,
            module.title,
            [line for line in lines if line["row"].item_id == item.id],
            completed_at=completed.get(item.id) if str(item.id) in row.completed_items else None,
            is_completed=str(item.id) in row.completed_items,
            is_required=item.is_required,
            due_at=item.due_at,
            is_past_due=is_on and item.is_past_due(at=now),
        )
        for module in version.outline.modules
        for item in module.items
    ]
    known = {item.id for item in version.outline.items}
    return [*items, *_others([line for line in lines if line["row"].item_id not in known], by)]


def _attempts_of(row: Any) -> Iterable[Any]:
    stored = rows.AssessmentAttempt.objects.filter(user_id=row.user_id, course_id=row.course_id)
    return stored.defer("responses").prefetch_related("grades").order_by("assessment_id", "number")


def _events_of(row: Any) -> Iterable[Any]:
    stored = rows.ProgressEvent.objects.filter(user_id=row.user_id, course_id=row.course_id)
    return stored.filter(type__in=_STORY).order_by("sequence")


def _completes(event: Any) -> bool:
    return bool(event.type == EventType.ITEM_COMPLETED)


def _attempt_lines(attempts: Iterable[Any], voidings: Iterable[Any]) -> list[dict[str, Any]]:
    """Each attempt with its grade that counts, and with what was voided by whom."""
    voided = {event.entity_id: event for event in voidings}
    last = {
        attempt.pk: max(attempt.grades.all(), key=lambda grade: grade.number, default=None)
        for attempt in attempts
    }
    ids = [grade.graded_by for grade in last.values() if grade]
    names = names_of([*ids, *(event.recorded_by for event in voided.values())])
    return [
        {
            "row": attempt,
            "status": _label_of(attempt),
            "grade": (grade := last[attempt.pk]),
            "grader": grader_of(grade.graded_by, names) if grade else "",
            "voided_at": (event := voided.get(attempt.pk)) and event.occurred_at,
            "voided_by": event and (names.get(event.recorded_by) or "the operator"),
            "result": _result(attempt),
        }
        for attempt in attempts
    ]


def _label_of(attempt: Any) -> str:
    if attempt.status != AttemptStatus.GRADED:
        return ATTEMPT_LABELS[attempt.status]
    return "Passed" if attempt.score >= attempt.pass_score else "Failed"


def _result(attempt: Any) -> AttemptResult:
    is_graded = attempt.status == AttemptStatus.GRADED
    return AttemptResult(
        id=AttemptId(attempt.pk),
        assessment_id=attempt.assessment_id,
        number=attempt.number,
        status=AttemptStatus(attempt.status),
        percent=None if attempt.score is None else 100 * attempt.score // attempt.max_score,
        is_passed=is_graded and attempt.score >= attempt.pass_score,
        is_late=attempt.is_late,
    )


def _item_line(
    title: str,
    module: str,
    lines: list[dict[str, Any]],
    *,
    completed_at: Any = None,
    is_completed: bool = False,
    is_required: bool = False,
    due_at: datetime | None = None,
    is_past_due: bool = False,
) -> dict[str, Any]:
    results = [line["result"] for line in lines]
    cell = cell_of(results, is_completed=is_completed, is_past_due=is_past_due)
    return {
        "title": title,
        "module": module,
        "cell": cell_line(cell),
        "label": cell.label or "Not started",
        "completed_at": completed_at,
        "is_required": is_required,
        "due_at": due_at,
        "attempts": lines,
    }


def _others(lines: list[dict[str, Any]], by: Principal) -> Iterator[dict[str, Any]]:
    """Items that the version has not, by the titles that they had."""
    keys = {(CourseId(line["row"].course_id), line["row"].course_version) for line in lines}
    versions = services().catalog.versions_of(keys, scope=by.tenant_scope) if keys else []
    titles: dict[UUID, str] = {}
    for version in versions:
        titles |= version.titles
    for item_id in dict.fromkeys(line["row"].item_id for line in lines):
        of_item = [line for line in lines if line["row"].item_id == item_id]
        yield _item_line(titles.get(item_id, UNTITLED), "In another version", of_item)
