"""Course authoring: creation, revision and import."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Principal, Right
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course, CourseDefinition, CourseId, CourseStatus
from courses.domain.errors import CourseNotFound, SlugFixed, SlugTaken
from courses.domain.services.authoring import AuthoringService
from tests.support.builders import a_definition, a_principal
from tests.support.worlds import World

ANNA: Final = a_principal()
BO: Final = a_principal(None, Right.AUTHOR_COURSES)
KNOTS: Final = a_definition(slug="knots")
BENDS: Final = replace(KNOTS, title="Bends", modules=a_definition().modules)
UNKNOWN: Final = CourseId(UUID("00000000-0000-4000-8000-000000000000"))

Act = Callable[[AuthoringService, Principal], object]

ACTS: Final[dict[str, Act]] = {
    "create": lambda authoring, by: authoring.create(a_definition(), by=by),
    "revise": lambda authoring, by: authoring.revise("knots", BENDS, by=by),
    "import": lambda authoring, by: authoring.import_definition(BENDS, by=by),
    "publish": lambda authoring, by: authoring.publish("knots", by=by),
    "retire": lambda authoring, by: authoring.retire("knots", by=by),
    "export": lambda authoring, by: authoring.export("knots", by=by),
    "versions": lambda authoring, by: authoring.versions_of("knots", PageRequest(), by=by),
}
ON_A_COURSE: Final[dict[str, Callable[[AuthoringService, str], object]]] = {
    "revise": lambda authoring, address: authoring.revise(address, BENDS, by=BO),
    "publish": lambda authoring, address: authoring.publish(address, by=BO),
    "retire": lambda authoring, address: authoring.retire(address, by=BO),
    "export": lambda authoring, address: authoring.export(address, by=BO),
    "versions": lambda authoring, address: authoring.versions_of(address, PageRequest(), by=BO),
}


@pytest.fixture
def authoring(memory: World) -> AuthoringService:
    return memory.services.authoring


def published(authoring: AuthoringService, definition: CourseDefinition = KNOTS) -> Course:
    authoring.create(definition, by=BO)
    return authoring.publish(definition.slug, by=BO)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_only_authors_may_do_anything(memory: World, authoring: AuthoringService, act: Act) -> None:
    course = published(authoring)

    with pytest.raises(NotPermitted) as error:
        act(authoring, ANNA)

    assert error.value.facts == {"right": Right.AUTHOR_COURSES}
    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert authoring.export("knots", by=BO) == KNOTS


@pytest.mark.parametrize("act", ON_A_COURSE.values(), ids=ON_A_COURSE)
@pytest.mark.parametrize("address", ["bends", str(UNKNOWN)])
def test_an_unknown_course_is_not_found(
    authoring: AuthoringService, act: Callable[[AuthoringService, str], object], address: str
) -> None:
    published(authoring)

    with pytest.raises(CourseNotFound):
        act(authoring, address)


@pytest.mark.parametrize("act", ON_A_COURSE.values(), ids=ON_A_COURSE)
def test_a_course_can_be_worked_on_by_its_id(
    authoring: AuthoringService, act: Callable[[AuthoringService, str], object]
) -> None:
    course = published(authoring)
    authoring.revise("knots", replace(KNOTS, summary="Changed."), by=BO)

    assert act(authoring, str(course.id))


def test_a_new_course_is_a_draft_that_nobody_has_published(
    memory: World, authoring: AuthoringService
) -> None:
    course = authoring.create(KNOTS, by=BO)

    assert (course.slug, course.title, course.summary) == ("knots", KNOTS.title, KNOTS.summary)
    assert (course.status, course.version) == (CourseStatus.DRAFT, 0)
    assert (course.created_by, course.created_at) == (BO.user_id, memory.clock.now())
    assert course.org_id is None
    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert authoring.export("knots", by=BO) == KNOTS


def test_a_program_can_author_courses_without_being_anybody(authoring: AuthoringService) -> None:
    course = authoring.create(KNOTS, by=OPERATOR)

    assert course.created_by is None


def test_a_taken_slug_leaves_the_course_that_has_it_alone(
    memory: World, authoring: AuthoringService
) -> None:
    course = authoring.create(KNOTS, by=BO)

    with pytest.raises(SlugTaken):
        authoring.create(BENDS, by=BO)

    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert authoring.export("knots", by=BO) == KNOTS


def test_a_revision_replaces_the_draft(authoring: AuthoringService) -> None:
    authoring.create(KNOTS, by=BO)

    authoring.revise("knots", BENDS, by=BO)

    assert authoring.export("knots", by=BO) == BENDS


def test_a_revision_renames_a_course_that_was_never_published(
    memory: World, authoring: AuthoringService
) -> None:
    authoring.create(KNOTS, by=BO)

    course = authoring.revise("knots", BENDS, by=BO)

    assert course.title == "Bends"
    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course


def test_a_revision_leaves_what_is_published_as_it_is(
    memory: World, authoring: AuthoringService
) -> None:
    course = published(authoring)

    revised = authoring.revise("knots", BENDS, by=BO)

    assert revised == course
    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert authoring.export("knots", version=1, by=BO) == KNOTS


def test_a_revision_cannot_move_a_course_to_another_slug(authoring: AuthoringService) -> None:
    authoring.create(KNOTS, by=BO)

    with pytest.raises(SlugFixed) as error:
        authoring.revise("knots", replace(BENDS, slug="bends"), by=BO)

    assert error.value.facts == {"slug": "knots"}
    assert authoring.export("knots", by=BO) == KNOTS


def test_an_import_starts_a_course_that_is_not_there(authoring: AuthoringService) -> None:
    course = authoring.import_definition(KNOTS, by=BO)

    assert (course.slug, course.status) == ("knots", CourseStatus.DRAFT)
    assert authoring.export("knots", by=BO) == KNOTS


def test_an_import_revises_the_course_that_has_the_slug(authoring: AuthoringService) -> None:
    course = published(authoring)

    imported = authoring.import_definition(BENDS, by=BO)

    assert imported.id == course.id
    assert authoring.export("knots", by=BO) == BENDS


def test_an_import_that_is_repeated_changes_nothing(authoring: AuthoringService) -> None:
    first = authoring.import_definition(KNOTS, by=BO)

    second = authoring.import_definition(KNOTS, by=BO)

    assert second == first
    assert authoring.export("knots", by=BO) == KNOTS
