"""Titles of activities: those of the course version that an event happened in."""

from dataclasses import replace
from typing import Final

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.domain.access import OPERATOR
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course, CourseDefinition
from courses.domain.repositories.cached import CachedCourseVersionRepository
from courses.domain.repositories.memory.courses import InMemoryCourseVersionRepository
from courses.domain.repositories.protocols.courses import CourseVersionRepository
from progress.domain.services import event_log
from progress.domain.services.event_log import EventExport
from progress.statements import Statement, statement_of
from tests.support.attempts import RIGHT, Examinee, a_definition_with_exams
from tests.support.builders import a_definition_of, some_terms
from tests.support.learning import (
    Learner,
    a_learner,
    a_published_course,
    items_of,
    published_again,
)
from tests.support.worlds import World, orm_world

HOME: Final = "https://auth.example"


def renamed(definition: CourseDefinition, word: str) -> CourseDefinition:
    """The definition with *word* before the titles of the course, its module and its items."""
    (module,) = definition.modules
    items = tuple(replace(item, title=f"{word} {item.key}") for item in module.items)
    module = replace(module, title=f"{word} module", items=items)
    return replace(definition, title=f"{word} course", modules=(module,))


def statements_of(learner: Learner) -> list[Statement]:
    export = learner.services.export
    page = export.page(PageRequest(limit=100), by=learner.principal)
    titled = export.with_titles(page.items, by=learner.principal)
    return [statement_of(event, titles, home=HOME) for event, titles in titled]


def names_in(statement: Statement) -> list[str]:
    """The first words of the names of the object, the parent and the course."""
    around = statement["context"].get("contextActivities", {})
    activities = [statement["object"], *around.get("parent", []), *around.get("grouping", [])]
    return [activity["definition"]["name"]["und"].split()[0] for activity in activities]


@pytest.fixture
def anna(memory: World) -> Learner:
    return a_learner(memory)


@pytest.fixture
def definition() -> CourseDefinition:
    return a_definition_of(required=3)


@pytest.fixture
def course(memory: World, definition: CourseDefinition) -> Course:
    return a_published_course(memory.services, renamed(definition, "First"))


def test_names_are_those_of_the_version_that_the_learner_was_on(
    memory: World, anna: Learner, definition: CourseDefinition, course: Course
) -> None:
    items = items_of(memory.services, course)
    anna.enrols(course)
    anna.completes(course, items[0])
    published_again(memory.services, renamed(definition, "Second"))
    anna.completes(course, items[1])
    anna.services.learning.upgrade(course.slug, by=anna.principal)
    anna.completes(course, items[2])

    assert list(map(names_in, statements_of(anna))) == [
        ["First"],
        ["First", "First", "First"],
        ["First", "First", "First"],
        ["Second"],
        ["Second", "Second", "Second"],
        ["Second"],
    ]


def test_who_comes_back_is_on_the_version_of_their_return(
    memory: World, anna: Learner, definition: CourseDefinition, course: Course
) -> None:
    anna.enrols(course)
    anna.services.learning.withdraw(course.slug, by=anna.principal)
    published_again(memory.services, renamed(definition, "Second"))
    anna.enrols(course)
    anna.services.learning.withdraw(course.slug, by=anna.principal)

    assert list(map(names_in, statements_of(anna))) == [
        ["First"],
        ["First"],
        ["Second"],
        ["Second"],
    ]


def test_a_statement_that_was_made_never_changes(
    memory: World, anna: Learner, definition: CourseDefinition, course: Course
) -> None:
    anna.enrols(course)
    anna.completes(course, items_of(memory.services, course)[0])
    before = statements_of(anna)

    published_again(memory.services, renamed(definition, "Second"))
    anna.services.learning.upgrade(course.slug, by=anna.principal)

    assert statements_of(anna)[: len(before)] == before


def test_an_assessment_has_the_title_of_its_item(memory: World, anna: Learner) -> None:
    course = a_published_course(memory.services, a_definition_with_exams())
    examinee = Examinee(services=memory.services, principal=anna.principal, course=course)
    examinee.enrols(course)
    examinee.takes("quiz", **RIGHT)

    names = {
        statement["object"]["definition"]["name"]["und"]
        for statement in statements_of(anna)
        if "/v1/assessments/" in statement["object"]["id"]
    }

    assert names == {"A quiz"}


def test_a_credential_has_no_name_but_its_course_has(
    memory: World, anna: Learner, course: Course
) -> None:
    memory.services.credentials.define(some_terms(course_id=course.id), by=OPERATOR)
    anna.passes(course)

    (earned,) = [
        statement
        for statement in statements_of(anna)
        if statement["verb"]["display"]["en"] == "earned"
    ]

    assert "name" not in earned["object"]["definition"]
    (grouping,) = earned["context"]["contextActivities"]["grouping"]
    assert grouping["definition"]["name"] == {"und": "First course"}


def test_without_its_version_an_activity_has_no_name(
    memory: World, anna: Learner, course: Course
) -> None:
    anna.enrols(course)
    (event,) = anna.log_of(course)
    export = an_export(memory, InMemoryCourseVersionRepository())

    ((same, titles),) = export.with_titles([event], by=OPERATOR)

    assert (same, titles) == (event, {})
    statement = statement_of(event, titles, home=HOME)
    assert statement["object"]["definition"].keys() == {"type"}


def an_export(world: World, versions: CourseVersionRepository) -> EventExport:
    """One that reads these versions and has cached none."""
    catalog = replace(world.services.catalog, versions=CachedCourseVersionRepository(versions))
    return replace(world.services.export, catalog=catalog)


def test_batches_do_not_show(
    memory: World, anna: Learner, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.passes(course)
    whole = statements_of(anna)

    monkeypatch.setattr(event_log, "EXPORTED_AT_ONCE", 2)

    assert statements_of(anna) == whole


@pytest.mark.every_database
@pytest.mark.parametrize("courses", [1, 12])
def test_titles_take_two_statements_however_many_courses_there_are(
    courses: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The versions that learners were on, and their outlines."""
    world = orm_world()
    anna = a_learner(world)
    for _ in range(courses):
        anna.passes(a_published_course(world.services, a_definition_of(required=2)))
    page = world.services.export.page(PageRequest(limit=100), by=anna.principal)
    export = an_export(world, world.repositories.course_versions)

    for count in (2, 1):
        with django_assert_num_queries(count):
            titled = list(export.with_titles(page.items, by=anna.principal))
        assert len(titled) == 4 * courses
        assert all(titles for _, titles in titled)
