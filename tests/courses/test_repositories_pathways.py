"""Contract of pathway repositories, with their tenant isolation."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from courses.domain.entities.courses import CourseId
from courses.domain.entities.pathways import PathwayId, PathwaySelection, PathwayStatus
from courses.domain.errors import PathwayNotFound, PathwaySlugTaken
from tests.support.builders import NOON
from tests.support.definitions import whole
from tests.support.pages import pages_of
from tests.support.pathways import a_pathway, has_pathway
from tests.support.worlds import World

PLATFORM: Final = TenantScope()
WHOLE: Final = PageRequest(limit=100)
PUBLISHED: Final = PathwayStatus.PUBLISHED


def elsewhere(world: World) -> TenantScope:
    """The scope of a member of another organization."""
    return TenantScope.into(world.has_organization().id)


def test_a_pathway_is_stored_as_it_was_added(world: World) -> None:
    pathways = world.repositories.pathways
    pathway = a_pathway(
        world.has_course(),
        world.has_course(),
        created_at=NOON + timedelta(microseconds=1),
        org_id=world.has_organization().id,
        slug="ropes",
        status=PathwayStatus.RETIRED,
    )
    pathway = replace(pathway, created_by=world.has_user().id, version=3)

    pathways.add(pathway, scope=ALL_TENANTS)

    by_slug = pathways.at("ropes", scope=ALL_TENANTS)
    by_id = pathways.at(str(pathway.id), scope=ALL_TENANTS)
    locked = pathways.get_for_update(pathway.id, scope=ALL_TENANTS)
    assert [whole(stored) for stored in (by_slug, by_id, locked)] == [whole(pathway)] * 3


def test_a_second_pathway_with_the_same_slug_is_rejected_and_the_first_unchanged(
    world: World,
) -> None:
    first = has_pathway(world, world.has_course(), slug="ropes")

    with pytest.raises(PathwaySlugTaken) as error:
        has_pathway(world, world.has_course(), slug="ropes")

    assert error.value.facts == {"slug": "ropes"}
    assert world.repositories.pathways.at("ropes", scope=ALL_TENANTS) == first


def test_what_is_not_there_is_not_found(world: World) -> None:
    pathways = world.repositories.pathways

    with pytest.raises(PathwayNotFound):
        pathways.at("ropes", scope=ALL_TENANTS)
    with pytest.raises(PathwayNotFound):
        pathways.get_for_update(PathwayId(uuid4()), scope=ALL_TENANTS)


def test_a_saved_pathway_replaces_the_stored_one(world: World) -> None:
    knots, bends = world.has_course(), world.has_course()
    pathways, first = world.repositories.pathways, has_pathway(world, knots)
    other = replace(first, stages=a_pathway(bends).stages, title="Bends", version=2)

    pathways.save(other, scope=ALL_TENANTS)

    assert whole(pathways.at(first.slug, scope=ALL_TENANTS)) == whole(other)
    assert pathways.open_with(bends.id, scope=ALL_TENANTS) == [other]
    assert pathways.open_with(knots.id, scope=ALL_TENANTS) == []


def test_published_pathways_are_found_by_their_courses_oldest_first(world: World) -> None:
    knots, bends = world.has_course(), world.has_course()
    second = has_pathway(world, knots, bends, created_at=NOON + timedelta(days=1))
    first = has_pathway(world, bends)
    has_pathway(world, bends, status=PathwayStatus.DRAFT)
    has_pathway(world, bends, status=PathwayStatus.RETIRED)

    pathways = world.repositories.pathways.open_with(bends.id, scope=ALL_TENANTS)

    assert pathways == [first, second]
    assert world.repositories.pathways.open_with(CourseId(uuid4()), scope=ALL_TENANTS) == []


def test_pathways_that_learners_know_are_found_once_by_any_of_their_courses(world: World) -> None:
    knots, bends = world.has_course(), world.has_course()
    second = has_pathway(world, knots, bends, created_at=NOON + timedelta(days=1))
    first = has_pathway(world, bends, status=PathwayStatus.RETIRED)
    has_pathway(world, bends, status=PathwayStatus.DRAFT)
    has_pathway(world, world.has_course())
    pathways = world.repositories.pathways

    shown = pathways.shown_with([knots.id, bends.id], scope=ALL_TENANTS)

    assert shown == [first, second]
    assert pathways.shown_with([], scope=ALL_TENANTS) == []


def test_several_pathways_are_found_by_their_ids(world: World) -> None:
    pathways = world.repositories.pathways
    published = has_pathway(world, world.has_course())
    draft = has_pathway(world, world.has_course(), status=PathwayStatus.DRAFT)
    has_pathway(world, world.has_course())

    stored = pathways.those_of([published.id, draft.id, PathwayId(uuid4())], scope=ALL_TENANTS)

    assert {pathway.id: pathway for pathway in stored} == {
        published.id: published,
        draft.id: draft,
    }
    assert len(stored) == 2


def test_a_list_goes_from_page_to_page_oldest_first(world: World) -> None:
    pathways = world.repositories.pathways
    stored = [
        has_pathway(world, world.has_course(), created_at=NOON + timedelta(days=day))
        for day in (2, 0, 1, 1)
    ]
    has_pathway(world, world.has_course(), status=PathwayStatus.DRAFT)

    pages = pages_of(
        lambda request: pathways.page_of(
            PathwaySelection(status=PUBLISHED), request, scope=ALL_TENANTS
        ),
        limit=3,
    )

    expected = sorted(stored, key=lambda pathway: (pathway.created_at, pathway.id))
    assert [pathway for page in pages for pathway in page] == expected


def test_a_member_finds_the_pathways_of_their_organization(world: World) -> None:
    pathways, org_id = world.repositories.pathways, world.has_organization().id
    course = world.has_course()
    pathway, scope = has_pathway(world, course, org_id=org_id), TenantScope.into(org_id)
    has_pathway(world, course)

    selection = PathwaySelection(status=PUBLISHED, org_id=org_id)
    listed = pathways.page_of(selection, WHOLE, scope=scope)

    assert listed.items == (pathway,)
    assert pathways.at(pathway.slug, scope=scope) == pathway
    assert pathway in pathways.open_with(course.id, scope=scope)
    assert pathway in pathways.shown_with([course.id], scope=scope)
    assert pathways.those_of([pathway.id], scope=scope) == [pathway]


def test_nobody_else_finds_them(world: World) -> None:
    pathways, org_id = world.repositories.pathways, world.has_organization().id
    course = world.has_course()
    pathway = has_pathway(world, course, org_id=org_id)

    for scope in (PLATFORM, elsewhere(world)):
        with pytest.raises(PathwayNotFound):
            pathways.at(pathway.slug, scope=scope)
        with pytest.raises(PathwayNotFound):
            pathways.get_for_update(pathway.id, scope=scope)
        assert pathways.open_with(course.id, scope=scope) == []
        assert pathways.shown_with([course.id], scope=scope) == []
        assert pathways.those_of([pathway.id], scope=scope) == []
        selection = PathwaySelection(status=PUBLISHED, org_id=org_id)
        listed = pathways.page_of(selection, WHOLE, scope=scope)
        assert listed.items == ()


def test_nobody_else_writes_them(world: World) -> None:
    pathways = world.repositories.pathways
    pathway = a_pathway(world.has_course(), org_id=world.has_organization().id)

    for scope in (PLATFORM, elsewhere(world)):
        with pytest.raises(OutsideTenantScope):
            pathways.add(pathway, scope=scope)
        with pytest.raises(OutsideTenantScope):
            pathways.save(pathway, scope=scope)


def test_courses_count_the_pathways_that_they_are_on(world: World) -> None:
    knots, bends, other = world.has_course(), world.has_course(), world.has_course()

    courses = world.repositories.courses
    courses.count_pathways(joined=[knots.id, bends.id], left=[], scope=ALL_TENANTS)
    courses.count_pathways(joined=[bends.id], left=[knots.id], scope=ALL_TENANTS)

    stored = [courses.at(course.slug, scope=ALL_TENANTS) for course in (knots, bends, other)]
    assert [course.pathways for course in stored] == [0, 2, 0]


def test_courses_out_of_view_count_nothing(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)

    world.repositories.courses.count_pathways(joined=[course.id], left=[], scope=elsewhere(world))

    assert world.repositories.courses.at(course.slug, scope=ALL_TENANTS).pathways == 0
