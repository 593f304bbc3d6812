"""The fold from events to course progress."""

from dataclasses import replace
from uuid import uuid4

import pytest

from courses.domain.entities.outlines import ItemId, ModuleId
from progress.domain.entities.events import GENESIS, EventType, Fact, StreamId
from progress.domain.entities.progress import CourseProgress, ProgressStatus, version_after
from tests.support.builders import NOON, a_progress, an_event
from tests.support.streams import (
    ANNA,
    KNOTS,
    LATER,
    a_version_of,
    after,
    an_outline_of,
    completed,
    items_in,
    of_course,
)

GRADED = {"assessment_id": "a", "assessment_version": 1, "score": 7, "max_score": 10}
VOIDED: dict[str, str | int] = {
    "assessment_id": "a",
    "assessment_version": 1,
    "item_id": str(uuid4()),
    "sha256": "f",
}
CONTINUED = {"assessment_id": "a", "assessment_version": 1, "expires_at": ""}
NAMED = {"credential_id": "c", "credential_version": 2}


def test_who_was_never_there_has_done_nothing() -> None:
    version = a_version_of(required=2)

    nothing_yet = CourseProgress.before(version, user_id=ANNA.id, at=NOON)

    assert nothing_yet.status is ProgressStatus.NOT_STARTED
    assert nothing_yet.course_slug == KNOTS.slug
    assert nothing_yet.org_id is None
    assert nothing_yet.stream == StreamId(user_id=ANNA.id, course_id=KNOTS.id)
    assert (nothing_yet.sequence, nothing_yet.hash) == (0, GENESIS)
    assert nothing_yet.completed_items == ()


@pytest.mark.parametrize(
    ("required", "done", "percent"),
    [(1, 0, 0), (1, 1, 100), (3, 1, 33), (3, 2, 66), (3, 3, 100), (7, 6, 85), (200, 199, 99)],
)
def test_percent_is_the_share_of_the_required_items_rounded_down(
    required: int, done: int, percent: int
) -> None:
    outline = an_outline_of(required=required, optional=2)
    enrolled = of_course(EventType.ENROLLED, course_version=1)
    facts = [completed(item_id) for item_id in items_in(outline)[:done]]

    progress = after(a_progress(KNOTS, ANNA), outline, enrolled, *facts)

    assert progress.percent_complete == percent


def test_optional_items_do_not_count() -> None:
    outline = an_outline_of(required=2, optional=2)
    facts = [completed(item_id) for item_id in items_in(outline)[2:]]

    progress = after(a_progress(KNOTS, ANNA), outline, *facts)

    assert len(progress.completed_items) == 2
    assert progress.percent_complete == 0


def test_items_that_the_version_lacks_do_not_count_and_are_kept() -> None:
    dropped = ItemId(uuid4())
    outline = an_outline_of(required=2)

    progress = after(
        a_progress(KNOTS, ANNA), outline, completed(dropped), completed(items_in(outline)[0])
    )

    assert progress.percent_complete == 50
    assert dropped in progress.completed_items


def test_completing_the_course_is_no_activity_of_its_own() -> None:
    outline = an_outline_of(required=1)

    progress = after(
        a_progress(KNOTS, ANNA), outline, of_course(EventType.COURSE_COMPLETED, course_version=1)
    )

    assert progress.status is ProgressStatus.COMPLETED
    assert progress.completed_at == LATER
    assert progress.last_activity_at == NOON


def test_a_completed_course_stays_at_100_whatever_is_asked_later() -> None:
    longer = an_outline_of(required=5)
    done = a_progress(
        KNOTS, ANNA, status=ProgressStatus.COMPLETED, completed_at=NOON, percent_complete=100
    )
    moved = of_course(EventType.VERSION_UPGRADED, from_version=1, course_version=2)

    progress = after(done, longer, moved)

    assert (progress.percent_complete, progress.completed_at) == (100, NOON)
    assert progress.status is ProgressStatus.COMPLETED


def test_moving_to_another_version_counts_by_that_version() -> None:
    outline = an_outline_of(required=4)
    done = (ItemId(uuid4()), items_in(outline)[0])
    progress = a_progress(KNOTS, ANNA, percent_complete=66, completed_items=done)
    moved = of_course(EventType.VERSION_UPGRADED, from_version=1, course_version=2)

    progress = after(progress, outline, moved)

    assert (progress.course_version, progress.percent_complete) == (2, 25)
    assert progress.completed_items == done
    assert progress.last_activity_at == LATER


