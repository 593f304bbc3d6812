"""Invariants under random acts."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.access import OPERATOR
from authsvc.kernel.errors import DomainError
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.credentials import Verification
from progress.domain.entities.events import EventType, ProgressEvent
from progress.domain.entities.progress import CourseProgress, ProgressStatus, version_after
from tests.support.application import Application
from tests.support.profiles import examples
from tests.support.random_acts import KEYS, TESTED, Act, Kind, Plan, School, item_of
from tests.support.worlds import memory_world

# Other tests go through the same lines; to follow these costs more than to run them.
pytestmark = pytest.mark.no_cover

LEARNERS: Final = 3
ACTS: Final = 500
# Completing more than anything else is what completes courses.
KINDS: Final = (*Kind, Kind.ENROL, *[Kind.COMPLETE] * 4, *[Kind.PASS] * 4)
# Too rare to occur among 500 acts; the histories of few learners have them.
RARE: Final = {Kind.SUSPEND, Kind.RESUME}


@dataclass(frozen=True)
class State:
    """The stored state of each learner."""

    progress: list[CourseProgress | None]
    log: list[list[ProgressEvent]]
    held: list[list[Verification]]


@dataclass(frozen=True)
class Step:
    """An act, with the stored state before and after it."""

    before: State
    after: State
    is_refused: bool


plans: Final = (
    st.lists(
        st.tuples(st.sampled_from(KEYS), st.booleans()), min_size=1, unique_by=lambda item: item[0]
    )
    .filter(lambda plan: any(is_required for _, is_required in plan))
    .map(tuple)
)
acts: Final = st.builds(
    Act,
    kind=st.sampled_from(KINDS),
    learner=st.integers(0, LEARNERS - 1),
    course=st.just(0),
    key=st.sampled_from(KEYS),
    plan=plans,
)


modestly = examples(10)


def a_school(plan: Plan) -> School:
    return School(memory_world().services, learners=LEARNERS, plans=(plan,))


def state_of(school: School) -> State:
    numbers = range(LEARNERS)
    log = school.services.repositories.events
    return State(
        [school.progress_of(number, 0) for number in numbers],
        [log.stream(school.stream_of(number, 0), scope=ALL_TENANTS) for number in numbers],
        [school.held_by(number) for number in numbers],
    )


@dataclass(frozen=True)
class History:
    """Acts of people at a school with one course."""

    plan: Plan
    story: list[Act]

    @cached_property
    def school(self) -> School:
        return a_school(self.plan)

    def steps(self) -> Iterator[Step]:
        """Perform one act after another."""
        before = state_of(self.school)
        for act in self.story:
            is_refused = False
            try:
                self.school.see(act)
            except DomainError:
                is_refused = True
            after = state_of(self.school)
            yield Step(before, after, is_refused)
            before = after

    def progress(self) -> Iterator[tuple[CourseProgress, CourseProgress]]:
        """The progress of each learner before and after each act, once there is any."""
        for step in self.steps():
            for before, after in zip(step.before.progress, step.after.progress, strict=True):
                if before and after:
                    yield before, after


def whatever_people_do(test: Callable[[History], None]) -> Callable[[], None]:
    """Run the test with many histories."""
    histories = st.builds(History, plan=plans, story=st.lists(acts, max_size=40))
    return modestly(given(histories)(test))


def folded(school: School, events: list[ProgressEvent]) -> CourseProgress:
    """Fold the events, each with the version that the learner was on after it."""
    catalog, first = school.services.catalog, events[0]
    version = catalog.version(
        first.course_id, int(first.fact.payload["course_version"]), scope=ALL_TENANTS
    )
    progress = CourseProgress.before(version, user_id=first.user_id, at=first.occurred_at)
    for event in events:
        number = version_after(event, progress.course_version)
        progress = progress.apply(
            event, catalog.version(event.course_id, number, scope=ALL_TENANTS).outline
        )
    return progress


def types_in_the_log_of(school: School) -> set[EventType]:
    log = school.services.repositories.events
    places = product(range(len(school.learners)), range(len(school.courses)))
    streams = (
        log.stream(school.stream_of(learner, course), scope=ALL_TENANTS)
        for learner, course in places
    )
    return {event.fact.type for events in streams for event in events}


@whatever_people_do
def test_the_projection_is_what_the_log_amounts_to(history: History) -> None:
    for step in history.steps():
        for progress, events in zip(step.after.progress, step.after.log, strict=True):
            assert progress == (folded(history.school, events) if events else None)


@whatever_people_do
def test_nobody_reaches_100_percent_without_all_that_is_required(history: History) -> None:
    for step in history.steps():
        for before, progress in zip(step.before.progress, step.after.progress, strict=True):
            if progress is None:
                continue
            version = history.school.services.catalog.version(
                progress.course_id, progress.course_version, scope=ALL_TENANTS
            )
            was_done = before is not None and before.completed_at is not None
            is_done = was_done or version.outline.required_items <= set(progress.completed_items)
            assert (progress.percent_complete == 100) is is_done
            assert (progress.status is ProgressStatus.COMPLETED) is is_done
            assert (progress.completed_at is not None) is is_done


@whatever_people_do
def test_percent_falls_within_a_version_by_lost_passes_alone(history: History) -> None:
    for step in history.steps():
        states = (step.before.progress, step.after.progress, step.after.log)
        for before, after, events in zip(*states, strict=True):
            if not before or not after or before.course_version != after.course_version:
                continue
            new = events[before.sequence :]
            is_reopened = any(event.fact.payload.get("reopens_item") for event in new)
            assert is_reopened or after.percent_complete >= before.percent_complete


@whatever_people_do
def test_a_newer_version_takes_nothing_back(history: History) -> None:
    for before, after in history.progress():
        if after.course_version > before.course_version:
            assert set(after.completed_items) >= set(before.completed_items)
            assert (before.status, after.status) != (
                ProgressStatus.COMPLETED,
                ProgressStatus.IN_PROGRESS,
            )
            assert after.completed_at == (before.completed_at or after.completed_at)


@whatever_people_do
def test_what_is_tested_is_completed_by_a_pass_alone(history: History) -> None:
    tested = {item_of(history.school.courses[0], key) for key in TESTED}

    for step in history.steps():
        for progress, events in zip(step.after.progress, step.after.log, strict=True):
            passes = sum(event.fact.type is EventType.ASSESSMENT_PASSED for event in events)
            assert len(tested & set(progress.completed_items if progress else ())) <= passes


@whatever_people_do
def test_a_rejected_request_changes_nothing(history: History) -> None:
    for step in history.steps():
        if step.is_refused:
            assert step.after == step.before


@whatever_people_do
def test_the_log_only_grows(history: History) -> None:
    for step in history.steps():
        for before, after in zip(step.before.log, step.after.log, strict=True):
            assert after[: len(before)] == before


@whatever_people_do
def test_the_log_is_verified(history: History) -> None:
    for _ in history.steps():
        pass

    school = history.school
    report = school.services.log_verifier.compare(by=OPERATOR)
    assert report.is_clean
    assert report.checksum == report.stored_checksum
    assert school.services.verifier.verify(by=OPERATOR).is_clean


def by_chance(chance: Random, school: School) -> Act:
    return Act(
        kind=chance.choice([kind for kind in KINDS if kind not in RARE]),
        learner=chance.randrange(len(school.learners)),
        course=chance.randrange(len(school.courses)),
        key=chance.choice(KEYS),
        plan=a_plan(chance),
    )


def a_plan(chance: Random) -> Plan:
    keys = chance.sample(KEYS, k=chance.randint(1, len(KEYS)))
    return tuple((key, key == keys[0] or chance.random() < 0.5) for key in keys)


def test_500_acts_of_20_learners_leave_a_log_without_flaws(application: Application) -> None:
    chance = Random("knots")
    school = School(
        application.services, learners=20, plans=tuple(a_plan(chance) for _ in range(2))
    )
    for _ in range(ACTS):
        with suppress(DomainError):
            school.see(by_chance(chance, school))

    compared, verified = (
        application.services.log_verifier.compare(by=OPERATOR),
        application.services.verifier.verify(by=OPERATOR),
    )
    rebuilt = application.services.log_verifier.rebuild(by=OPERATOR)

    assert compared.is_clean
    assert compared.checksum == compared.stored_checksum == rebuilt.checksum
    assert verified.is_clean
    rows = {table: number for result in verified.results for table, number in result.rows.items()}
    assert rows["progress_courseprogress"] == compared.streams
    assert rows["progress_progressevent"] > ACTS / 4
    by_operators = {EventType.ATTEMPT_BOUND, EventType.CREDENTIAL_BOUND}
    # Of submissions that await grading, which histories of attempts have.
    by_graders = {EventType.ASSESSMENT_REOPENED, EventType.ASSESSMENT_EXTENDED}
    by_officers = {EventType.CREDENTIAL_SUSPENDED, EventType.CREDENTIAL_RESUMED}
    others = by_operators | by_graders | by_officers
    assert types_in_the_log_of(school) | others == set(EventType)
