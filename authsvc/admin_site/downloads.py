"""Downloads from the admin site, and the jobs that write those that take long."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.public import Task
from authsvc.jobs.entities import JobFile
from authsvc.kernel.table_files import Table, TableFormat, pieces_of
from authsvc.kernel.tables import Row


def csv_download(rows: Iterable[Row], *, filename: str) -> HttpResponse:
    """The rows as a CSV file for spreadsheets."""
    content = b"".join(pieces_of(rows, TableFormat.CSV))
    return _download(content, name=filename, media_type=TableFormat.CSV.media_type)


def table_download(table: Table, form: TableFormat) -> HttpResponse:
    """The table as a file."""
    content = b"".join(pieces_of(table.rows, form))
    return _download(content, name=table.name_in(form), media_type=form.media_type)


def file_or_job(request: HttpRequest, exported: JobFile | Task, *, message: str) -> HttpResponse:
    """The file, or the page of the job that writes it with this message."""
    if isinstance(exported, Task):
        return job_started(request, exported, message=message)
    return _download(exported.content, name=exported.name, media_type=exported.media_type)


def job_started(request: HttpRequest, task: Task, *, message: str) -> HttpResponse:
    """The page of a job that staff have started, with this message."""
    messages.success(request, message)
    return redirect("admin:jobs_job_change", task.id)


def _download(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
