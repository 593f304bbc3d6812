"""Passes that are lost by a regrade or a voiding, and the items that they had completed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR
from courses.domain.entities.courses import Course
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.events import EventType
from progress.domain.entities.grades import Mark
from progress.domain.entities.progress import ProgressStatus
from progress.domain.errors import RegradeReasonMissing
from tests.support.attempts import (
    RIGHT,
    Examinee,
    a_definition_with_exams,
    an_examinee,
    another_examinee,
)
from tests.support.learning import a_credential_for
from tests.support.organizations import acts_in
from tests.support.worlds import World

Loss = Callable[..., AssessmentAttempt]


def regrade(
    anna: Examinee,
    attempt: AssessmentAttempt,
    *,
    score: int = 0,
    reason: str = "Copied.",
    **how: Any,
) -> AssessmentAttempt:
    """Give the same points for each question of the quiz."""
    marks = tuple(
        Mark(question_id=question.id, score=min(score, question.max_score))
        for question in anna.assessment("quiz").questions
    )
    return anna.services.grading.grade(attempt.id, marks, reason=reason, by=OPERATOR, **how)


def void(anna: Examinee, attempt: AssessmentAttempt, **how: bool) -> AssessmentAttempt:
    return anna.services.grading.void(attempt.id, reason="Copied.", by=OPERATOR, **how)


LOSSES: Final[dict[EventType, Loss]] = {
    EventType.ASSESSMENT_REGRADED: regrade,
    EventType.ASSESSMENT_VOIDED: void,
}
each_loss = pytest.mark.parametrize(("type_", "lose"), LOSSES.items(), ids=LOSSES)


@pytest.fixture
def anna(memory: World) -> Examinee:
    return an_examinee(memory)


def last_payload(anna: Examinee) -> dict[str, object]:
    return dict(anna.log_of(anna.course)[-1].fact.payload)


def is_clean(anna: Examinee) -> bool:
    compared = anna.services.log_verifier.compare(by=OPERATOR)
    return compared.is_clean and anna.services.verifier.verify(by=OPERATOR).is_clean


@each_loss
def test_an_item_whose_pass_is_lost_is_open_again(
    anna: Examinee, type_: EventType, lose: Loss
) -> None:
    attempt = anna.takes(**RIGHT)

    lost = lose(anna, attempt)

    event = anna.log_of(anna.course)[-1]
    progress = anna.progress_on(anna.course)
    assert (event.fact.type, event.fact.entity_id) == (type_, attempt.id)
    assert event.fact.payload["item_id"] == str(attempt.item_id)
    assert event.fact.payload["reopens_item"] is True
    assert event.fact.binding == lost.content_hash
    assert (progress.completed_items, progress.percent_complete) == ((), 0)
    assert is_clean(anna)


def test_a_regrade_states_the_new_score(anna: Examinee) -> None:
    regrade(anna, anna.takes(**RIGHT), score=1)

    assert (last_payload(anna)["score"], last_payload(anna)["max_score"]) == (3, 4)


@each_loss
def test_a_grader_can_keep_the_item_completed(anna: Examinee, type_: EventType, lose: Loss) -> None:
    attempt = anna.takes(**RIGHT)

    lose(anna, attempt, keeps_completion=True)

    assert anna.types_of(anna.course)[-1] is type_
    assert last_payload(anna)["reopens_item"] is False
    assert attempt.item_id in anna.progress_on(anna.course).completed_items
    assert is_clean(anna)


@each_loss
def test_another_pass_keeps_the_item_completed(
    anna: Examinee, type_: EventType, lose: Loss
) -> None:
    first, second = anna.takes(**RIGHT), anna.takes(**RIGHT)

    lose(anna, first)
    completed = anna.progress_on(anna.course).completed_items
    lose(anna, second)

    assert completed == (first.item_id,)
    assert anna.types_of(anna.course).count(type_) == 2
    assert anna.progress_on(anna.course).completed_items == ()


@each_loss
def test_a_lost_pass_leaves_items_alone_that_were_completed_without_it(
    memory: World, type_: EventType, lose: Loss
) -> None:
    """The quiz had no assessment in the version on which Anna completed it."""
    services, definition = memory.services, a_definition_with_exams()
    (module,) = definition.modules
    plain = replace(module.items[0], assessment=None)
    before = replace(definition, modules=(replace(module, items=(plain, *module.items[1:])),))
    services.authoring.create(before, by=OPERATOR)
    anna = another_examinee(memory, services.authoring.publish(before.slug, by=OPERATOR))
    anna.completes(anna.course, plain.placed(anna.course.id, 1).id)
    services.authoring.revise(before.slug, definition, by=OPERATOR)
    services.authoring.publish(before.slug, by=OPERATOR)
    services.learning.upgrade(before.slug, by=anna.principal)

    attempt = anna.takes(**RIGHT)
    lose(anna, attempt)

    assert anna.types_of(anna.course)[-1] is type_
    assert anna.progress_on(anna.course).completed_items == (attempt.item_id,)


@each_loss
def test_a_reopened_item_is_completed_by_the_next_pass(
    anna: Examinee, type_: EventType, lose: Loss
) -> None:
    lose(anna, anna.takes(**RIGHT))

    again = anna.takes(**RIGHT)

    assert anna.progress_on(anna.course).completed_items == (again.item_id,)
    assert anna.types_of(anna.course)[-1] is EventType.ITEM_COMPLETED
    assert is_clean(anna)


def test_an_item_reopened_by_a_regrade_is_completed_by_the_next_regrade(anna: Examinee) -> None:
    attempt = anna.takes(**RIGHT)

    regrade(anna, attempt)
    regrade(anna, attempt, score=2, reason="It was not a copy.")

    assert anna.progress_on(anna.course).completed_items == (attempt.item_id,)
    assert anna.types_of(anna.course)[-2:] == [
        EventType.ASSESSMENT_PASSED,
        EventType.ITEM_COMPLETED,
    ]


@each_loss
def test_a_pass_lost_while_withdrawn_does_not_count_on_return(
    anna: Examinee, type_: EventType, lose: Loss
) -> None:
    attempt = anna.takes(**RIGHT)
    anna.withdraws(anna.course)

    lose(anna, attempt)

    assert anna.types_of(anna.course)[-1] is type_
    assert anna.enrols(anna.course).completed_items == ()


def completed_course(memory: World) -> tuple[Examinee, AssessmentAttempt]:
    """Anna has completed a course with one quiz, and holds its credential."""
    definition = a_definition_with_exams()
    (module,) = definition.modules
    short = replace(definition, modules=(replace(module, items=module.items[:1]),))
    memory.services.authoring.create(short, by=OPERATOR)
    course: Course = memory.services.authoring.publish(short.slug, by=OPERATOR)
    a_credential_for(memory.services, course)
    anna = another_examinee(memory, course)
    return anna, anna.takes(**RIGHT)


@each_loss
def test_a_completed_course_and_its_credential_stay(
    memory: World, type_: EventType, lose: Loss
) -> None:
    anna, attempt = completed_course(memory)
    before = anna.progress_on(anna.course)

    lose(anna, attempt)

    progress = anna.progress_on(anna.course)
    assert progress.completed_items == ()
    assert (progress.status, progress.percent_complete) == (ProgressStatus.COMPLETED, 100)
    assert progress.completed_at == before.completed_at
    assert [verification.valid for verification in anna.held()] == [True]
    assert anna.types_of(anna.course)[-1] is type_
    assert is_clean(anna)


def test_a_regrade_that_takes_a_pass_away_needs_a_reason(anna: Examinee) -> None:
    attempt = anna.takes(**RIGHT)
    log = anna.log_of(anna.course)

    for reason in ("", "  "):
        with pytest.raises(RegradeReasonMissing):
            regrade(anna, attempt, reason=reason)
    regrade(anna, attempt, score=2, reason="")

    assert anna.log_of(anna.course)[: len(log)] == log
    assert anna.types_of(anna.course)[-1] is EventType.ASSESSMENT_PASSED


def test_a_regrade_of_a_failure_to_a_failure_loses_nothing(anna: Examinee) -> None:
    regrade(anna, anna.takes(), score=1, reason="")
    regrade(anna, anna.takes(), score=0, reason="")

    assert EventType.ASSESSMENT_REGRADED not in anna.types_of(anna.course)


def test_voiding_an_attempt_that_was_not_passed_reopens_nothing(anna: Examinee) -> None:
    attempt = anna.takes(**RIGHT)

    void(anna, anna.takes())
    void(anna, anna.begins())

    assert [event.fact.payload["reopens_item"] for event in anna.log_of(anna.course)[-2:]] == [
        False,
        False,
    ]
    assert anna.progress_on(anna.course).completed_items == (attempt.item_id,)


@each_loss
@pytest.mark.parametrize("keeps", [True, False])
def test_the_audit_log_states_the_reason_and_what_became_of_the_item(
    memory: World,
    type_: EventType,
    lose: Loss,
    keeps: bool,  # noqa: FBT001  # a table
) -> None:
    school = memory.has_organization()
    anna = an_examinee(memory, school)

    lose(anna, anna.takes(**RIGHT), keeps_completion=keeps)

    entry = acts_in(memory.services, school.id)[-1]
    assert entry.reason == "Copied."
    assert entry.after["reopens_item"] is not keeps
