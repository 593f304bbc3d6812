"""Contract of assessment repositories, and of stored assessments."""

from uuid import uuid4

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from courses.domain.entities.assessments import AssessmentId
from tests.support.attempts import a_definition_with_exams, a_place, has_place
from tests.support.builders import a_version
from tests.support.definitions import whole
from tests.support.worlds import World


def test_an_assessment_is_found_where_it_is(world: World) -> None:
    place, _other = has_place(world), has_place(world)

    assert world.repositories.assessments.find(place.assessment_id, scope=ALL_TENANTS) == place


def test_an_unknown_assessment_is_nowhere(world: World) -> None:
    has_place(world)

    unknown = AssessmentId(uuid4())

    assert world.repositories.assessments.find(unknown, scope=ALL_TENANTS) is None


def test_storing_a_known_place_again_changes_nothing(world: World) -> None:
    place = has_place(world)

    world.repositories.assessments.keep([place, a_place(world.has_course())], scope=ALL_TENANTS)

    assert world.repositories.assessments.find(place.assessment_id, scope=ALL_TENANTS) == place


def test_an_assessment_of_another_organization_is_nowhere(world: World) -> None:
    knots, bends = world.has_organization(), world.has_organization()
    place = has_place(world, knots)

    def is_found(scope: TenantScope) -> bool:
        stored = world.repositories.assessments.find(place.assessment_id, scope=scope)
        return stored is not None

    assert is_found(TenantScope.into(knots.id))
    assert not is_found(TenantScope.into(bends.id))
    assert not is_found(TenantScope())


def test_nothing_is_stored_out_of_scope(world: World) -> None:
    place = a_place(world.has_course(org_id=world.has_organization().id))

    with pytest.raises(OutsideTenantScope):
        world.repositories.assessments.keep([place], scope=TenantScope())

    stored = world.repositories.assessments.find(place.assessment_id, scope=ALL_TENANTS)
    assert stored is None


def test_a_draft_and_a_version_keep_what_is_asked(world: World) -> None:
    course = world.has_course()
    draft = a_definition_with_exams(course.slug).draft_of(course.id)
    version = a_version(course, draft=draft)

    world.repositories.course_drafts.save(draft, scope=ALL_TENANTS)
    world.repositories.course_versions.add(version, scope=ALL_TENANTS)

    drafts, versions = world.repositories.course_drafts, world.repositories.course_versions
    assert whole(drafts.get(course.id, scope=ALL_TENANTS)) == whole(draft)
    assert whole(versions.get(course.id, 1, scope=ALL_TENANTS)) == whole(version)
    assert len(version.assessment_places) == 3


def test_several_assessments_in_scope_are_found_together(world: World) -> None:
    knots = world.has_organization()
    there, here = has_place(world, knots), has_place(world)
    ids = {there.assessment_id, here.assessment_id, AssessmentId(uuid4())}

    places = world.repositories.assessments.places_of(ids, scope=TenantScope.into(knots.id))

    assert {place.assessment_id for place in places} == {there.assessment_id, here.assessment_id}
    assert world.repositories.assessments.places_of(ids, scope=TenantScope()) == [here]
