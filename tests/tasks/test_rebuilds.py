"""Rebuilds of progress as tasks, while learners go on."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest

from accounts.domain.access import (
    OPERATOR,
    NotPermitted,
    OrganizationId,
    Principal,
    Right,
    Role,
)
from accounts.domain.identity.entities.users import UserChanges
from accounts.domain.organizations.errors import OrganizationNotFound
from accounts.domain.tasks.entities import Task
from authsvc.jobs.entities import JobProgress, JobStatus, Queue
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from progress.domain.entities.progress import CourseProgress
from progress.domain.services.verification import EVERYTHING, RebuildSelection
from tests.support.application import Application
from tests.support.builders import a_definition_of, a_principal
from tests.support.jobs import stored
from tests.support.learning import Learner, a_learner, a_published_course, items_of
from tests.support.worlds import World


@pytest.fixture
def root(world: World) -> Principal:
    world.has_user(roles=(Role.ADMIN,), is_staff=True)
    user = world.has_user(roles=(Role.ADMIN,), is_staff=True)
    return replace(a_principal(user, *Right), roles=(Role.ADMIN,))


@pytest.fixture
def course(world: World) -> Course:
    return a_published_course(world.services, a_definition_of(required=3))


def a_student(world: World, course: Course) -> Learner:
    """A learner who has completed one item of three."""
    learner = a_learner(world)
    learner.enrols(course)
    learner.completes(course, items_of(world.services, course)[0])
    return learner


def falsify(world: World, progress: CourseProgress) -> None:
    """Change what is stored without an event."""
    false = replace(progress, percent_complete=99, completed_items=())
    world.repositories.progress.save(false, scope=ALL_TENANTS)


def run(world: World, selection: RebuildSelection, by: Principal) -> Task:
    task = world.services.rebuild_tasks.start(selection, by=by)
    world.services.job_engine.run_due(Queue.LONG)
    return world.services.tasks.get(task.id, by=by)


def test_a_rebuild_repairs_what_differs(world: World, course: Course, root: Principal) -> None:
    students = [a_student(world, course) for _ in range(2)]
    whole = [student.progress_on(course) for student in students]
    for progress in whole:
        falsify(world, progress)

    task = run(world, EVERYTHING, root)

    assert (task.status, task.error) == (JobStatus.SUCCEEDED, None)
    assert task.result is not None
    assert (task.result["streams"], task.result["repaired"]) == (2, 2)
    assert [student.progress_on(course) for student in students] == whole


def test_a_rebuild_of_one_learner_leaves_the_others(
    world: World, course: Course, root: Principal
) -> None:
    anna, bo = a_student(world, course), a_student(world, course)
    whole = anna.progress_on(course)
    for learner in (anna, bo):
        falsify(world, learner.progress_on(course))

    task = run(world, RebuildSelection(user_id=anna.principal.person), root)

    assert task.result is not None
    assert (task.result["streams"], task.result["repaired"]) == (1, 1)
    assert anna.progress_on(course) == whole
    assert bo.progress_on(course).percent_complete == 99


def test_a_rebuild_of_one_organization_leaves_the_platform(
    world: World, course: Course, root: Principal
) -> None:
    organization = world.has_organization()
    student = a_student(world, course)
    falsify(world, student.progress_on(course))

    task = run(world, RebuildSelection(org_id=organization.id), root)

    assert task.result is not None
    assert (task.result["streams"], task.result["repaired"]) == (0, 0)
    assert student.progress_on(course).percent_complete == 99


def test_learners_go_on_during_a_rebuild_and_its_result_is_that_of_a_cold_one(
    world: World, course: Course
) -> None:
    students = [a_student(world, course) for _ in range(4)]
    _, second, third = items_of(world.services, course)
    for student in students:
        falsify(world, student.progress_on(course))
    acts: list[Callable[[], object]] = [
        *(partial(student.completes, course, second) for student in students),
        partial(a_student, world, course),
        *(partial(student.completes, course, third) for student in students[:2]),
        partial(students[3].withdraws, course),
    ]
    phases: list[str] = []

    def act_meanwhile(_number: int, phase: str) -> None:
        phases.append(phase)
        if acts:
            acts.pop(0)()

    verifier = replace(world.services.log_verifier, streams_at_once=2)
    verifier.rebuild(report=act_meanwhile, by=OPERATOR)

    cold = world.services.log_verifier.compare(by=OPERATOR)
    assert {"verifying the log", "folding streams"} <= set(phases)
    assert cold.is_clean
    assert cold.checksum == cold.stored_checksum
    assert cold.streams == 5


def test_a_rebuild_reports_its_progress(world: World, course: Course, root: Principal) -> None:
    a_student(world, course)
    task = world.services.rebuild_tasks.start(EVERYTHING, by=root)
    world.services.job_engine.run_due(Queue.LONG)

    assert stored(world, task.id).progress == JobProgress(done=0, message="folding streams")


def test_a_rebuild_that_is_interrupted_is_finished_by_another(
    world: World, course: Course, root: Principal
) -> None:
    students = [a_student(world, course) for _ in range(3)]
    for student in students:
        falsify(world, student.progress_on(course))
    task = world.services.rebuild_tasks.start(EVERYTHING, by=root)
    calls: list[int] = []

    def is_stopping() -> bool:
        calls.append(1)
        return len(calls) > 4

    world.services.job_engine.run_due(Queue.LONG, is_stopping=is_stopping)
    between = stored(world, task.id).status
    world.services.job_engine.run_due(Queue.LONG)

    assert (between, stored(world, task.id).status) == (JobStatus.QUEUED, JobStatus.SUCCEEDED)
    assert world.services.log_verifier.compare(by=OPERATOR).is_clean


def test_the_same_rebuild_is_not_started_twice(world: World, root: Principal) -> None:
    user_id = a_learner(world).principal.person
    start = world.services.rebuild_tasks.start

    first, again = start(EVERYTHING, by=root), start(EVERYTHING, by=root)
    other = start(RebuildSelection(user_id=user_id), by=root)

    assert first.id == again.id
    assert other.id != first.id


def test_only_platform_admins_rebuild_and_only_while_they_are(
    world: World, root: Principal
) -> None:
    with pytest.raises(NotPermitted):
        world.services.rebuild_tasks.start(EVERYTHING, by=a_principal())
    unknown = RebuildSelection(org_id=OrganizationId(uuid4()))
    with pytest.raises(OrganizationNotFound):
        world.services.rebuild_tasks.start(unknown, by=root)
    task = world.services.rebuild_tasks.start(EVERYTHING, by=root)
    world.services.users.edit(root.person, UserChanges(roles=()), by=OPERATOR)

    world.services.job_engine.run_due(Queue.LONG)

    assert stored(world, task.id).error.startswith("not-permitted")


def test_the_api_starts_a_rebuild(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")

    started = root.caller.post("/v1/progress-rebuilds", {})
    application.services.job_engine.run_due(Queue.LONG)

    assert started.status == 202
    done = root.caller.get(started.headers["Location"]).json
    assert (done["status"], done["result"]["streams"]) == ("succeeded", 0)
    assert application.signed_in().caller.post("/v1/progress-rebuilds", {}).status == 403
