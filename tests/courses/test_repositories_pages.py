"""Contract of course repositories: lists and searches."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from unicodedata import normalize
from uuid import UUID

import pytest

from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course, CourseId, CourseSelection, CourseStatus
from tests.support.builders import NOON
from tests.support.worlds import World

WHOLE: Final = PageRequest(limit=100)
SECOND: Final = timedelta(seconds=1)


def listed(
    world: World,
    request: PageRequest = WHOLE,
    *,
    status: CourseStatus = CourseStatus.PUBLISHED,
    search: str = "",
) -> Page[Course]:
    selection = CourseSelection(status=status, search=search)
    return world.repositories.courses.page_of(selection, request, scope=ALL_TENANTS)


def slugs_matching(world: World, search: str) -> set[str]:
    return {course.slug for course in listed(world, search=search).items}


def test_a_saved_course_is_found_by_its_new_words_and_not_by_the_old_ones(world: World) -> None:
    course = world.has_course(title="Knots", summary="")

    world.repositories.courses.save(replace(course, title="Bends"), scope=ALL_TENANTS)

    assert slugs_matching(world, "bends") == {course.slug}
    assert slugs_matching(world, "knots") == set()


@pytest.mark.parametrize("status", CourseStatus)
def test_a_page_holds_the_courses_of_one_status(world: World, status: CourseStatus) -> None:
    of_each = {status: world.has_course(status=status) for status in CourseStatus}

    assert listed(world, status=status).items == (of_each[status],)


@pytest.mark.parametrize(
    ("title", "summary", "search"),
    [
        ("Knots and bends", "", "BENDS"),
        ("KNOTS", "", "knots"),
        ("", "How to tie a Bowline", "a bowl"),
        ("École de nœuds", "", "éCOLE DE NŒUDS"),
        ("Die Straße", "", "STRASSE"),
        ("ΚΌΜΠΟΣ", "", "κόμπος"),
        ("УЗЛЫ", "", "узлы"),
        ("École", "", normalize("NFD", "école")),
        ("", normalize("NFD", "École"), "école"),
        ("結び目", "", "結び"),
        ("100% sure", "", "0% s"),
        ("snake_case", "", "e_c"),
        ("C:\\knots", "", ":\\k"),
        ('It\'s "quoted"', "", "t's \"q"),
    ],
)
def test_a_course_is_found_by_a_part_of_its_title_or_summary_in_any_case(
    world: World, title: str, summary: str, search: str
) -> None:
    course = world.has_course(title=title, summary=summary)
    world.has_course(title="Hitches", summary="")

    assert slugs_matching(world, search) == {course.slug}


@pytest.mark.parametrize("search", ["%", "_", "k%s", "k_ots", "\\", "knots ", "bends", "*", "?"])
def test_a_search_means_its_letters_and_nothing_more(world: World, search: str) -> None:
    world.has_course(title="knots", summary="that hold")

    assert slugs_matching(world, search) == set()


def test_an_empty_search_finds_every_course_of_the_status(world: World) -> None:
    courses = [world.has_course(), world.has_course(title="Bends", summary="")]

    assert slugs_matching(world, "") == {course.slug for course in courses}


def test_a_search_stays_within_the_status(world: World) -> None:
    world.has_course(title="Knots", status=CourseStatus.RETIRED)

    assert slugs_matching(world, "knots") == set()


def test_courses_come_oldest_first_and_the_id_breaks_ties(world: World) -> None:
    ids = [CourseId(UUID(int=number)) for number in (3, 1, 2, 4)]
    for course_id, age in zip(ids, (1, 1, 1, 2), strict=True):
        world.has_course(id=course_id, created_at=NOON - age * SECOND)

    assert [course.id for course in listed(world).items] == [ids[3], ids[1], ids[2], ids[0]]


def test_a_cursor_goes_on_within_its_search(world: World) -> None:
    first, _, third = (
        world.has_course(title=title, summary="", created_at=NOON + number * SECOND)
        for number, title in enumerate(["Knots", "Bends", "More knots"])
    )
    page = listed(world, PageRequest(limit=1), search="knots")

    rest = listed(world, PageRequest(limit=1, cursor=page.next_cursor), search="knots")

    assert page.items == (first,)
    assert rest.items == (third,)
    assert rest.next_cursor is None
