"""Imports of packed Open edX courses, at once and as tasks."""

import random
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.domain.access import OPERATOR, NotPermitted, Right, Role
from accounts.domain.identity.entities.users import UserChanges
from accounts.domain.tasks.entities import Task
from authsvc.jobs.entities import JobStatus, Queue
from courses.domain.errors import UnreadableArchive
from courses.domain.services.archive_imports import MOST_AT_ONCE, ArchiveImport
from courses.models import Course
from tests.support.application import Application
from tests.support.builders import a_principal
from tests.support.jobs import stored
from tests.support.olx import KNOTS
from tests.support.staff import root_browser, staff_browser
from tests.support.worlds import World


def packed(folder: Path = KNOTS, *, padding: int = 0) -> bytes:
    """The folder as an archive, with a picture of so many bytes that cannot be compressed."""
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.add(folder, "course")
        if padding:
            picture = tarfile.TarInfo("course/static/knot.png")
            picture.size = padding
            archive.addfile(picture, BytesIO(random.Random(1).randbytes(padding)))  # not a secret
    return content.getvalue()


def test_a_small_archive_is_imported_at_once(world: World) -> None:
    imported = world.services.archive_imports.import_archive(packed(), by=OPERATOR)

    assert isinstance(imported, ArchiveImport)
    assert imported.losses_found == len(imported.losses) > 0
    assert world.services.authoring.export(imported.slug, by=OPERATOR).slug == imported.slug


def test_a_large_archive_is_imported_by_a_task(world: World) -> None:
    imports = world.services.archive_imports
    small = imports.import_archive(packed(), by=OPERATOR)
    user = world.has_user(roles=(Role.INSTRUCTOR,))
    by = a_principal(user, Right.AUTHOR_COURSES)
    large = packed(padding=MOST_AT_ONCE)

    task = imports.import_archive(large, by=by)
    assert isinstance(task, Task)
    world.services.job_engine.run_due(Queue.LONG)

    done = world.services.tasks.get(task.id, by=by)
    assert isinstance(small, ArchiveImport)
    assert (done.status, done.error) == (JobStatus.SUCCEEDED, None)
    assert done.result is not None
    assert done.result["course_id"] == str(small.course_id)
    assert done.result["losses_found"] >= small.losses_found


@pytest.mark.parametrize("content", [b"", b"no archive", packed()[:200]])
def test_what_is_no_archive_is_refused_with_the_reason(memory: World, content: bytes) -> None:
    with pytest.raises(UnreadableArchive):
        memory.services.archive_imports.import_archive(content, by=OPERATOR)


def test_a_task_says_why_an_archive_cannot_be_imported(memory: World) -> None:
    by = a_principal(memory.has_user(roles=(Role.INSTRUCTOR,)), Right.AUTHOR_COURSES)
    task = memory.services.archive_imports.import_archive(b"x" * (MOST_AT_ONCE + 1), by=by)
    assert isinstance(task, Task)

    memory.services.job_engine.run_due(Queue.LONG)

    error = memory.services.tasks.get(task.id, by=by).error
    assert error is not None
    assert error.code == "unreadable-archive"


def test_only_authors_import_and_only_while_they_are(memory: World) -> None:
    imports = memory.services.archive_imports
    with pytest.raises(NotPermitted):
        imports.import_archive(packed(), by=a_principal())
    user = memory.has_user(roles=(Role.INSTRUCTOR,))
    task = imports.import_archive(
        packed(padding=MOST_AT_ONCE), by=a_principal(user, Right.AUTHOR_COURSES)
    )
    assert isinstance(task, Task)
    memory.services.users.edit(user.id, UserChanges(roles=()), by=OPERATOR)

    memory.services.job_engine.run_due(Queue.LONG)

    assert stored(memory, task.id).error.startswith("not-permitted")


@pytest.mark.database
@pytest.mark.parametrize("padding", [0, MOST_AT_ONCE])
def test_staff_import_an_archive_and_see_what_was_lost(
    application: Application, padding: int
) -> None:
    editor = staff_browser(application, "Course editors")
    file = SimpleUploadedFile("knots.tar.gz", packed(padding=padding))

    page = editor.post("courses/course/import-archive/", file=file)
    if padding:
        assert "Status: queued" in page.text
        application.services.job_engine.run_due(Queue.LONG)
        page = editor.get(page.path)

    assert "The draft has been imported." in page.text
    assert "Not imported" in page.text
    assert Course.objects.count() == 1


@pytest.mark.database
def test_administrators_start_a_rebuild(application: Application) -> None:
    root = root_browser(application)

    page = root.post("progress/courseprogress/rebuild/")
    other = staff_browser(application, "Course editors").post("progress/courseprogress/rebuild/")

    assert page.messages == ("The rebuild has started.",)
    assert other.messages != page.messages
