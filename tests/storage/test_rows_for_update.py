"""Contract of repositories: reading an entity in order to change it."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authsvc.kernel.tenancy import ALL_TENANTS
from tests.credentials.storing import a_stored_credential, a_stored_issue
from tests.support.builders import a_progress
from tests.support.worlds import World, orm_world

Stored = tuple[Any, Callable[[], Any]]
"""A stored entity, and how to read it for a change."""


def _course(world: World) -> Stored:
    course, _ = world.has_course(), world.has_course()
    read = world.repositories.courses.get_for_update
    return course, partial(read, course.id, scope=ALL_TENANTS)


def _progress(world: World) -> Stored:
    progress = a_progress(world.has_course(), world.has_user())
    world.repositories.progress.add(progress, scope=ALL_TENANTS)
    read = world.repositories.progress.find_for_update
    return progress, partial(read, progress.user_id, progress.course_slug, scope=ALL_TENANTS)


def _credential(world: World) -> Stored:
    credential = a_stored_credential(world)
    read = world.repositories.credentials.get_for_update
    return credential, partial(read, credential.id, scope=ALL_TENANTS)


def _issued_credential(world: World) -> Stored:
    issued = a_stored_issue(world)
    read = world.repositories.issued_credentials.get_for_update
    return issued, partial(read, issued.id, scope=ALL_TENANTS)


KINDS: Final = {
    "course": _course,
    "progress": _progress,
    "credential": _credential,
    "issued credential": _issued_credential,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_entity_read_for_a_change_is_the_stored_one(world: World, kind: str) -> None:
    stored, read = KINDS[kind](world)

    with world.unit_of_work.atomic():
        assert read() == stored


@pytest.mark.postgres
@pytest.mark.parametrize("kind", KINDS)
def test_the_row_of_an_entity_read_for_a_change_is_locked(kind: str) -> None:
    world = orm_world()
    _, read = KINDS[kind](world)

    with CaptureQueriesContext(connection) as statements, world.unit_of_work.atomic():
        read()

    assert any("FOR UPDATE" in statement["sql"] for statement in statements)
