"""Learner grids: the learners of a course and where each stands on each item."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from accounts.public import UserId
from authsvc.kernel.tables import Row
from courses.public import AssessmentId, Course, ItemId, Outline
from progress.domain.entities.attempts import SUBMISSIONS, AttemptId, AttemptStatus
from progress.domain.entities.progress import ProgressStatus

AWAY_DAYS: Final = 14
"""Learners without activity for so many days are listed as not seen."""
HALF: Final = 50
"""Percent of the required items at which half of a course is done."""


class LearnerFilter(StrEnum):
    """Which learners a grid shows.

    Those who are away, failing, overdue or have not started are still on the course. Those who submitted late have not
    left it.
    """

    ALL = "all"
    AWAY = "away"
    FAILED = "failed"
    NOT_STARTED = "not-started"
    OVERDUE = "overdue"
    LATE = "late"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class GridOrder(StrEnum):
    NAME = "name"
    PROGRESS = "progress"
    LAST_SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridSelection:
    """Learners by filter and by a part of their name or e-mail address, in an order."""

    show: LearnerFilter = LearnerFilter.ALL
    text: str = ""
    order: GridOrder = GridOrder.NAME
    is_descending: bool = False

    @classmethod
    def of_members(cls, members: Mapping[str, Any]) -> Self:
        """The selection whose `as_members` they are."""
        return cls(
            show=LearnerFilter(members["show"]),
            text=members["text"],
            order=GridOrder(members["order"]),
            is_descending=members["is_descending"],
        )

    def as_members(self) -> dict[str, Any]:
        """The selection as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCounts:
    """Number of learners of a course by how far they have come, and by what they may need help with.

    `learners` includes those who have withdrawn, all others do not. `to_grade` counts submissions.
    """

    learners: int
    enrolled: int
    started: int
    half: int
    completed: int
    withdrawn: int
    away: int
    failed: int
    overdue: int
    late: int
    to_grade: int

    @property
    def not_started(self) -> int:
        return self.enrolled - self.started

    def of(self, show: LearnerFilter) -> int:
        """Return the number of learners that the filter shows."""
        return {
            LearnerFilter.ALL: self.learners,
            LearnerFilter.AWAY: self.away,
            LearnerFilter.FAILED: self.failed,
            LearnerFilter.NOT_STARTED: self.not_started,
            LearnerFilter.OVERDUE: self.overdue,
            LearnerFilter.LATE: self.late,
            LearnerFilter.COMPLETED: self.completed,
            LearnerFilter.WITHDRAWN: self.withdrawn,
        }[show]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """An attempt without its answers; `percent` is None until it is graded."""

    id: AttemptId
    assessment_id: AssessmentId
    number: int
    status: AttemptStatus
    percent: int | None = None
    is_passed: bool = False
    is_late: bool = False

    @property
    def is_submission(self) -> bool:
        """Whether it is submitted and counts."""
        return self.status in SUBMISSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLearner:
    """A row of a grid. `seen_at` is the time of the last activity on the course, attempts included."""

    user_id: UserId
    name: str
    email: str
    status: ProgressStatus
    percent_complete: int
    enrolled_at: datetime
    seen_at: datetime
    completed_items: frozenset[ItemId]
    attempts: tuple[AttemptResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    item_id: ItemId
    title: str
    module: str
    assessment_id: AssessmentId | None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLimits:
    """Which learners are away, those not seen since `away_since`; and overdue, those who lack one of `past_due`."""

    away_since: datetime
    past_due: frozenset[AssessmentId] = frozenset()

    @classmethod
    def of(cls, outline: Outline, *, at: datetime) -> Self:
        """The limits at that time on a course with this outline."""
        return cls(
            away_since=at - timedelta(days=AWAY_DAYS),
            past_due=frozenset(
                item.assessment.id
                for item in outline.items
                if item.assessment and item.assessment.is_past_due(at=at)
            ),
        )


class CellState(StrEnum):
    DONE = "done"
    FAILED = "failed"
    TO_GRADE = "to-grade"
    STARTED = "started"
    NONE = "none"


class CellMark(StrEnum):
    """What stands beside the state of a cell: its attempt was submitted late, or a submission is overdue."""

    LATE = "late"
    OVERDUE = "overdue"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """Where a learner stands on an item: `percent` is the best score, `attempt_id` the attempt that says so."""

    state: CellState
    percent: int | None = None
    attempt_id: AttemptId | None = None
    mark: CellMark = CellMark.NONE

    @property
    def words(self) -> str:
        """The label and the mark, for tables without colours."""
        return ", ".join(filter(None, (self.label, self.mark.value))).capitalize()

    @property
    def label(self) -> str:
        """The state in words; empty if nothing was begun."""
        score = "" if self.percent is None else f" {self.percent} %"
        return {
            CellState.DONE: f"Passed{score}" if score else "Done",
            CellState.FAILED: f"Failed{score}",
            CellState.TO_GRADE: "To grade",
            CellState.STARTED: "Started",
            CellState.NONE: "",
        }[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    learner: GridLearner
    cells: tuple[GridCell, ...]

    @property
    def done(self) -> int:
        """Number of items that are done."""
        return sum(cell.state is CellState.DONE for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerGrid:
    """A page of a grid. `columns` are the items of the published version; `total` counts the selected learners."""

    course: Course
    counts: GridCounts
    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]
    total: int


def columns_of(outline: Outline) -> tuple[GridColumn, ...]:
    return tuple(
        GridColumn(
            item_id=item.id,
            title=item.title,
            module=module.title,
            assessment_id=item.assessment.id if item.assessment else None,
            due_at=item.due_at,
        )
        for module in outline.modules
        for item in module.items
    )


def row_of(learner: GridLearner, columns: Iterable[GridColumn], limits: GridLimits) -> GridRow:
    """Return where a learner stands on each item; nothing is overdue unless they are still on the course."""
    is_on = learner.status is ProgressStatus.IN_PROGRESS
    return GridRow(
        learner=learner,
        cells=tuple(
            cell_of(
                [one for one in learner.attempts if one.assessment_id == column.assessment_id],
                is_completed=column.item_id in learner.completed_items,
                is_past_due=is_on and column.assessment_id in limits.past_due,
            )
            for column in columns
        ),
    )


def cell_of(
    attempts: Iterable[AttemptResult], *, is_completed: bool, is_past_due: bool = False
) -> GridCell:
    """Return where a learner stands on an item with these attempts; voided ones do not count."""
    counted = [one for one in attempts if one.status is not AttemptStatus.VOIDED]
    state, shown = _standing(counted, is_completed=is_completed)
    mark = CellMark.LATE if shown is not None and shown.is_late else CellMark.NONE
    if is_past_due and not is_completed and not any(one.is_submission for one in counted):
        mark = CellMark.OVERDUE
    if shown is None:
        return GridCell(state=state, mark=mark)
    has_score = state in (CellState.DONE, CellState.FAILED)
    percent = shown.percent if has_score else None
    return GridCell(state=state, percent=percent, attempt_id=shown.id, mark=mark)


def _standing(
    counted: Sequence[AttemptResult], *, is_completed: bool
) -> tuple[CellState, AttemptResult | None]:
    """The state of a cell, and the attempt that says so."""
    best = max(counted, key=lambda one: (one.is_passed, one.percent or 0, one.number), default=None)
    if best is None:
        return CellState.DONE if is_completed else CellState.NONE, None
    if is_completed or best.is_passed:
        return CellState.DONE, best
    for status, state in (
        (AttemptStatus.SUBMITTED, CellState.TO_GRADE),
        (AttemptStatus.STARTED, CellState.STARTED),
    ):
        for one in counted:
            if one.status is status:
                return state, one
    return CellState.STARTED if best.percent is None else CellState.FAILED, best


def has_failed(attempts: Iterable[AttemptResult]) -> bool:
    """Whether a graded attempt was not passed, and no other one at the same assessment was."""
    graded = [one for one in attempts if one.status is AttemptStatus.GRADED]
    passed: AbstractSet[AssessmentId] = {one.assessment_id for one in graded if one.is_passed}
    return any(one.assessment_id not in passed for one in graded)


def is_overdue(attempts: Iterable[AttemptResult], past_due: AbstractSet[AssessmentId]) -> bool:
    """Whether one of these assessments has no submission."""
    return not past_due <= {one.assessment_id for one in attempts if one.is_submission}


def table_of_learners(columns: Iterable[GridColumn], rows: Iterable[GridRow]) -> Iterator[Row]:
    """Return one row for each learner, with their name and a column for each item."""
    titles = [column.title for column in columns]
    yield "name", "email", "status", "percent", "items_done", "enrolled_at", "last_seen", *titles
    for row in rows:
        learner = row.learner
        yield (
            learner.name,
            learner.email,
            learner.status.value,
            learner.percent_complete,
            row.done,
            learner.enrolled_at.isoformat(timespec="minutes"),
            learner.seen_at.isoformat(timespec="minutes"),
            *(cell.words for cell in row.cells),
        )
