"""Publication, retirement and export of courses."""

from dataclasses import replace
from typing import Final

import pytest

from accounts.domain.access import Right
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course, CourseStatus, CourseVersion
from courses.domain.errors import (
    CourseNotPublished,
    CourseVersionNotFound,
    NothingRequired,
    NothingToPublish,
)
from courses.domain.services.authoring import AuthoringService
from tests.support.builders import NOON, a_definition, a_definition_of, a_principal
from tests.support.worlds import World

BO: Final = a_principal(None, Right.AUTHOR_COURSES)
CLEO: Final = a_principal(None, Right.AUTHOR_COURSES)
KNOTS: Final = a_definition(slug="knots")
BENDS: Final = replace(KNOTS, title="Bends", summary="", modules=a_definition().modules)


@pytest.fixture
def authoring(memory: World) -> AuthoringService:
    return memory.services.authoring


def published(authoring: AuthoringService) -> Course:
    authoring.create(KNOTS, by=BO)
    return authoring.publish("knots", by=BO)


def versions(authoring: AuthoringService) -> tuple[CourseVersion, ...]:
    return authoring.versions_of("knots", PageRequest(), by=BO).items


def test_publishing_shows_the_draft_as_the_first_version(
    memory: World, authoring: AuthoringService
) -> None:
    authoring.create(KNOTS, by=BO)

    course = authoring.publish("knots", by=BO)

    assert (course.status, course.version) == (CourseStatus.PUBLISHED, 1)
    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert authoring.export("knots", version=1, by=BO) == KNOTS


def test_a_version_says_who_published_it_and_when(
    memory: World, authoring: AuthoringService
) -> None:
    authoring.create(KNOTS, by=BO)
    memory.clock.go_on(hours=3)

    authoring.publish("knots", by=CLEO)

    (version,) = versions(authoring)
    assert version.published_by == CLEO.user_id
    assert version.published_at == memory.clock.now() != NOON


def test_a_changed_draft_becomes_the_next_version_and_the_name_of_the_course(
    memory: World, authoring: AuthoringService
) -> None:
    published(authoring)
    authoring.revise("knots", BENDS, by=BO)

    course = authoring.publish("knots", by=BO)

    assert (course.version, course.title, course.summary) == (2, "Bends", "")
    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert authoring.export("knots", version=2, by=BO) == BENDS


def test_a_published_version_is_frozen(authoring: AuthoringService) -> None:
    published(authoring)
    (first,) = versions(authoring)

    authoring.revise("knots", BENDS, by=BO)
    authoring.publish("knots", by=BO)
    authoring.retire("knots", by=BO)

    assert versions(authoring)[0] == first


def test_an_item_that_keeps_its_key_keeps_its_id_across_versions(
    authoring: AuthoringService,
) -> None:
    published(authoring)
    authoring.revise("knots", replace(BENDS, modules=(*BENDS.modules, KNOTS.modules[0])), by=BO)
    authoring.publish("knots", by=BO)

    first, second = (version.outline for version in versions(authoring))

    assert first.modules[0].id == second.modules[-1].id
    assert first.modules[0].items == second.modules[-1].items


def test_an_unchanged_draft_is_not_published_twice(
    memory: World, authoring: AuthoringService
) -> None:
    course = published(authoring)

    with pytest.raises(NothingToPublish):
        authoring.publish("knots", by=BO)

    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert len(versions(authoring)) == 1


def test_a_draft_that_is_changed_back_is_not_published_again(authoring: AuthoringService) -> None:
    published(authoring)
    authoring.revise("knots", BENDS, by=BO)
    authoring.revise("knots", KNOTS, by=BO)

    with pytest.raises(NothingToPublish):
        authoring.publish("knots", by=BO)


def test_the_content_of_an_older_version_can_be_published_again(
    authoring: AuthoringService,
) -> None:
    published(authoring)
    authoring.revise("knots", BENDS, by=BO)
    authoring.publish("knots", by=BO)
    authoring.revise("knots", authoring.export("knots", version=1, by=BO), by=BO)

    course = authoring.publish("knots", by=BO)

    assert course.version == 3
    assert versions(authoring)[2].checksum == versions(authoring)[0].checksum


def test_a_draft_that_requires_nothing_stays_a_draft(
    memory: World, authoring: AuthoringService
) -> None:
    course = authoring.create(a_definition_of(required=0, optional=1, slug="knots"), by=BO)

    with pytest.raises(NothingRequired):
        authoring.publish("knots", by=BO)

    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert versions(authoring) == ()


def test_a_retired_course_keeps_its_version(memory: World, authoring: AuthoringService) -> None:
    published(authoring)

    course = authoring.retire("knots", by=BO)

    assert (course.status, course.version) == (CourseStatus.RETIRED, 1)
    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course


@pytest.mark.parametrize("is_retired", [True, False])
def test_only_a_published_course_can_be_retired(
    *, authoring: AuthoringService, is_retired: bool
) -> None:
    authoring.create(KNOTS, by=BO)
    if is_retired:
        authoring.publish("knots", by=BO)
        authoring.retire("knots", by=BO)

    with pytest.raises(CourseNotPublished):
        authoring.retire("knots", by=BO)


def test_publishing_opens_a_retired_course_with_the_version_it_had(
    memory: World, authoring: AuthoringService
) -> None:
    course = published(authoring)
    authoring.retire("knots", by=BO)

    opened = authoring.publish("knots", by=BO)

    assert opened == course
    assert memory.repositories.courses.at("knots", scope=ALL_TENANTS) == course
    assert len(versions(authoring)) == 1


def test_publishing_opens_a_retired_course_with_what_has_changed_since(
    authoring: AuthoringService,
) -> None:
    published(authoring)
    authoring.retire("knots", by=BO)
    authoring.revise("knots", BENDS, by=BO)

    opened = authoring.publish("knots", by=BO)

    assert (opened.status, opened.version) == (CourseStatus.PUBLISHED, 2)
    assert authoring.export("knots", version=2, by=BO) == BENDS


def test_an_export_is_of_the_draft_unless_it_names_a_version(authoring: AuthoringService) -> None:
    published(authoring)

    authoring.revise("knots", BENDS, by=BO)

    assert authoring.export("knots", by=BO) == BENDS
    assert authoring.export("knots", version=1, by=BO) == KNOTS


@pytest.mark.parametrize("version", [0, 2])
def test_a_version_that_was_never_published_cannot_be_exported(
    authoring: AuthoringService, version: int
) -> None:
    published(authoring)

    with pytest.raises(CourseVersionNotFound):
        authoring.export("knots", version=version, by=BO)


def test_the_versions_of_a_course_come_in_pages(authoring: AuthoringService) -> None:
    published(authoring)
    authoring.revise("knots", BENDS, by=BO)
    authoring.publish("knots", by=BO)

    first = authoring.versions_of("knots", PageRequest(limit=1), by=BO)
    rest = authoring.versions_of("knots", PageRequest(cursor=first.next_cursor), by=BO)

    assert [version.number for version in first.items] == [1]
    assert [version.number for version in rest.items] == [2]
    assert rest.next_cursor is None
