"""Histories of one learner's attempts, as a state machine: nothing passed is lost, and the log explains everything."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from accounts.domain.access import OPERATOR
from authsvc.kernel.errors import Conflict, Invalid, NotFound
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import CourseDefinition
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus
from progress.domain.entities.events import EventType
from progress.domain.entities.grades import Mark
from progress.domain.entities.progress import CourseProgress, ProgressStatus
from tests.support.attempts import RIGHT, Examinee, a_timed_definition, under_time_limits
from tests.support.profiles import examples
from tests.support.worlds import memory_world

pytestmark = pytest.mark.no_cover
"""Other tests run the same lines; tracing them here costs more than running them."""

KEYS: Final = ("quiz", "project", "exam")
any_key = st.sampled_from(KEYS)
any_number = st.integers(0, 9)


class Attempts(RuleBasedStateMachine):
    """Anna takes timed assessments, withdraws and returns; Bo grades, regrades, voids, reopens and extends."""

    def __init__(self) -> None:
        super().__init__()
        self.world = memory_world()
        self.anna: Examinee = under_time_limits(self.world)
        self.assessments = {key: self.anna.assessment(key) for key in KEYS}
        self.completed_at = self.progress.completed_at

    @property
    def progress(self) -> CourseProgress:
        return self.anna.progress_on(self.anna.course)

    @property
    def stored(self) -> list[AssessmentAttempt]:
        rows = self.world.repositories.attempts.in_streams(scope=ALL_TENANTS)
        return [row.item for row in rows if row.item is not None]

    @rule()
    def enrol(self) -> None:
        with suppress(Conflict):
            self.anna.enrols(self.anna.course)

    @rule()
    def withdraw(self) -> None:
        with suppress(Conflict):
            self.anna.withdraws(self.anna.course)

    @rule(key=any_key)
    def start(self, key: str) -> None:
        # One attempt a second, so that their order is the same in every run.
        self.world.clock.go_on(seconds=1)
        with suppress(Conflict, NotFound):
            self.world.services.attempts.start(self.assessments[key].id, by=self.anna.principal)

    @rule()
    def answer(self) -> None:
        quiz = self.assessments["quiz"]
        answers = {question.id: RIGHT[question.key] for question in quiz.questions}
        for attempt in self._with_status(AttemptStatus.STARTED):
            if attempt.assessment_id == quiz.id:
                with suppress(Conflict):
                    self.world.services.attempts.save(attempt.id, answers, by=self.anna.principal)

    @rule(number=any_number)
    def submit(self, number: int) -> None:
        for attempt in self._one_of(self._with_status(AttemptStatus.STARTED), number):
            with suppress(Conflict):
                self.anna.hands_in(attempt)

    @rule(minutes=st.sampled_from([1, 61]))
    def let_time_pass(self, minutes: int) -> None:
        self.world.clock.go_on(minutes=minutes)

    @rule()
    def submit_overdue_attempts(self) -> None:
        self.world.services.overdue_attempts.submit_all(by=OPERATOR)

    @rule(number=any_number, is_passed=st.booleans(), keeps=st.booleans())
    def grade(self, number: int, is_passed: bool, keeps: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
        grading = self.world.services.grading
        for attempt in self._one_of(self.stored, number):
            _, assessment = grading.sheet_of(attempt.id, by=OPERATOR)
            marks = tuple(
                Mark(question_id=question.id, score=question.max_score if is_passed else 0)
                for question in assessment.questions
            )
            with suppress(Conflict):
                grading.grade(
                    attempt.id, marks, reason="Read.", keeps_completion=keeps, by=OPERATOR
                )

    @rule(number=any_number, keeps=st.booleans())
    def void(self, number: int, keeps: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
        for attempt in self._one_of(self.stored, number):
            with suppress(Conflict):
                self.world.services.grading.void(
                    attempt.id, reason="Copied.", keeps_completion=keeps, by=OPERATOR
                )

    @rule(number=any_number, minutes=st.none() | st.integers(1, 90))
    def reopen(self, number: int, minutes: int | None) -> None:
        until = minutes and self.world.clock.at + timedelta(minutes=minutes)
        for attempt in self._one_of(self.stored, number):
            with suppress(Conflict, Invalid):
                self.world.services.attempt_decisions.reopen(
                    attempt.id, until=until or None, reason="Wrong file.", by=OPERATOR
                )

    @rule(number=any_number, minutes=st.integers(1, 90))
    def extend(self, number: int, minutes: int) -> None:
        until = self.world.clock.at + timedelta(minutes=minutes)
        for attempt in self._one_of(self.stored, number):
            with suppress(Conflict, Invalid):
                self.world.services.attempt_decisions.extend(
                    attempt.id, until=until, reason="A power cut.", by=OPERATOR
                )

    @rule(dropped=st.none() | any_key)
    def publish_and_upgrade(self, dropped: str | None) -> None:
        slug, authoring = self.anna.course.slug, self.world.services.authoring
        with suppress(Conflict):
            authoring.revise(slug, _without(dropped), by=OPERATOR)
            authoring.publish(slug, by=OPERATOR)
        with suppress(Conflict):
            self.world.services.learning.upgrade(slug, by=self.anna.principal)

    @invariant()
    def the_log_explains_the_progress(self) -> None:
        report = self.world.services.log_verifier.compare(by=OPERATOR)
        assert report.is_clean
        assert report.checksum == report.stored_checksum

    @invariant()
    def every_proof_holds(self) -> None:
        assert self.world.services.verifier.verify(by=OPERATOR).is_clean

    @invariant()
    def what_is_passed_is_completed_while_the_learner_is_enrolled(self) -> None:
        progress, catalog = self.progress, self.world.services.catalog
        version = catalog.version(progress.course_id, progress.course_version, scope=ALL_TENANTS)
        here = {item.id for item in version.outline.items}
        passed = {attempt.item_id for attempt in self.stored if attempt.counts_as_passed}
        if progress.is_enrolled:
            assert passed & here <= set(progress.completed_items)

    @invariant()
    def a_completed_course_stays_completed(self) -> None:
        progress = self.progress
        if self.completed_at is not None:
            assert progress.completed_at == self.completed_at
            assert progress.status is ProgressStatus.COMPLETED
        self.completed_at = progress.completed_at

    @invariant()
    def every_attempt_is_submitted_once_and_again_after_each_reopening(self) -> None:
        is_submitted: dict[UUID, bool] = {}
        for event in self.world.repositories.events.stream(self.progress.stream, scope=ALL_TENANTS):
            attempt_id = event.fact.entity_id
            if event.fact.type is EventType.ASSESSMENT_SUBMITTED:
                assert not is_submitted.get(attempt_id)
                is_submitted[attempt_id] = True
            if event.fact.type is EventType.ASSESSMENT_REOPENED:
                assert is_submitted[attempt_id]
                is_submitted[attempt_id] = False

    @invariant()
    def nothing_is_submitted_after_its_deadline(self) -> None:
        for attempt in self.stored:
            if attempt.submitted_at is not None:
                assert attempt.expires_at is not None
                assert attempt.submitted_at <= attempt.expires_at

    def _with_status(self, status: AttemptStatus) -> list[AssessmentAttempt]:
        return [attempt for attempt in self.stored if attempt.status is status]

    def _one_of(self, attempts: list[AssessmentAttempt], number: int) -> list[AssessmentAttempt]:
        ordered = sorted(attempts, key=lambda attempt: attempt.started_at)
        return [ordered[number % len(ordered)]] if ordered else []


def _without(key: str | None) -> CourseDefinition:
    definition = a_timed_definition()
    (module,) = definition.modules
    items = tuple(item for item in module.items if item.key != key)
    return replace(definition, modules=(replace(module, items=items),))


TestAttempts = Attempts.TestCase
TestAttempts.settings = settings(examples(10), stateful_step_count=25)
