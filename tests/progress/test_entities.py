"""CourseProgress: permitted acts and the facts they lead to."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final
from uuid import UUID, uuid4

import pytest

from authsvc.kernel.errors import DomainError
from courses.domain.entities.courses import CourseId
from courses.domain.entities.outlines import ItemId, Outline
from courses.domain.errors import ItemNotFound
from progress.domain.entities.events import EventType, Fact
from progress.domain.entities.progress import CourseProgress, ProgressStatus
from progress.domain.errors import AlreadyCompleted, AlreadyEnrolled, NotEnrolled
from tests.support.builders import NOON, a_course, a_progress
from tests.support.streams import (
    ANNA,
    KNOTS,
    LATER,
    a_version_of,
    after,
    an_outline_of,
    items_in,
    of_course,
)

Act = Callable[[CourseProgress, ItemId, Outline], Fact | None]
ACTS: Final = (CourseProgress.start_of, CourseProgress.completion_of)


def test_enrolling_takes_up_the_version_that_is_given() -> None:
    version = a_version_of(required=2, number=7)
    nothing_yet = CourseProgress.before(version, user_id=ANNA.id, at=NOON)

    fact = nothing_yet.enrolment(version)
    enrolled = after(nothing_yet, version.outline, fact)

    assert fact == of_course(EventType.ENROLLED, course_version=7)
    assert enrolled.status is ProgressStatus.IN_PROGRESS
    assert enrolled.course_version == 7
    assert enrolled.percent_complete == 0
    assert (enrolled.enrolled_at, enrolled.last_activity_at) == (LATER, LATER)


@pytest.mark.parametrize(
    ("status", "on_enrolment", "on_withdrawal"),
    [
        ("not_started", None, NotEnrolled),
        ("in_progress", AlreadyEnrolled, None),
        ("completed", AlreadyEnrolled, AlreadyCompleted),
        ("withdrawn", None, NotEnrolled),
    ],
)
def test_who_may_enrol_and_who_may_withdraw(
    status: str,
    on_enrolment: type[DomainError] | None,
    on_withdrawal: type[DomainError] | None,
) -> None:
    progress = a_progress(KNOTS, ANNA, status=ProgressStatus(status))

    with pytest.raises(on_enrolment) if on_enrolment else nullcontext():
        enrolment = progress.enrolment(a_version_of(required=1))
        assert enrolment.type is EventType.ENROLLED
    with pytest.raises(on_withdrawal) if on_withdrawal else nullcontext():
        assert progress.withdrawal() == of_course(EventType.WITHDRAWN)


@pytest.mark.parametrize(
    ("status", "is_allowed"),
    [("not_started", False), ("in_progress", True), ("completed", True), ("withdrawn", False)],
)
@pytest.mark.parametrize("act", ACTS)
def test_who_may_work_on_an_item(act: Act, status: str, *, is_allowed: bool) -> None:
    progress = a_progress(KNOTS, ANNA, status=ProgressStatus(status))
    outline = an_outline_of(required=1)

    if is_allowed:
        assert act(progress, items_in(outline)[0], outline) is not None
    else:
        with pytest.raises(NotEnrolled):
            act(progress, items_in(outline)[0], outline)


@pytest.mark.parametrize("act", ACTS)
def test_an_item_of_another_outline_is_not_found(act: Act) -> None:
    progress = a_progress(KNOTS, ANNA)

    with pytest.raises(ItemNotFound):
        act(progress, ItemId(uuid4()), an_outline_of(required=1))


def test_starting_an_item_starts_its_module_once() -> None:
    outline = an_outline_of(required=2)
    first, second = items_in(outline)
    module = outline.modules[0]
    progress = a_progress(KNOTS, ANNA)

    fact = progress.start_of(first, outline)
    assert fact is not None
    started = after(progress, outline, fact)

    assert fact == Fact(
        type=EventType.MODULE_STARTED, entity_id=module.id, payload={"item_id": str(first)}
    )
    assert started.started_modules == (module.id,)
    assert started.last_activity_at == LATER
    assert started.start_of(first, outline) is None
    assert started.start_of(second, outline) is None


def test_an_item_is_completed_once() -> None:
    outline = an_outline_of(required=2)
    first, _ = items_in(outline)
    progress = a_progress(KNOTS, ANNA)

    fact = progress.completion_of(first, outline)
    assert fact is not None
    done = after(progress, outline, fact)

    assert fact == Fact(
        type=EventType.ITEM_COMPLETED,
        entity_id=first,
        payload={"module_id": str(outline.modules[0].id)},
    )
    assert done.completed_items == (first,)
    assert done.last_activity_at == LATER
    assert done.completion_of(first, outline) is None


@pytest.mark.parametrize(
    ("status", "percent", "is_due"),
    [
        ("in_progress", 100, True),
        ("in_progress", 99, False),
        ("completed", 100, False),
        ("withdrawn", 100, False),
    ],
)
def test_a_course_is_completed_when_nothing_required_is_left(
    status: str, percent: int, *, is_due: bool
) -> None:
    progress = a_progress(
        KNOTS,
        ANNA,
        status=ProgressStatus(status),
        course_version=4,
        percent_complete=percent,
    )

    fact = progress.completion()

    assert fact == (of_course(EventType.COURSE_COMPLETED, course_version=4) if is_due else None)


def test_courses_stand_in_the_order_of_enrolment_and_then_of_ids() -> None:
    low, high = (a_course(id=CourseId(UUID(int=number))) for number in (1, 2))
    early = a_progress(high, ANNA)
    late = a_progress(low, ANNA, enrolled_at=LATER)
    tied = a_progress(low, ANNA)

    assert tied.sort_key < early.sort_key < late.sort_key
