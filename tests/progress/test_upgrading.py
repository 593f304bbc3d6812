"""Upgrades to a newer course version, without loss of progress."""

from dataclasses import replace

import pytest

from accounts.domain.access import OPERATOR
from courses.domain.entities.courses import Course, CourseDefinition
from courses.domain.errors import CourseNotFound, CourseNotOpen
from progress.domain.entities.events import EventType
from progress.domain.entities.progress import CourseProgress, ProgressStatus
from progress.domain.errors import NotEnrolled
from tests.support.builders import a_definition_of, a_module_definition, an_item_definition
from tests.support.learning import Learner, a_learner, items_of
from tests.support.worlds import World

ONE = a_definition_of(required=2, slug="knots")


@pytest.fixture
def course(memory: World) -> Course:
    return published(memory, ONE)


@pytest.fixture
def anna(memory: World, course: Course) -> Learner:
    """Anna on the first version, with the first item completed."""
    anna = a_learner(memory)
    anna.enrols(course)
    anna.completes(course, items_of(memory.services, course)[0])
    return anna


def published(world: World, definition: CourseDefinition) -> Course:
    draft = world.services.authoring.import_definition(definition, by=OPERATOR)
    return world.services.authoring.publish(draft.slug, by=OPERATOR)


def with_one_more(definition: CourseDefinition) -> CourseDefinition:
    more = a_module_definition(items=(an_item_definition(),))
    return replace(definition, modules=(*definition.modules, more))


def upgraded(learner: Learner, course: Course) -> CourseProgress:
    return learner.services.learning.upgrade(course.slug, by=learner.principal)


def test_what_is_published_later_changes_nothing_for_those_on_the_course(
    memory: World, course: Course, anna: Learner
) -> None:
    before = anna.progress_on(course)

    published(memory, with_one_more(ONE))

    assert anna.progress_on(course) == before


def test_an_upgrade_keeps_completed_items(memory: World, course: Course, anna: Learner) -> None:
    before = anna.progress_on(course)
    published(memory, with_one_more(ONE))

    after = upgraded(anna, course)

    assert (before.percent_complete, after.percent_complete) == (50, 33)
    assert (after.course_version, after.completed_items) == (2, before.completed_items)
    event = anna.log_of(course)[-1]
    assert event.fact.type is EventType.VERSION_UPGRADED
    assert event.fact.payload == {"from_version": 1, "course_version": 2}


def test_a_learner_on_the_newest_version_stays_there(course: Course, anna: Learner) -> None:
    before = anna.progress_on(course)

    assert upgraded(anna, course) == before


def test_an_upgrade_to_a_version_of_which_all_is_done_completes_the_course(
    memory: World, course: Course, anna: Learner
) -> None:
    (module,) = ONE.modules
    published(memory, replace(ONE, modules=(replace(module, items=module.items[:1]),)))

    assert upgraded(anna, course).status is ProgressStatus.COMPLETED


def test_a_completed_course_stays_completed(memory: World, course: Course, anna: Learner) -> None:
    anna.completes(course, items_of(memory.services, course)[1])
    completed = anna.progress_on(course)
    published(memory, with_one_more(ONE))

    after = upgraded(anna, course)

    assert (after.status, after.percent_complete) == (ProgressStatus.COMPLETED, 100)
    assert after.completed_at == completed.completed_at
    assert after.course_version == 2


def test_only_enrolled_learners_upgrade(memory: World, course: Course, anna: Learner) -> None:
    published(memory, with_one_more(ONE))
    anna.withdraws(course)

    for nobody in (anna, a_learner(memory)):
        with pytest.raises(NotEnrolled):
            upgraded(nobody, course)


def test_nobody_is_moved_on_a_course_that_takes_no_learners(
    memory: World, course: Course, anna: Learner
) -> None:
    memory.services.authoring.retire(course.slug, by=OPERATOR)

    with pytest.raises(CourseNotOpen):
        upgraded(anna, course)


def test_an_unknown_course_has_no_versions(memory: World, course: Course, anna: Learner) -> None:
    with pytest.raises(CourseNotFound):
        anna.services.learning.upgrade("unknown", by=anna.principal)