def test_withdrawing_keeps_completed_items() -> None:
    outline = an_outline_of(required=2)
    started = ModuleId(uuid4())
    progress = a_progress(KNOTS, ANNA, started_modules=(started,))

    left = after(progress, outline, completed(items_in(outline)[0]), of_course(EventType.WITHDRAWN))

    assert left.status is ProgressStatus.WITHDRAWN
    assert left.percent_complete == 50
    assert left.completed_items == (items_in(outline)[0],)
    assert left.started_modules == (started,)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        (EventType.ASSESSMENT_SUBMITTED, {"assessment_id": "a", "assessment_version": 1}),
        (EventType.ASSESSMENT_PASSED, GRADED),
        (EventType.ASSESSMENT_FAILED, GRADED),
        (EventType.ASSESSMENT_VOIDED, VOIDED | {"reopens_item": False}),
        (EventType.ASSESSMENT_REGRADED, VOIDED | GRADED | {"reopens_item": False}),
        (EventType.ASSESSMENT_REOPENED, CONTINUED),
        (EventType.ASSESSMENT_EXTENDED, CONTINUED),
        (EventType.CREDENTIAL_ISSUED, NAMED),
        (EventType.CREDENTIAL_REVOKED, NAMED),
        (EventType.CREDENTIAL_SUSPENDED, NAMED | {"sha256": "h"}),
        (EventType.CREDENTIAL_RESUMED, NAMED | {"sha256": "h"}),
    ],
)
def test_what_other_owners_record_moves_only_the_head(
    type_: EventType, payload: dict[str, str | int]
) -> None:
    outline = an_outline_of(required=2)
    progress = a_progress(
        KNOTS, ANNA, percent_complete=50, completed_items=(items_in(outline)[0],), sequence=3
    )
    event = an_event(progress, Fact(type=type_, entity_id=uuid4(), payload=payload))

    published = progress.apply(event, outline)

    assert published == replace(progress, sequence=4, hash=event.hash)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [(EventType.ASSESSMENT_VOIDED, VOIDED), (EventType.ASSESSMENT_REGRADED, VOIDED | GRADED)],
)
def test_a_lost_pass_reopens_its_item_and_no_other(
    type_: EventType, payload: dict[str, str | int]
) -> None:
    outline = an_outline_of(required=2)
    first, second = items_in(outline)
    both = after(a_progress(KNOTS, ANNA), outline, completed(first), completed(second))
    lost = Fact(
        type=type_,
        entity_id=uuid4(),
        payload=payload | {"item_id": str(first), "reopens_item": True},
    )

    reopened = after(both, outline, lost)
    again = after(reopened, outline, completed(first))

    assert (reopened.completed_items, reopened.percent_complete) == ((second,), 50)
    assert (again.completed_items, again.percent_complete) == ((second, first), 100)


def test_a_completed_course_stays_completed_when_an_item_is_reopened() -> None:
    outline = an_outline_of(required=1)
    (item,) = items_in(outline)
    progress = after(
        a_progress(KNOTS, ANNA),
        outline,
        completed(item),
        of_course(EventType.COURSE_COMPLETED, course_version=1),
    )
    lost: dict[str, str | int] = {**VOIDED, "item_id": str(item), "reopens_item": True}

    reopened = after(
        progress,
        outline,
        Fact(type=EventType.ASSESSMENT_VOIDED, entity_id=uuid4(), payload=lost),
    )

    assert reopened.completed_items == ()
    assert (reopened.status, reopened.percent_complete) == (ProgressStatus.COMPLETED, 100)
    assert reopened.completed_at == progress.completed_at


@pytest.mark.parametrize(
    ("fact", "version"),
    [
        (of_course(EventType.ENROLLED, course_version=5), 5),
        (of_course(EventType.VERSION_UPGRADED, from_version=3, course_version=6), 6),
        (of_course(EventType.COURSE_COMPLETED, course_version=3), 3),
        (of_course(EventType.WITHDRAWN), 3),
        (completed(uuid4()), 3),
    ],
)
def test_the_version_after_an_event(fact: Fact, version: int) -> None:
    progress = a_progress(KNOTS, ANNA, course_version=3)

    assert version_after(an_event(progress, fact), progress.course_version) == version
