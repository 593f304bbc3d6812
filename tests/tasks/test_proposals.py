"""Proposed scores as tasks."""

from dataclasses import replace

import pytest

from accounts.domain.access import OPERATOR, Principal, Right, Role
from accounts.domain.identity.entities.users import UserChanges
from authsvc.jobs.entities import JobStatus, Queue
from progress.domain.ai.errors import GradingHelpOff, OwnAttempt
from tests.support.attempts import another_examinee
from tests.support.builders import a_principal
from tests.support.jobs import stored
from tests.support.proposals import (
    GradingModel,
    an_essay_course,
    an_essayist,
    essay_of,
    use_grading_model,
)
from tests.support.tutors import ScriptedModel, break_off
from tests.support.worlds import World


def an_instructor(world: World, name: str = "Bo") -> Principal:
    user = world.has_user(name=name, roles=(Role.INSTRUCTOR,))
    return replace(a_principal(user, Right.GRADE_ATTEMPTS), roles=(Role.INSTRUCTOR,))


def test_a_task_proposes_the_scores(world: World) -> None:
    attempt, bo = essay_of(an_essayist(world)), an_instructor(world)
    use_grading_model(world.services, GradingModel())

    task = world.services.proposal_tasks.start(attempt.id, by=bo)
    world.services.job_engine.run_due(Queue.LONG)

    done = world.services.tasks.get(task.id, by=bo)
    assert (done.status, done.result) == (JobStatus.SUCCEEDED, {"proposals": 3})
    assert len(world.services.grading_help.of_attempt(attempt.id, by=bo)) == 3


def test_graders_who_ask_at_a_time_share_one_task_and_its_calls(world: World) -> None:
    attempt, model = essay_of(an_essayist(world)), GradingModel()
    use_grading_model(world.services, model)
    start = world.services.proposal_tasks.start

    first = start(attempt.id, by=an_instructor(world))
    second = start(attempt.id, by=an_instructor(world, "Cleo"))
    world.services.job_engine.run_due(Queue.LONG)

    assert first.id == second.id
    assert len(model.requests) == 2  # one for each answer


def test_tasks_of_two_attempts_are_two(world: World) -> None:
    course, bo = an_essay_course(world), an_instructor(world)
    use_grading_model(world.services, GradingModel())
    attempts = [essay_of(another_examinee(world, course)) for _ in range(2)]

    tasks = [world.services.proposal_tasks.start(attempt.id, by=bo) for attempt in attempts]

    assert tasks[0].id != tasks[1].id


def test_what_cannot_be_proposed_starts_no_task(world: World) -> None:
    anna = an_essayist(world, is_on=False)
    attempt = essay_of(anna)
    use_grading_model(world.services, GradingModel())
    teaching_anna = replace(anna.principal, rights=frozenset({Right.GRADE_ATTEMPTS}))

    with pytest.raises(GradingHelpOff):
        world.services.proposal_tasks.start(attempt.id, by=an_instructor(world))
    with pytest.raises(OwnAttempt):
        world.services.proposal_tasks.start(attempt.id, by=teaching_anna)


def test_a_grader_who_has_lost_the_right_gets_no_proposals(world: World) -> None:
    attempt, bo, model = essay_of(an_essayist(world)), an_instructor(world), GradingModel()
    use_grading_model(world.services, model)
    task = world.services.proposal_tasks.start(attempt.id, by=bo)
    world.services.users.edit(bo.person, UserChanges(roles=()), by=OPERATOR)

    world.services.job_engine.run_due(Queue.LONG)

    assert stored(world, task.id).status is JobStatus.FAILED
    assert model.requests == []


def test_an_unusable_answer_fails_the_task_and_is_not_asked_for_again(world: World) -> None:
    attempt, bo = essay_of(an_essayist(world)), an_instructor(world)
    model = GradingModel({"Why does": "Full marks!"})
    use_grading_model(world.services, model)

    task = world.services.proposal_tasks.start(attempt.id, by=bo)
    world.services.job_engine.run_due(Queue.LONG)

    failed = world.services.tasks.get(task.id, by=bo)
    assert failed.error is not None
    assert (failed.status, failed.error.code) == (JobStatus.FAILED, "proposal-unusable")
    assert len(model.requests) == 1


def test_while_the_provider_is_down_the_task_waits(world: World) -> None:
    attempt, bo = essay_of(an_essayist(world)), an_instructor(world)
    use_grading_model(world.services, ScriptedModel([break_off]))

    task = world.services.proposal_tasks.start(attempt.id, by=bo)
    world.services.job_engine.run_due(Queue.LONG)

    assert stored(world, task.id).status is JobStatus.QUEUED
