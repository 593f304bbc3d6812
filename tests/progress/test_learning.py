"""LearningService: enrolment, items, completion and withdrawal."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, PersonNeeded, Right
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from courses.domain.entities.outlines import ItemId
from courses.domain.errors import CourseNotFound, CourseNotOpen, ItemNotFound
from progress.domain.entities.events import EventType
from progress.domain.entities.progress import ProgressStatus
from progress.domain.errors import AlreadyCompleted, AlreadyEnrolled, NotEnrolled
from tests.support.builders import (
    NOON,
    a_course,
    a_definition,
    a_definition_of,
    a_module_definition,
    a_principal,
)
from tests.support.learning import Learner, a_learner, a_published_course, items_of
from tests.support.worlds import World

Act = Callable[[Learner, Course, ItemId], object]
ACTS: Final[dict[str, Act]] = {
    "enrols": lambda anna, course, _: anna.enrols(course),
    "withdraws": lambda anna, course, _: anna.withdraws(course),
    "starts": Learner.starts,
    "completes": Learner.completes,
}
ON_A_COURSE: Final = ["withdraws", "starts", "completes"]
ON_AN_ITEM: Final = ["starts", "completes"]


def test_enrolling_puts_a_learner_on_the_course(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)

    progress = anna.enrols(course)

    assert progress == anna.progress_on(course)
    assert progress.user_id == anna.principal.user_id
    assert progress.status is ProgressStatus.IN_PROGRESS
    assert (progress.course_version, progress.percent_complete) == (1, 0)
    assert (progress.enrolled_at, progress.completed_at) == (NOON, None)
    assert anna.types_of(course) == [EventType.ENROLLED]


def test_a_course_is_addressed_by_its_id_as_well(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    learning, address = memory.services.learning, str(course.id)
    item_id = items_of(memory.services, course)[0]

    learning.enroll(address, by=anna.principal)
    learning.start_item(address, item_id, by=anna.principal)
    learning.complete_item(address, item_id, by=anna.principal)
    left = learning.withdraw(address, by=anna.principal)

    assert left == anna.progress_on(course)
    assert left.sequence == 4


def test_one_enrolment_is_enough(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)

    with pytest.raises(AlreadyEnrolled) as error:
        anna.enrols(course)

    assert error.value.facts == {"course_slug": course.slug}
    assert anna.types_of(course) == [EventType.ENROLLED]


def test_who_has_completed_a_course_cannot_enrol_again(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.passes(course)

    with pytest.raises(AlreadyEnrolled):
        anna.enrols(course)


@pytest.mark.parametrize("act", ACTS)
def test_there_is_nothing_to_do_on_a_course_that_there_is_not(memory: World, act: str) -> None:
    anna = a_learner(memory)

    with pytest.raises(CourseNotFound):
        ACTS[act](anna, a_course(), ItemId(uuid4()))


@pytest.mark.parametrize("act", ACTS)
def test_learners_know_nothing_of_a_draft(memory: World, act: str) -> None:
    anna = a_learner(memory)
    draft = memory.services.authoring.create(a_definition(), by=OPERATOR)

    with pytest.raises(CourseNotFound):
        ACTS[act](anna, draft, ItemId(uuid4()))


@pytest.mark.parametrize("act", ON_A_COURSE)
def test_who_is_not_on_a_course_can_only_enrol(memory: World, act: str) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    a_learner(memory, name="Ben").enrols(course)

    with pytest.raises(NotEnrolled):
        ACTS[act](anna, course, items_of(memory.services, course)[0])


@pytest.mark.parametrize("act", ON_A_COURSE)
def test_who_has_withdrawn_can_only_come_back(memory: World, act: str) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    left = anna.withdraws(course)

    with pytest.raises(NotEnrolled):
        ACTS[act](anna, course, items_of(memory.services, course)[0])

    assert left.status is ProgressStatus.WITHDRAWN
    assert anna.progress_on(course) == left
    assert anna.types_of(course) == [EventType.ENROLLED, EventType.WITHDRAWN]


@pytest.mark.parametrize("act", ON_AN_ITEM)
def test_an_item_of_another_course_is_not_found(memory: World, act: str) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    other = a_published_course(memory.services)
    before = anna.enrols(course)

    with pytest.raises(ItemNotFound):
        ACTS[act](anna, course, items_of(memory.services, other)[0])

    assert anna.progress_on(course) == before
    assert anna.types_of(course) == [EventType.ENROLLED]


@pytest.mark.parametrize("act", ACTS)
def test_only_a_person_learns(memory: World, act: str) -> None:
    course = a_published_course(memory.services)
    program = Learner(services=memory.services, principal=OPERATOR)

    with pytest.raises(PersonNeeded):
        ACTS[act](program, course, items_of(memory.services, course)[0])

    assert memory.repositories.events.page_of_streams(PageRequest(), scope=ALL_TENANTS).items == ()


def test_a_completed_course_cannot_be_left(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    done = anna.passes(course)

    with pytest.raises(AlreadyCompleted):
        anna.withdraws(course)

    assert anna.progress_on(course) == done


def test_starting_marks_a_module_once(memory: World) -> None:
    anna = a_learner(memory)
    modules = (a_module_definition(), a_module_definition())
    course = a_published_course(memory.services, a_definition(modules=modules))
    first, second, third, _ = items_of(memory.services, course)
    anna.enrols(course)
    started = anna.starts(course, first)

    again, next_one, other = (anna.starts(course, item) for item in (first, second, third))

    assert started == again == next_one
    assert len(other.started_modules) == 2
    assert anna.types_of(course)[1:] == [EventType.MODULE_STARTED] * 2


def test_an_item_need_not_be_started_to_be_completed(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    first, _, _ = items_of(memory.services, course)
    anna.enrols(course)

    progress = anna.completes(course, first)

    assert progress.completed_items == (first,)
    assert progress.started_modules == ()
    assert anna.types_of(course) == [EventType.ENROLLED, EventType.ITEM_COMPLETED]


def test_completing_an_item_twice_adds_nothing(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    first, _, _ = items_of(memory.services, course)
    anna.enrols(course)
    once = anna.completes(course, first)
    memory.clock.go_on(hours=1)

    twice = anna.completes(course, first)

    assert twice == once
    assert anna.types_of(course) == [EventType.ENROLLED, EventType.ITEM_COMPLETED]


def test_two_items_of_three_are_66_percent(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    first, second, _ = items_of(memory.services, course)
    anna.enrols(course)

    percents = [anna.completes(course, item).percent_complete for item in (first, second)]

    assert percents == [33, 66]


def test_the_last_required_item_completes_the_course(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    first, second, third = items_of(memory.services, course)
    anna.enrols(course)
    for item in (third, first):
        anna.completes(course, item)
    memory.clock.go_on(hours=1)

    done = anna.completes(course, second)

    assert done.status is ProgressStatus.COMPLETED
    assert done.percent_complete == 100
    assert done.completed_at == done.last_activity_at == memory.clock.now()
    assert done.completed_items == (third, first, second)
    assert anna.types_of(course)[-2:] == [EventType.ITEM_COMPLETED, EventType.COURSE_COMPLETED]


def enrolled_with_an_optional_item(world: World) -> tuple[Learner, Course, list[ItemId]]:
    """A learner on a course of two items, of which only the first is required."""
    anna = a_learner(world)
    course = a_published_course(world.services, a_definition_of(required=1, optional=1))
    anna.enrols(course)
    return anna, course, items_of(world.services, course)


def test_optional_items_are_recorded_and_do_not_count(memory: World) -> None:
    anna, course, (required, optional) = enrolled_with_an_optional_item(memory)

    before = anna.completes(course, optional)
    done = anna.completes(course, required)

    assert (before.percent_complete, before.completed_items) == (0, (optional,))
    assert (done.percent_complete, done.status) == (100, ProgressStatus.COMPLETED)


def test_who_has_completed_a_course_may_go_on_with_it(memory: World) -> None:
    anna, course, (required, optional) = enrolled_with_an_optional_item(memory)
    done = anna.completes(course, required)
    memory.clock.go_on(hours=1)

    anna.starts(course, optional)
    after = anna.completes(course, optional)

    assert after.status is ProgressStatus.COMPLETED
    assert (after.percent_complete, after.completed_at) == (100, done.completed_at)
    assert after.completed_items == (required, optional)
    assert anna.types_of(course).count(EventType.COURSE_COMPLETED) == 1


@pytest.mark.parametrize("act", ON_A_COURSE)
def test_every_act_is_the_last_activity(memory: World, act: str) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    memory.clock.go_on(hours=1)

    ACTS[act](anna, course, items_of(memory.services, course)[0])

    progress = anna.progress_on(course)
    assert (progress.enrolled_at, progress.last_activity_at) == (NOON, memory.clock.now())


def test_an_author_sees_a_draft_but_cannot_enrol_on_it(memory: World) -> None:
    draft = memory.services.authoring.create(a_definition(), by=OPERATOR)
    author = a_principal(memory.has_user(name="Bo"), Right.AUTHOR_COURSES)
    bo = Learner(services=memory.services, principal=author)

    with pytest.raises(CourseNotOpen) as error:
        bo.enrols(draft)

    assert error.value.facts == {"status": "draft"}
