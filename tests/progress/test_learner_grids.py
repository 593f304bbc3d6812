"""Learner grids: cells, tables, and who may read them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Right
from authsvc.jobs.errors import UnknownJob
from authsvc.kernel.sheets import Sheet, sheet_in
from authsvc.kernel.table_files import TableFormat, pieces_of
from authsvc.kernel.workbooks import sheet_of
from courses.domain.entities.assessments import Answer, AssessmentId
from progress.domain.entities.attempts import AttemptId, AttemptStatus
from progress.domain.entities.grids import (
    AttemptResult,
    CellState,
    GridOrder,
    GridSelection,
    LearnerFilter,
    cell_of,
)
from progress.domain.services import learner_grids
from tests.support.attempts import RIGHT, an_examinee, another_examinee, under_time_limits
from tests.support.builders import a_principal
from tests.support.jobs import work_off
from tests.support.tenants import has_root
from tests.support.worlds import World

QUIZ: Final = AssessmentId(UUID(int=1))
BO: Final = a_principal(None, Right.SEE_PROGRESS)


def tried(status: AttemptStatus, percent: int | None = None, **parts: Any) -> AttemptResult:
    given: dict[str, Any] = {"number": 1, "is_passed": percent is not None and percent >= 60}
    return AttemptResult(
        id=AttemptId(UUID(int=parts.get("number", 1))),
        assessment_id=QUIZ,
        status=status,
        percent=percent,
        **given | parts,
    )


STARTED, SUBMITTED = tried(AttemptStatus.STARTED), tried(AttemptStatus.SUBMITTED, number=2)
FAILED, PASSED = tried(AttemptStatus.GRADED, 40), tried(AttemptStatus.GRADED, 90, number=2)
VOIDED = tried(AttemptStatus.VOIDED, 90, is_passed=False)
LATE = replace(SUBMITTED, is_late=True)


@pytest.mark.parametrize(
    ("attempts", "is_completed", "state", "label"),
    [
        ([], False, CellState.NONE, ""),
        ([], True, CellState.DONE, "Done"),
        ([STARTED], False, CellState.STARTED, "Started"),
        ([FAILED], False, CellState.FAILED, "Failed 40 %"),
        ([FAILED, SUBMITTED], False, CellState.TO_GRADE, "To grade"),
        ([FAILED, PASSED], False, CellState.DONE, "Passed 90 %"),
        ([FAILED], True, CellState.DONE, "Passed 40 %"),
        ([VOIDED], False, CellState.NONE, ""),
        ([VOIDED, STARTED], False, CellState.STARTED, "Started"),
    ],
)
def test_a_cell_says_where_a_learner_stands(
    attempts: list[AttemptResult], *, is_completed: bool, state: CellState, label: str
) -> None:
    cell = cell_of(attempts, is_completed=is_completed)

    assert (cell.state, cell.label) == (state, label)


@pytest.mark.parametrize(
    ("attempts", "is_completed", "words"),
    [
        ([], False, "Overdue"),
        ([STARTED], False, "Started, overdue"),
        ([VOIDED], False, "Overdue"),
        ([LATE], False, "To grade, late"),
        ([FAILED, STARTED], False, "Started"),
        ([FAILED, replace(PASSED, is_late=True)], True, "Passed 90 %, late"),
        ([PASSED, replace(FAILED, is_late=True)], True, "Passed 90 %"),
        ([], True, "Done"),
    ],
)
def test_a_cell_past_its_due_date_says_what_is_late_and_what_is_overdue(
    attempts: list[AttemptResult], *, is_completed: bool, words: str
) -> None:
    assert cell_of(attempts, is_completed=is_completed, is_past_due=True).words == words


def test_learners_are_late_or_overdue_until_they_leave(memory: World) -> None:
    anna = under_time_limits(memory, due_at=memory.clock.now() - timedelta(days=1))
    anna.takes(**RIGHT)
    farah = another_examinee(memory, anna.course)
    farah.services.learning.withdraw(anna.course.slug, by=farah.principal)
    grids = memory.services.learner_grids

    grid = grids.of_course(anna.course.slug, GridSelection(), by=BO)
    _, table = grids.table_of(anna.course.slug, GridSelection(), by=BO)

    assert (grid.counts.late, grid.counts.overdue) == (1, 1)
    words = {"Passed 100 %, late", "Overdue"}
    assert {cell.words for row in grid.rows for cell in row.cells} == {*words, ""}
    assert sorted(tuple(line[-3:]) for line in table.rows)[:2] == [
        ("", "", ""),
        ("A quiz", "A project", "An exam"),
    ]


def test_a_grid_has_a_column_for_each_item_and_a_row_for_each_learner(memory: World) -> None:
    anna = an_examinee(memory)
    anna.takes(**RIGHT)
    anna.takes("project", picture=Answer(url="https://school.example/knot.jpg"))
    another_examinee(memory, anna.course)

    grid = memory.services.learner_grids.of_course(anna.course.slug, GridSelection(), by=BO)

    assert [column.title for column in grid.columns] == ["A quiz", "A project", "An exam"]
    assert (grid.total, grid.counts.enrolled, grid.counts.to_grade) == (2, 2, 1)
    rows = {row.learner.user_id: row for row in grid.rows}
    labels = [cell.label for cell in rows[anna.principal.person].cells]
    assert labels == ["Passed 100 %", "To grade", ""]
    assert rows[anna.principal.person].done == 1


def test_a_page_after_the_last_one_is_the_last_one(
    memory: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner_grids, "PER_PAGE", 2)
    anna = an_examinee(memory)
    for _ in range(2):
        another_examinee(memory, anna.course)
    selection = GridSelection(order=GridOrder.LAST_SEEN)

    sizes = [
        len(
            memory.services.learner_grids.of_course(
                anna.course.slug, selection, page=page, by=BO
            ).rows
        )
        for page in (0, 1, 2, 9)
    ]

    assert sizes == [2, 2, 1, 1]


def test_a_table_has_the_names_of_all_selected_learners(
    memory: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner_grids, "READ_AT_ONCE", 2)
    anna = an_examinee(memory)
    anna.takes(**RIGHT)
    for _ in range(2):
        another_examinee(memory, anna.course)

    course, table = memory.services.learner_grids.table_of(anna.course.slug, GridSelection(), by=BO)

    headings, *lines = table.rows
    assert course.id == anna.course.id
    assert headings[:2] == ("name", "email")
    assert headings[-3:] == ("A quiz", "A project", "An exam")
    assert table.total == len(lines) == 3
    assert [line[-3] for line in lines].count("Passed 100 %") == 1


def table_in(content: bytes, form: TableFormat) -> Sheet:
    return (
        sheet_of(content)
        if form is TableFormat.XLSX
        else sheet_in(content.decode(), heading="name")
    )


@pytest.mark.parametrize("form", TableFormat)
def test_a_task_writes_the_file_that_is_downloaded_if_it_is_short(
    memory: World, form: TableFormat
) -> None:
    root, services = has_root(memory), memory.services
    anna = an_examinee(memory)
    another_examinee(memory, anna.course)
    chosen = GridSelection(show=LearnerFilter.NOT_STARTED, order=GridOrder.LAST_SEEN)

    _, table = services.learner_grids.table_of(anna.course.slug, chosen, by=root)
    task = services.grid_exports.start(anna.course.slug, chosen, form, by=root)
    work_off(services)

    file = services.tasks.result_of(task.id, by=root)
    assert file.name == table.name_in(form)
    written = b"".join(pieces_of(table.rows, form))
    assert table_in(file.content, form) == table_in(written, form)
    assert services.tasks.get(task.id, by=root).result == {"learners": 2}
    with pytest.raises(UnknownJob):
        services.tasks.result_of(task.id, by=anna.principal)


def test_a_course_before_its_first_version_has_no_columns(memory: World) -> None:
    course = memory.has_course(version=0)

    grid = memory.services.learner_grids.of_course(course.slug, GridSelection(), by=OPERATOR)

    assert (grid.columns, grid.rows) == ((), ())


def test_learners_read_no_grids(memory: World) -> None:
    anna = an_examinee(memory)

    with pytest.raises(NotPermitted):
        memory.services.learner_grids.of_course(
            anna.course.slug, GridSelection(), by=anna.principal
        )
