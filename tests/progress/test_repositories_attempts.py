"""Contract of the attempt repository."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import UserId
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from courses.domain.entities.assessments import Answer, AssessmentId, QuestionId
from courses.domain.entities.courses import CourseId
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus, Response
from progress.domain.entities.grades import Grade, Mark
from progress.domain.errors import AttemptNotFound, AttemptRunning
from tests.support.attempts import an_attempt, has_attempt, has_place
from tests.support.builders import NOON
from tests.support.pages import pages_of
from tests.support.worlds import World

FIRST, SECOND, THIRD = (QuestionId(UUID(int=number)) for number in (3, 1, 2))
SUBMITTED: dict[str, Any] = {"status": AttemptStatus.SUBMITTED, "submitted_at": NOON}


def a_grade(score: int, *, by: UserId | None = None) -> Grade:
    marks = (
        Mark(question_id=FIRST, score=score, comment="Neat."),
        Mark(question_id=SECOND, score=0),
    )
    return Grade(
        marks=marks, graded_at=NOON + timedelta(hours=1), graded_by=by, reason="Read again."
    )


def graded(attempt: AssessmentAttempt, score: int) -> AssessmentAttempt:
    return replace(attempt, status=AttemptStatus.GRADED, grades=(*attempt.grades, a_grade(score)))


def stored(world: World, attempt: AssessmentAttempt) -> AssessmentAttempt:
    return world.repositories.attempts.get(attempt.id, scope=ALL_TENANTS)


def test_an_attempt_is_stored_as_it_was_added(world: World) -> None:
    attempt = an_attempt(
        world,
        expires_at=NOON + timedelta(minutes=10),
        responses=(
            Response(
                question_id=FIRST, answer=Answer(choices=frozenset({"b", "a"})), saved_at=NOON
            ),
            Response(question_id=SECOND, answer=Answer(text="ü\n"), saved_at=NOON),
            Response(
                question_id=THIRD,
                answer=Answer(url="https://school.example"),
                saved_at=NOON + timedelta(microseconds=1),
            ),
        ),
    )

    world.repositories.attempts.add(attempt, scope=ALL_TENANTS)

    assert stored(world, attempt) == attempt
    assert world.repositories.attempts.get_for_update(attempt.id, scope=ALL_TENANTS) == attempt


def test_a_saved_attempt_takes_the_place_of_the_one_before(world: World) -> None:
    attempt = has_attempt(world)
    submitted = replace(attempt, **SUBMITTED, is_late=True)

    world.repositories.attempts.save(submitted, scope=ALL_TENANTS)

    assert stored(world, attempt) == submitted


def test_earlier_grades_are_stored_in_order(world: World) -> None:
    attempt = graded(has_attempt(world), 3)
    world.repositories.attempts.save(attempt, scope=ALL_TENANTS)

    again = graded(attempt, 5)
    world.repositories.attempts.save(again, scope=ALL_TENANTS)

    assert stored(world, attempt) == again
    assert [grade.score for grade in stored(world, attempt).grades] == [3, 5]


def test_a_second_started_attempt_is_refused_and_names_the_first(world: World) -> None:
    first = has_attempt(world)
    second = replace(first, id=AttemptId(uuid4()), number=2)

    with pytest.raises(AttemptRunning) as error:
        world.repositories.attempts.add(second, scope=ALL_TENANTS)

    assert error.value.facts == {"attempt_id": first.id}
    result = world.repositories.attempts.for_user(
        first.user_id, first.assessment_id, scope=ALL_TENANTS
    )
    assert result == [first]


def test_a_new_attempt_can_be_started_after_submitting(world: World) -> None:
    first = has_attempt(world, **SUBMITTED)
    second = replace(
        first,
        id=AttemptId(uuid4()),
        number=2,
        status=AttemptStatus.STARTED,
        submitted_at=None,
    )

    world.repositories.attempts.add(second, scope=ALL_TENANTS)

    result = world.repositories.attempts.for_user(
        first.user_id, first.assessment_id, scope=ALL_TENANTS
    )
    assert result == [first, second]


def test_an_unknown_attempt_is_not_found(world: World) -> None:
    unknown = AttemptId(uuid4())

    for get in (world.repositories.attempts.get, world.repositories.attempts.get_for_update):
        with pytest.raises(AttemptNotFound):
            get(unknown, scope=ALL_TENANTS)


def test_attempts_at_other_assessments_and_of_other_learners_are_left_out(world: World) -> None:
    mine = has_attempt(world)
    has_attempt(world, user_id=mine.user_id)
    has_attempt(world)

    result = world.repositories.attempts.for_user(
        mine.user_id, mine.assessment_id, scope=ALL_TENANTS
    )

    assert result == [mine]


def test_the_attempts_of_one_learner_at_one_assessment_are_paged(world: World) -> None:
    place, anna = has_place(world), world.has_user()
    attempts = [
        has_attempt(world, place, user_id=anna.id, number=number, status=AttemptStatus.EXPIRED)
        for number in (1, 2, 3)
    ]
    has_attempt(world, place)
    has_attempt(world, user_id=anna.id)

    first = world.repositories.attempts.page_for_user(
        anna.id, place.assessment_id, PageRequest(limit=2), scope=ALL_TENANTS
    )
    second = world.repositories.attempts.page_for_user(
        anna.id,
        place.assessment_id,
        PageRequest(limit=2, cursor=first.next_cursor),
        scope=ALL_TENANTS,
    )

    assert (list(first.items), list(second.items)) == (attempts[:2], attempts[2:])
    assert second.next_cursor is None


def test_what_waits_to_be_graded_comes_in_the_order_of_handing_in(world: World) -> None:
    place = has_place(world)
    ids = sorted(AttemptId(uuid4()) for _ in range(4))
    times = [NOON + timedelta(hours=hour) for hour in (3, 1, 1, 2)]
    waiting = [
        has_attempt(world, place, **SUBMITTED | {"id": id_, "submitted_at": time})
        for id_, time in zip(ids, times, strict=True)
    ]
    has_attempt(world, place)
    has_attempt(world, **SUBMITTED)
    world.repositories.attempts.save(
        graded(has_attempt(world, place, **SUBMITTED), 1), scope=ALL_TENANTS
    )

    pages = pages_of(
        lambda request: world.repositories.attempts.page_to_grade(
            place.course_id, request, scope=ALL_TENANTS
        ),
        limit=3,
    )

    first, second = pages
    assert [*first, *second] == [waiting[1], waiting[2], waiting[3], waiting[0]]


def test_the_best_score_counts_in_percent_rounded_down(world: World) -> None:
    place, other = has_place(world), has_place(world)
    anna = world.has_user().id
    for number, score in enumerate((3, 5, 4), start=1):
        attempt = has_attempt(world, place, user_id=anna, number=number, **SUBMITTED)
        world.repositories.attempts.save(graded(attempt, score), scope=ALL_TENANTS)
    void = graded(has_attempt(world, place, user_id=anna, number=4, **SUBMITTED), 7)
    world.repositories.attempts.save(
        replace(void, status=AttemptStatus.VOIDED, void_reason="Copied."), scope=ALL_TENANTS
    )
    has_attempt(world, other, user_id=anna)
    somebody = has_attempt(world, place, **SUBMITTED)
    world.repositories.attempts.save(graded(somebody, 7), scope=ALL_TENANTS)

    best = world.repositories.attempts.best_percents(anna, scope=ALL_TENANTS)

    assert best == {place.assessment_id: 500 // 7}


def test_attempts_of_another_organization_are_out_of_view(world: World) -> None:
    knots, bends = world.has_organization(), world.has_organization()
    attempts, place = world.repositories.attempts, has_place(world, knots)
    attempt = has_attempt(world, place, **SUBMITTED)
    world.repositories.attempts.save(graded(attempt, 7), scope=ALL_TENANTS)
    waiting = has_attempt(world, place, **SUBMITTED)

    for scope in (TenantScope.into(bends.id), TenantScope()):
        for get in (attempts.get, attempts.get_for_update):
            with pytest.raises(AttemptNotFound):
                get(attempt.id, scope=scope)
        assert attempts.for_user(attempt.user_id, place.assessment_id, scope=scope) == []
        assert attempts.best_percents(attempt.user_id, scope=scope) == {}
        page = attempts.page_to_grade(place.course_id, PageRequest(), scope=scope)
        assert page.items == ()
    inside = attempts.page_to_grade(
        place.course_id, PageRequest(), scope=TenantScope.into(knots.id)
    )
    assert inside.items == (waiting,)


def test_nothing_is_written_out_of_scope(world: World) -> None:
    attempt = has_attempt(world, has_place(world, world.has_organization()))
    other = replace(attempt, id=AttemptId(uuid4()), number=2)

    with pytest.raises(OutsideTenantScope):
        world.repositories.attempts.add(other, scope=TenantScope())
    with pytest.raises(OutsideTenantScope):
        world.repositories.attempts.save(replace(attempt, **SUBMITTED), scope=TenantScope())

    assert stored(world, attempt) == attempt


def test_passed_assessments_are_those_with_an_attempt_that_counts(world: World) -> None:
    place = has_place(world)
    anna = world.has_user()
    common: dict[str, Any] = {"user_id": anna.id, "pass_score": 5}
    failed = has_attempt(world, place, **common, **SUBMITTED)
    elsewhere = has_attempt(world, **common, **SUBMITTED)
    for attempt, score in ((failed, 4), (elsewhere, 7)):
        world.repositories.attempts.save(graded(attempt, score), scope=ALL_TENANTS)

    def passed_on(course_id: CourseId) -> AbstractSet[AssessmentId]:
        return world.repositories.attempts.passed_assessments(anna.id, course_id, scope=ALL_TENANTS)

    assert passed_on(place.course_id) == set()
    assert passed_on(elsewhere.course_id) == {elsewhere.assessment_id}

    second = replace(failed, id=AttemptId(uuid4()), number=2, submitted_at=NOON)
    world.repositories.attempts.add(second, scope=ALL_TENANTS)
    world.repositories.attempts.save(graded(second, 5), scope=ALL_TENANTS)
    assert passed_on(place.course_id) == {place.assessment_id}

    void = graded(second, 5).voided(reason="Copied.")
    world.repositories.attempts.save(
        replace(void, grades=graded(second, 5).grades), scope=ALL_TENANTS
    )
    assert passed_on(place.course_id) == set()


def test_passed_assessments_of_others_and_of_other_tenants_are_left_out(world: World) -> None:
    school = world.has_organization()
    attempt = graded(has_attempt(world, has_place(world, school), pass_score=5, **SUBMITTED), 7)
    world.repositories.attempts.save(attempt, scope=ALL_TENANTS)
    find = world.repositories.attempts.passed_assessments

    assert find(world.has_user().id, attempt.course_id, scope=ALL_TENANTS) == set()
    assert find(attempt.user_id, attempt.course_id, scope=TenantScope.into(None)) == set()
    assert find(attempt.user_id, attempt.course_id, scope=TenantScope.into(school.id)) == {
        attempt.assessment_id
    }


def test_attempts_past_their_deadline_come_by_deadline(world: World) -> None:
    place = has_place(world)
    later, sooner = (
        has_attempt(world, place, expires_at=NOON + timedelta(minutes=minutes))
        for minutes in (9, 3)
    )
    expired = has_attempt(world, place, status=AttemptStatus.EXPIRED, expires_at=NOON)
    elsewhere = has_attempt(world, expires_at=NOON + timedelta(minutes=1))
    now = NOON + timedelta(minutes=10)
    for parts in (
        {},
        {"expires_at": now},
        {"expires_at": now + timedelta(minutes=1)},
        {"expires_at": NOON, **SUBMITTED},
        {"expires_at": NOON, "status": AttemptStatus.VOIDED},
    ):
        has_attempt(world, place, **parts)

    def past_deadline(course_id: CourseId | None) -> list[AssessmentAttempt]:
        attempts = world.repositories.attempts
        return [
            attempt
            for page in pages_of(
                lambda request: attempts.page_past_deadline(
                    now, request, course_id=course_id, scope=ALL_TENANTS
                ),
                limit=2,
            )
            for attempt in page
        ]

    assert past_deadline(place.course_id) == [expired, sooner, later]
    assert past_deadline(None) == [expired, elsewhere, sooner, later]


def test_attempts_past_their_deadline_stay_within_the_tenant_scope(world: World) -> None:
    school = world.has_organization()
    inside = has_attempt(world, has_place(world, school), expires_at=NOON)
    has_attempt(world, has_place(world, world.has_organization()), expires_at=NOON)
    now, request = NOON + timedelta(minutes=1), PageRequest(limit=10)

    page = world.repositories.attempts.page_past_deadline(
        now, request, scope=TenantScope.into(school.id)
    )

    assert page.items == (inside,)
