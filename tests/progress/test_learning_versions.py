"""Course versions: effects on enrolled and returning learners."""

from collections.abc import Callable

import pytest

from accounts.domain.access import OPERATOR
from courses.domain.entities.courses import Course, CourseDefinition
from courses.domain.entities.outlines import ItemId
from courses.domain.errors import CourseNotOpen, ItemNotFound
from progress.domain.entities.events import EventType
from progress.domain.entities.progress import CourseProgress, ProgressStatus
from tests.support.builders import NOON, a_definition_of
from tests.support.learning import (
    Learner,
    a_learner,
    a_published_course,
    items_of,
    published_again,
    revised,
)
from tests.support.worlds import World


def test_a_new_version_changes_nothing_for_those_on_the_course(memory: World) -> None:
    anna, definition = a_learner(memory), a_definition_of(required=3)
    course = a_published_course(memory.services, definition)
    anna.enrols(course)
    before = anna.completes(course, items_of(memory.services, course)[0])

    published_again(memory.services, revised(definition, keeping=2, adding=5))

    assert anna.progress_on(course) == before
    assert len(anna.log_of(course)) == 2


def test_learners_complete_the_version_that_they_are_on(memory: World) -> None:
    anna, definition = a_learner(memory), a_definition_of(required=3)
    course = a_published_course(memory.services, definition)
    anna.enrols(course)
    published_again(memory.services, revised(definition, keeping=2, adding=5))

    percents = [
        anna.completes(course, item_id).percent_complete
        for item_id in items_of(memory.services, course)
    ]

    assert percents == [33, 66, 100]
    assert anna.progress_on(course).status is ProgressStatus.COMPLETED
    assert anna.progress_on(course).course_version == 1
    assert anna.log_of(course)[-1].fact.payload == {"course_version": 1}


def test_an_item_of_a_later_version_is_not_found(memory: World) -> None:
    anna, definition = a_learner(memory), a_definition_of(required=1)
    course = a_published_course(memory.services, definition)
    anna.enrols(course)
    later = published_again(memory.services, revised(definition, keeping=1, adding=1))

    with pytest.raises(ItemNotFound):
        anna.completes(course, items_of(memory.services, later)[1])


def test_a_later_enrolment_is_on_the_later_version(memory: World) -> None:
    anna, definition = a_learner(memory), a_definition_of(required=1)
    course = a_published_course(memory.services, definition)
    published_again(memory.services, revised(definition, keeping=1, adding=1))

    progress = anna.enrols(course)

    assert progress.course_version == 2


def test_an_unpublished_change_of_the_draft_is_for_nobody(memory: World) -> None:
    anna, definition = a_learner(memory), a_definition_of(required=2)
    course = a_published_course(memory.services, definition)
    changed = revised(definition, keeping=1, adding=3)
    memory.services.authoring.revise(definition.slug, changed, by=OPERATOR)

    done = anna.passes(course)

    assert (done.percent_complete, done.course_version) == (100, 1)


def test_a_later_version_does_not_complete_a_course_less(memory: World) -> None:
    anna, definition = a_learner(memory), a_definition_of(required=1)
    course = a_published_course(memory.services, definition)
    done = anna.passes(course)

    published_again(memory.services, revised(definition, keeping=0, adding=9))

    assert anna.progress_on(course) == done


@pytest.mark.parametrize("act", [Learner.enrols, Learner.passes])
def test_retiring_a_course_changes_nothing_for_those_on_it(
    memory: World, act: Callable[[Learner, Course], CourseProgress]
) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    before = act(anna, course)

    memory.services.authoring.retire(course.slug, by=OPERATOR)

    assert anna.progress_on(course) == before


def test_a_retired_course_can_be_completed(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    first, *rest = items_of(memory.services, course)
    anna.enrols(course)
    memory.services.authoring.retire(course.slug, by=OPERATOR)

    anna.starts(course, first)
    done = [anna.completes(course, item_id) for item_id in (first, *rest)][-1]

    assert done.status is ProgressStatus.COMPLETED


def test_a_retired_course_can_be_left(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    memory.services.authoring.retire(course.slug, by=OPERATOR)

    left = anna.withdraws(course)

    assert left.status is ProgressStatus.WITHDRAWN


def test_nobody_enrols_on_a_retired_course_or_comes_back_to_it(memory: World) -> None:
    anna, ben = a_learner(memory), a_learner(memory, name="Ben")
    course = a_published_course(memory.services)
    ben.enrols(course)
    left = ben.withdraws(course)
    memory.services.authoring.retire(course.slug, by=OPERATOR)

    for learner in (anna, ben):
        with pytest.raises(CourseNotOpen) as error:
            learner.enrols(course)

        assert error.value.facts == {"status": "retired"}
    assert ben.progress_on(course) == left


def test_progress_is_kept_when_a_learner_enrols_again(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    first, _, _ = items_of(memory.services, course)
    anna.enrols(course)
    anna.starts(course, first)
    anna.completes(course, first)
    left = anna.withdraws(course)
    memory.clock.go_on(days=1)

    back = anna.enrols(course)

    assert back.status is ProgressStatus.IN_PROGRESS
    assert (back.completed_items, back.percent_complete) == ((first,), 33)
    assert back.started_modules == left.started_modules
    assert back.enrolled_at == memory.clock.now() > NOON
    assert anna.types_of(course) == [
        EventType.ENROLLED,
        EventType.MODULE_STARTED,
        EventType.ITEM_COMPLETED,
        EventType.WITHDRAWN,
        EventType.ENROLLED,
    ]


def withdrawn_after(
    world: World, definition: CourseDefinition, *places: int
) -> tuple[Learner, Course, list[ItemId]]:
    """A learner who has withdrawn from the course after completing the items at these places."""
    anna, course = a_learner(world), a_published_course(world.services, definition)
    items = items_of(world.services, course)
    anna.enrols(course)
    for place in places:
        anna.completes(course, items[place])
    anna.withdraws(course)
    return anna, course, items


def test_who_comes_back_is_on_the_version_that_is_published_then(memory: World) -> None:
    definition = a_definition_of(required=3)
    anna, course, (first, _, third) = withdrawn_after(memory, definition, 0, 2)
    published_again(memory.services, revised(definition, keeping=2, adding=2))

    back = anna.enrols(course)

    assert back.course_version == 2
    assert back.completed_items == (first, third)
    assert back.percent_complete == 25


def test_what_an_earlier_version_asked_counts_again_when_a_later_one_does(memory: World) -> None:
    anna, definition = a_learner(memory), a_definition_of(required=2)
    course = a_published_course(memory.services, definition)
    first, _ = items_of(memory.services, course)
    anna.enrols(course)
    anna.completes(course, first)
    for changed in (revised(definition, keeping=0, adding=1), definition):
        anna.withdraws(course)
        published_again(memory.services, changed)
        back = anna.enrols(course)

    assert (back.course_version, back.percent_complete) == (3, 50)


def test_who_comes_back_with_everything_done_has_completed_the_course(memory: World) -> None:
    definition = a_definition_of(required=3)
    anna, course, _ = withdrawn_after(memory, definition, 0, 1)
    published_again(memory.services, revised(definition, keeping=2))
    memory.clock.go_on(days=1)

    back = anna.enrols(course)

    assert back == anna.progress_on(course)
    assert (back.status, back.percent_complete) == (ProgressStatus.COMPLETED, 100)
    assert back.completed_at == memory.clock.now()
    assert anna.types_of(course)[-2:] == [EventType.ENROLLED, EventType.COURSE_COMPLETED]
