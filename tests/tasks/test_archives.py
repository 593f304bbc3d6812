"""Imports of packed Open edX courses: read as tasks, and confirmed."""

import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.domain.access import OPERATOR, NotPermitted, Principal, Right, Role
from accounts.domain.identity.entities.users import UserChanges
from accounts.domain.tasks.entities import Task
from authsvc.jobs.entities import JobStatus, Queue
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition, PreconditionFailed
from courses.domain.errors import CourseNotFound
from courses.models import Course
from tests.support.application import Application
from tests.support.builders import a_definition, a_principal
from tests.support.jobs import stored
from tests.support.olx import KNOTS
from tests.support.staff import root_browser, staff_browser
from tests.support.worlds import World


def packed(folder: Path = KNOTS) -> bytes:
    """The folder as an archive."""
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.add(folder, "course")
    return content.getvalue()


def an_author(world: World) -> Principal:
    return a_principal(world.has_user(roles=(Role.INSTRUCTOR,)), Right.AUTHOR_COURSES)


def read(world: World, content: bytes, *, by: Principal, **target: Any) -> Task:
    """The task after the archive was read."""
    task = world.services.archive_imports.start(content, by=by, **target)
    world.services.job_engine.run_due(Queue.LONG)
    return world.services.tasks.get(task.id, by=by)


def test_an_archive_is_read_and_changes_nothing_before_it_is_confirmed(world: World) -> None:
    by = an_author(world)

    task = read(world, packed(), by=by)

    assert (task.status, task.error) == (JobStatus.SUCCEEDED, None)
    assert task.result is not None
    assert task.result["counts"]["imported"] == len(task.result["imported"]) > 0
    assert task.result["counts"]["changed"] > 0
    assert task.result["counts"]["unmapped"] > 0
    with pytest.raises(CourseNotFound):
        world.services.authoring.export(task.result["slug"], by=OPERATOR)

    course = world.services.archive_imports.confirm(task.id, if_match=UNCONDITIONAL, by=by)

    assert world.services.authoring.export(course.slug, by=OPERATOR).title == task.result["title"]


def test_changes_and_what_is_not_mapped_are_reported_apart(memory: World) -> None:
    result = read(memory, packed(), by=an_author(memory)).result

    assert result is not None
    assert all("cannot be mapped" not in line for line in result["changed"])
    assert any("cannot be mapped" in line for line in result["unmapped"])


def test_an_archive_can_replace_the_draft_of_a_course(memory: World) -> None:
    by, authoring = an_author(memory), memory.services.authoring
    course = authoring.create(a_definition(slug="mine"), by=by)
    task = read(memory, packed(), by=by, course_id=course.id)
    imports = memory.services.archive_imports

    target = imports.result_of(task.id, by=by).target
    assert target is not None
    assert target.course.id == course.id
    replaced = imports.confirm(task.id, if_match=UNCONDITIONAL, by=by)

    assert (replaced.id, replaced.slug) == (course.id, "mine")
    assert authoring.export("mine", by=by).title != a_definition().title


def test_the_draft_is_not_replaced_if_somebody_changed_it_meanwhile(memory: World) -> None:
    by, authoring = an_author(memory), memory.services.authoring
    mine = a_definition(slug="mine")
    course = authoring.create(mine, by=by)
    task = read(memory, packed(), by=by, course_id=course.id)
    precondition = Precondition(
        tags=frozenset({"Before"}), tag_of=lambda definition: definition.title
    )

    with pytest.raises(PreconditionFailed):
        memory.services.archive_imports.confirm(task.id, if_match=precondition, by=by)

    assert authoring.export("mine", by=by) == mine


def test_a_second_import_finds_the_course_of_the_first(memory: World) -> None:
    by, imports = an_author(memory), memory.services.archive_imports
    first = imports.confirm(read(memory, packed(), by=by).id, if_match=UNCONDITIONAL, by=by)

    again = read(memory, packed(), by=by)

    target = imports.result_of(again.id, by=by).target
    assert target is not None
    assert target.course.id == first.id


@pytest.mark.parametrize("content", [b"", b"no archive", packed()[:200]])
def test_a_task_says_why_an_archive_cannot_be_read(memory: World, content: bytes) -> None:
    error = read(memory, content, by=an_author(memory)).error

    assert error is not None
    assert error.code == "unreadable-archive"


def test_only_authors_import_and_only_while_they_are(memory: World) -> None:
    imports = memory.services.archive_imports
    with pytest.raises(NotPermitted):
        imports.start(packed(), by=a_principal())
    user = memory.has_user(roles=(Role.INSTRUCTOR,))
    task = imports.start(packed(), by=a_principal(user, Right.AUTHOR_COURSES))
    memory.services.users.edit(user.id, UserChanges(roles=()), by=OPERATOR)

    memory.services.job_engine.run_due(Queue.LONG)

    assert stored(memory, task.id).error.startswith("not-permitted")


@pytest.mark.database
def test_staff_see_what_an_archive_has_and_confirm(application: Application) -> None:
    editor = staff_browser(application, "Course editors")
    file = SimpleUploadedFile("knots.tar.gz", packed())

    page = editor.post("courses/course/import-archive/", file=file)
    assert "The archive is being read (queued)." in page.text
    application.services.job_engine.run_due(Queue.LONG)
    page = editor.get(page.path)
    assert "This becomes a new course" in page.text
    assert "Not imported: " in page.text
    assert not Course.objects.exists()
    done = editor.post(page.path)

    assert Course.objects.count() == 1
    assert done.messages[0].endswith("has been imported.")
    again = editor.get(page.path)
    assert "This replaces the draft of" in again.text
    assert "Nothing differs" in again.text


@pytest.mark.database
def test_what_is_no_archive_is_named_on_the_page(application: Application) -> None:
    editor = staff_browser(application, "Course editors")
    file = SimpleUploadedFile("knots.tar.gz", b"no archive")

    page = editor.post("courses/course/import-archive/", file=file)
    application.services.job_engine.run_due(Queue.LONG)

    assert "It is not a packed Open edX course" in editor.get(page.path).text


@pytest.mark.database
def test_administrators_start_a_rebuild(application: Application) -> None:
    root = root_browser(application)

    page = root.post("progress/courseprogress/rebuild/")
    other = staff_browser(application, "Course editors").post("progress/courseprogress/rebuild/")

    assert page.messages == ("The rebuild has started.",)
    assert other.messages != page.messages
