"""Contract of the read model of learner grids."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from courses.domain.entities.assessments import QuestionId
from courses.domain.entities.courses import AssessmentPlace
from courses.domain.entities.outlines import ItemId, ModuleId
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.grades import Grade, Mark
from progress.domain.entities.grids import (
    GridCounts,
    GridLearner,
    GridLimits,
    GridOrder,
    GridSelection,
    LearnerFilter,
)
from progress.domain.entities.progress import ProgressStatus
from tests.support.attempts import an_attempt, has_place
from tests.support.builders import NOON, a_progress
from tests.support.worlds import World

DONE, ON, LEFT = ProgressStatus.COMPLETED, ProgressStatus.IN_PROGRESS, ProgressStatus.WITHDRAWN
ITEM, MODULE = ItemId(UUID(int=1)), ModuleId(UUID(int=2))
LONG_AGO: Final = NOON - timedelta(days=20)
LIMITS: Final = GridLimits(away_since=NOON - timedelta(days=14))


class Class:
    """The learners of one course, by name."""

    def __init__(self, world: World) -> None:
        self.world, self.place = world, has_place(world)
        self.course = world.repositories.courses.at(str(self.place.course_id), scope=ALL_TENANTS)
        past_due = frozenset({self.place.assessment_id})
        self.limits = replace(LIMITS, past_due=past_due)

    def enrols(self, name: str, **parts: Any) -> UUID:
        email = f"{name.lower() or 'nobody'}@school.example"
        user = self.world.has_user(name=name, email=email)
        self.world.repositories.progress.add(
            a_progress(self.course, user, **parts), scope=ALL_TENANTS
        )
        return user.id

    def tries(
        self, user_id: UUID, status: AttemptStatus, points: int | None = None, **parts: Any
    ) -> None:
        """An attempt, graded with so many of seven points; it takes five to pass."""
        repository = self.world.repositories.attempts
        attempt = an_attempt(self.world, self.place, user_id=user_id, status=status, **parts)
        repository.add(attempt, scope=ALL_TENANTS)
        if points is not None:
            mark = Mark(question_id=QuestionId(UUID(int=9)), score=points)
            grade = Grade(marks=(mark,), graded_at=NOON, graded_by=None)
            repository.save(replace(attempt, grades=(grade,)), scope=ALL_TENANTS)

    def shown(self, scope: TenantScope = ALL_TENANTS, **selection: Any) -> list[GridLearner]:
        return self.world.repositories.learner_grids.learners(
            self.place.course_id,
            GridSelection(**selection),
            limits=self.limits,
            offset=0,
            limit=50,
            scope=scope,
        )

    def names(self, **selection: Any) -> list[str]:
        return [learner.name for learner in self.shown(**selection)]

    def counts(self) -> GridCounts:
        return self.world.repositories.learner_grids.counts(
            self.place.course_id, limits=self.limits, scope=ALL_TENANTS
        )


@pytest.fixture
def school(world: World) -> Class:
    """Anna has begun, Bo is away, Chidi has not started, Dalia has failed, Emil is done, and Farah has left."""
    school = Class(world)
    school.enrols("Farah", status=LEFT, last_activity_at=LONG_AGO)
    school.enrols("Anna", completed_items=(ITEM,), percent_complete=50)
    school.enrols("Bo", started_modules=(MODULE,), last_activity_at=LONG_AGO)
    school.enrols("Chidi")
    dalia = school.enrols("Dalia", started_modules=(MODULE,))
    school.tries(dalia, AttemptStatus.GRADED, 3, is_late=True)
    emil = school.enrols("Emil", status=DONE, percent_complete=100, completed_at=NOON)
    school.tries(emil, AttemptStatus.GRADED, 3)
    school.tries(emil, AttemptStatus.GRADED, 6, number=2, is_late=True)
    school.world.has_user(name="Grace")
    return school


@pytest.mark.parametrize(
    ("show", "names"),
    [
        (LearnerFilter.ALL, ["Anna", "Bo", "Chidi", "Dalia", "Emil", "Farah"]),
        (LearnerFilter.AWAY, ["Bo"]),
        (LearnerFilter.FAILED, ["Dalia"]),
        (LearnerFilter.NOT_STARTED, ["Chidi"]),
        (LearnerFilter.OVERDUE, ["Anna", "Bo", "Chidi"]),
        (LearnerFilter.LATE, ["Dalia", "Emil"]),
        (LearnerFilter.COMPLETED, ["Emil"]),
        (LearnerFilter.WITHDRAWN, ["Farah"]),
    ],
)
def test_a_filter_shows_as_many_learners_as_it_counts(
    school: Class, show: LearnerFilter, names: list[str]
) -> None:
    number = school.world.repositories.learner_grids.number_of(
        school.place.course_id,
        GridSelection(show=show),
        limits=school.limits,
        scope=ALL_TENANTS,
    )

    assert school.names(show=show) == names
    assert school.counts().of(show) == number == len(names)


def test_the_funnel_counts_those_who_have_not_left(school: Class) -> None:
    counts = school.counts()

    assert (counts.enrolled, counts.started, counts.half, counts.completed) == (5, 4, 2, 1)


def test_submissions_to_grade_are_counted(school: Class) -> None:
    gina = school.enrols("Gina")
    school.tries(gina, AttemptStatus.SUBMITTED, submitted_at=NOON)

    assert school.counts().to_grade == 1
    assert "Gina" not in school.names(show=LearnerFilter.NOT_STARTED)


def test_neither_a_voided_attempt_nor_a_started_one_is_a_submission(school: Class) -> None:
    gina = school.enrols("Gina")
    school.tries(gina, AttemptStatus.VOIDED, is_late=True)
    school.tries(gina, AttemptStatus.STARTED, number=2)

    assert "Gina" in school.names(show=LearnerFilter.OVERDUE)
    assert "Gina" not in school.names(show=LearnerFilter.LATE)


def test_nobody_is_overdue_while_nothing_is_due(school: Class) -> None:
    school.limits = LIMITS

    assert school.names(show=LearnerFilter.OVERDUE) == []
    assert school.counts().overdue == 0


def test_an_attempt_counts_as_having_been_seen(school: Class) -> None:
    gina = school.enrols("Gina", started_modules=(MODULE,), last_activity_at=LONG_AGO)
    school.tries(gina, AttemptStatus.SUBMITTED, submitted_at=NOON)

    (learner,) = school.shown(text="gina")

    assert learner.seen_at == NOON
    assert "Gina" not in school.names(show=LearnerFilter.AWAY)


def test_a_row_has_the_attempts_of_its_learner_with_their_results(school: Class) -> None:
    (emil,) = school.shown(text="EMIL")

    results = [
        (attempt.number, attempt.percent, attempt.is_passed, attempt.is_late)
        for attempt in emil.attempts
    ]
    assert results == [(1, 42, False, False), (2, 85, True, True)]
    assert (emil.email, emil.status, emil.percent_complete) == ("emil@school.example", DONE, 100)


@pytest.mark.parametrize("text", ["anna", "ANN", "anna@school"])
def test_learners_are_searched_by_name_and_address(school: Class, text: str) -> None:
    assert school.names(text=text) == ["Anna"]


@pytest.mark.parametrize(
    ("order", "first"), [(GridOrder.NAME, "Farah"), (GridOrder.PROGRESS, "Emil")]
)
def test_learners_are_sorted_the_other_way_round(
    school: Class, order: GridOrder, first: str
) -> None:
    assert school.names(order=order, is_descending=True)[0] == first


def test_those_not_seen_for_longest_come_first(school: Class) -> None:
    assert school.names(order=GridOrder.LAST_SEEN)[:2] == ["Bo", "Farah"]


def test_learners_are_read_piece_by_piece(school: Class) -> None:
    pieces = [
        school.world.repositories.learner_grids.learners(
            school.place.course_id,
            GridSelection(),
            limits=school.limits,
            offset=offset,
            limit=4,
            scope=ALL_TENANTS,
        )
        for offset in (0, 4)
    ]

    assert [[learner.name for learner in piece] for piece in pieces] == [
        ["Anna", "Bo", "Chidi", "Dalia"],
        ["Emil", "Farah"],
    ]


def test_a_course_of_another_tenant_has_no_learners(world: World) -> None:
    organization = world.has_organization()
    place: AssessmentPlace = has_place(world, organization)
    course = world.repositories.courses.at(str(place.course_id), scope=ALL_TENANTS)
    progress = a_progress(course, world.has_user())
    world.repositories.progress.add(progress, scope=ALL_TENANTS)
    grids = world.repositories.learner_grids

    for scope, number in ((TenantScope(), 0), (ALL_TENANTS, 1)):
        counts = grids.counts(course.id, limits=LIMITS, scope=scope)
        assert counts.learners == number
        rows = grids.learners(
            course.id, GridSelection(), limits=LIMITS, offset=0, limit=9, scope=scope
        )
        assert len(rows) == number
