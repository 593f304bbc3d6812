"""Exports of tables: short ones at once, and long ones as tasks."""

from collections.abc import Callable, Iterator
from typing import Final

from accounts.domain.tasks.entities import Task
from authsvc.jobs.entities import JobFile, JobProgress
from authsvc.jobs.ports import Run
from authsvc.kernel.table_files import ROWS_AT_ONCE, Table, TableFormat, pieces_of
from authsvc.kernel.tables import Row

MOST_AT_ONCE: Final = 10_000
"""Number of rows up to which a table is exported within the request."""


def is_long_table(table: Table) -> bool:
    """Whether a task exports the table."""
    return table.total > MOST_AT_ONCE


def export_table(table: Table, form: TableFormat, *, start: Callable[[], Task]) -> JobFile | Task:
    """The table as a file or, if it is long, the task that *start* starts to write it."""
    if is_long_table(table):
        return start()
    content = b"".join(pieces_of(table.rows, form))
    return JobFile(name=table.name_in(form), media_type=form.media_type, content=content)


def attach_table(table: Table, form: TableFormat, *, run: Run) -> str:
    """Write the table as the file of a task, report the progress, and return the name of the file."""
    name = table.name_in(form)
    with run.attaching(name, form.media_type) as file:
        for piece in pieces_of(_reported(table, run), form):
            file.write(piece)
    return name


def _reported(table: Table, run: Run) -> Iterator[Row]:
    done = 0
    for done, row in enumerate(table.rows):
        if done % ROWS_AT_ONCE == 0:
            run.report(JobProgress(done=done, total=max(done, table.total), message="rows"))
        yield row
    run.report(JobProgress(done=done, total=done, message="rows"))
