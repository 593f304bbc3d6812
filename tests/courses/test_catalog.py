"""Course catalog: lists, outlines and versions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import NotPermitted, Principal, Right
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course, CourseDefinition, CourseSelection, CourseStatus
from courses.domain.entities.outlines import ItemId, Outline
from courses.domain.errors import CourseNotFound, CourseNotOpen, CourseVersionNotFound, ItemNotFound
from courses.domain.services.catalog import CatalogService
from tests.support.builders import a_definition, a_principal
from tests.support.worlds import World

ANNA: Final = a_principal()
BO: Final = a_principal(None, Right.AUTHOR_COURSES)
KNOTS: Final = a_definition(slug="knots")
BENDS: Final = replace(KNOTS, title="Bends", modules=a_definition().modules)

Ask = Callable[[CatalogService, str], object]

QUESTIONS: Final[dict[str, Ask]] = {
    "entry": lambda catalog, address: catalog.entry(address, by=ANNA),
    "an old version": lambda catalog, address: catalog.entry(address, version=1, by=ANNA),
    "item": lambda catalog, address: catalog.item(address, ItemId(uuid4()), by=ANNA),
    "open version": lambda catalog, address: catalog.open_version(address, by=ANNA),
    "visible": lambda catalog, address: catalog.visible_to(ANNA, address),
}


@pytest.fixture
def catalog(memory: World) -> CatalogService:
    return memory.services.catalog


def drafted(memory: World) -> Course:
    return memory.services.authoring.create(KNOTS, by=BO)


def published(memory: World) -> Course:
    return memory.services.authoring.publish(str(drafted(memory).id), by=BO)


def retired(memory: World) -> Course:
    return memory.services.authoring.retire(str(published(memory).id), by=BO)


def revised(memory: World) -> Course:
    published(memory)
    return memory.services.authoring.revise("knots", BENDS, by=BO)


def published_twice(memory: World) -> Course:
    revised(memory)
    return memory.services.authoring.publish("knots", by=BO)


def keys_of(outline: Outline) -> set[str]:
    return {item.key for item in outline.items}


def keys_written_in(definition: CourseDefinition) -> set[str]:
    return {item.key for module in definition.modules for item in module.items}


def test_learners_find_what_is_published(memory: World, catalog: CatalogService) -> None:
    course = published(memory)
    memory.services.authoring.create(a_definition(), by=BO)

    page = catalog.page_of(CourseSelection(status=CourseStatus.PUBLISHED), PageRequest(), by=ANNA)

    assert page.items == (course,)


def test_a_search_finds_some_of_the_courses(memory: World, catalog: CatalogService) -> None:
    published(memory)

    bends = CourseSelection(status=CourseStatus.PUBLISHED, search="bends")
    page = catalog.page_of(bends, PageRequest(), by=ANNA)

    assert page.items == ()


@pytest.mark.parametrize("status", [CourseStatus.DRAFT, CourseStatus.RETIRED])
def test_learners_do_not_list_what_is_not_published(
    catalog: CatalogService, status: CourseStatus
) -> None:
    with pytest.raises(NotPermitted):
        catalog.page_of(CourseSelection(status=status), PageRequest(), by=ANNA)


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (drafted, CourseStatus.DRAFT),
        (published, CourseStatus.PUBLISHED),
        (retired, CourseStatus.RETIRED),
    ],
)
def test_authors_list_courses_of_any_status(
    memory: World,
    catalog: CatalogService,
    make: Callable[[World], Course],
    status: CourseStatus,
) -> None:
    course = make(memory)

    page = catalog.page_of(CourseSelection(status=status), PageRequest(), by=BO)

    assert page.items == (course,)


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_a_draft_is_to_learners_as_if_it_were_not_there(
    memory: World, catalog: CatalogService, ask: Ask
) -> None:
    course = drafted(memory)

    for address in ("knots", str(course.id), "no-such-course"):
        with pytest.raises(CourseNotFound) as error:
            ask(catalog, address)
        assert error.value.facts == {}


def test_authors_read_the_draft_of_a_course_that_was_never_published(
    memory: World, catalog: CatalogService
) -> None:
    course = drafted(memory)

    entry = catalog.entry("knots", by=BO)

    assert entry.course == course
    assert entry.outline == KNOTS.draft_of(course.id).outline


def test_a_draft_has_no_version_to_read(memory: World, catalog: CatalogService) -> None:
    drafted(memory)

    with pytest.raises(CourseVersionNotFound):
        catalog.entry("knots", version=1, by=BO)


@pytest.mark.parametrize("make", [published, retired])
@pytest.mark.parametrize("who", [ANNA, BO])
def test_callers_read_the_published_version(
    memory: World, catalog: CatalogService, make: Callable[[World], Course], who: Principal
) -> None:
    course = make(memory)

    entry = catalog.entry(str(course.id), by=who)

    assert entry.course == course
    assert entry.outline == KNOTS.draft_of(course.id).outline


@pytest.mark.parametrize("who", [ANNA, BO])
def test_what_is_revised_is_not_seen_before_it_is_published(
    memory: World, catalog: CatalogService, who: Principal
) -> None:
    revised(memory)

    before = catalog.entry("knots", by=who)
    memory.services.authoring.publish("knots", by=BO)
    after = catalog.entry("knots", by=who)

    assert before.course.title == KNOTS.title
    assert keys_of(before.outline) == keys_written_in(KNOTS)
    assert after.course.title == "Bends"
    assert keys_of(after.outline) == keys_written_in(BENDS)


def test_an_older_version_can_still_be_read(memory: World, catalog: CatalogService) -> None:
    published_twice(memory)

    assert keys_of(catalog.entry("knots", version=1, by=ANNA).outline) == keys_written_in(KNOTS)
    assert keys_of(catalog.entry("knots", version=2, by=ANNA).outline) == keys_written_in(BENDS)


def test_a_version_that_was_never_published_is_not_found(
    memory: World, catalog: CatalogService
) -> None:
    revised(memory)

    with pytest.raises(CourseVersionNotFound):
        catalog.entry("knots", version=2, by=ANNA)


def test_an_item_is_read_with_its_text(memory: World, catalog: CatalogService) -> None:
    course = published(memory)
    (item, *_) = catalog.entry("knots", by=ANNA).outline.items

    read = catalog.item("knots", item.id, by=ANNA)

    assert read == KNOTS.draft_of(course.id).outline.item(item.id)
    assert read.body == KNOTS.modules[0].items[0].body


def test_an_item_that_only_the_draft_has_is_not_found(
    memory: World, catalog: CatalogService
) -> None:
    course = revised(memory)
    (new, *_) = BENDS.draft_of(course.id).outline.items

    with pytest.raises(ItemNotFound) as error:
        catalog.item("knots", new.id, by=ANNA)

    assert error.value.facts == {"item_id": new.id}


def test_an_item_that_is_gone_is_read_in_the_version_that_has_it(
    memory: World, catalog: CatalogService
) -> None:
    course = published_twice(memory)
    (old, *_) = KNOTS.draft_of(course.id).outline.items

    assert catalog.item("knots", old.id, version=1, by=ANNA) == old
    with pytest.raises(ItemNotFound):
        catalog.item("knots", old.id, by=ANNA)


def test_who_enrols_is_taught_the_version_that_is_published(
    memory: World, catalog: CatalogService
) -> None:
    course = published_twice(memory)

    version = catalog.open_version("knots", by=ANNA)

    assert (version.course_id, version.number) == (course.id, 2)
    assert version == catalog.version(course.id, 2, scope=ALL_TENANTS)


@pytest.mark.parametrize(
    ("make", "who", "status"), [(retired, ANNA, "retired"), (drafted, BO, "draft")]
)
def test_nobody_enrols_on_a_course_that_is_not_published(
    memory: World,
    catalog: CatalogService,
    make: Callable[[World], Course],
    who: Principal,
    status: str,
) -> None:
    make(memory)

    with pytest.raises(CourseNotOpen) as error:
        catalog.open_version("knots", by=who)

    assert error.value.facts == {"status": status}


def test_a_version_nobody_published_is_not_found(memory: World, catalog: CatalogService) -> None:
    course = published(memory)

    with pytest.raises(CourseVersionNotFound):
        catalog.version(course.id, 2, scope=ALL_TENANTS)
