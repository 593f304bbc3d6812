"""ProgressService: reading progress and events."""

from collections.abc import Callable
from typing import Final

import pytest

from accounts.domain.access import OPERATOR, PersonNeeded
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course
from courses.domain.errors import CourseNotFound
from progress.domain.entities.events import EventType
from progress.domain.errors import ProgressNotFound
from tests.support.builders import a_course, a_definition
from tests.support.learning import Learner, a_learner, a_published_course
from tests.support.pages import pages_of
from tests.support.worlds import World

Look = Callable[[Learner, Course], object]
LOOKS: Final[dict[str, Look]] = {"progress": Learner.progress_on, "events": Learner.log_of}


def test_a_learner_sees_their_progress_by_slug_and_by_id(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    enrolled = anna.enrols(course)

    by_slug = memory.services.progress.get(course.slug, by=anna.principal)
    by_id = memory.services.progress.get(str(course.id), by=anna.principal)

    assert by_slug == by_id == enrolled


@pytest.mark.parametrize("look", LOOKS)
def test_nobody_sees_the_progress_of_another(memory: World, look: str) -> None:
    anna, ben = a_learner(memory), a_learner(memory, name="Ben")
    course = a_published_course(memory.services)
    anna.enrols(course)

    with pytest.raises(ProgressNotFound):
        LOOKS[look](ben, course)


@pytest.mark.parametrize("look", LOOKS)
def test_there_is_no_progress_on_a_course_that_there_is_not(memory: World, look: str) -> None:
    anna = a_learner(memory)

    with pytest.raises(CourseNotFound):
        LOOKS[look](anna, a_course())


@pytest.mark.parametrize("look", LOOKS)
def test_looking_does_not_tell_that_there_is_a_draft(memory: World, look: str) -> None:
    anna = a_learner(memory)
    draft = memory.services.authoring.create(a_definition(), by=OPERATOR)

    with pytest.raises(CourseNotFound):
        LOOKS[look](anna, draft)


@pytest.mark.parametrize("look", LOOKS)
def test_only_a_person_has_progress(memory: World, look: str) -> None:
    program = Learner(services=memory.services, principal=OPERATOR)
    course = a_published_course(memory.services)

    with pytest.raises(PersonNeeded):
        LOOKS[look](program, course)


def test_only_a_person_has_courses(memory: World) -> None:
    with pytest.raises(PersonNeeded):
        memory.services.progress.page_for(OPERATOR, PageRequest())


def test_progress_stays_visible_after_a_withdrawal(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    left = anna.withdraws(course)

    assert anna.progress_on(course) == left
    assert anna.types_of(course) == [EventType.ENROLLED, EventType.WITHDRAWN]


def test_a_learner_lists_their_courses_in_the_order_of_enrolment(memory: World) -> None:
    anna, ben = a_learner(memory), a_learner(memory, name="Ben")
    courses = [a_published_course(memory.services) for _ in range(5)]
    for course in reversed(courses):
        anna.enrols(course)
        ben.enrols(course)
        memory.clock.go_on(hours=1)

    pages = pages_of(
        lambda request: memory.services.progress.page_for(anna.principal, request), limit=2
    )

    listed_progress = [progress for page in pages for progress in page]
    assert listed_progress == [anna.progress_on(course) for course in reversed(courses)]


def test_a_learner_lists_their_events_from_the_first_one(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.passes(course)

    pages = pages_of(
        lambda request: memory.services.progress.events_of(course.slug, request, by=anna.principal),
        limit=2,
    )

    sequences = [[event.sequence for event in page] for page in pages]
    assert sequences == [[1, 2], [3, 4], [5]]
