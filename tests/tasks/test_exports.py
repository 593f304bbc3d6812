"""Exports of events as tasks, and verifications over the API."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.access import OPERATOR, OrgRole, PersonNeeded, Principal, Role
from accounts.domain.tasks.entities import Task
from accounts.domain.tasks.errors import TaskResultNotFound
from authsvc.jobs.entities import KEPT_FOR, Queue
from courses.domain.entities.courses import Course
from tests.support.application import Application
from tests.support.builders import a_principal
from tests.support.jobs import stored
from tests.support.learning import Learner, a_learner, a_published_course
from tests.support.tenants import has_member, has_organization
from tests.support.worlds import World


@pytest.fixture
def course(world: World) -> Course:
    return a_published_course(world.services)


@pytest.fixture
def anna(world: World, course: Course) -> Learner:
    learner = a_learner(world)
    learner.passes(course)
    return learner


def statements_of(world: World, task: Task, by: Principal) -> list[Any]:
    content = world.services.tasks.result_of(task.id, by=by).content
    return [json.loads(line) for line in gzip.decompress(content).splitlines()]


def export(world: World, by: Principal, **selection: Any) -> Task:
    task = world.services.export_tasks.start(by=by, **selection)
    world.services.job_engine.run_due(Queue.LONG)
    return world.services.tasks.get(task.id, by=by)


def test_a_learner_exports_their_own_events(world: World, anna: Learner, course: Course) -> None:
    a_learner(world, "Bo").enrols(course)

    task = export(world, anna.principal)

    log = anna.log_of(course)
    statements = statements_of(world, task, anna.principal)
    assert task.result == {"statements": len(log)}
    assert [statement["id"] for statement in statements] == [str(event.id) for event in log]
    assert export(world, anna.principal, until=log[0].occurred_at - timedelta(days=1)).result == {
        "statements": 0
    }


def test_an_export_is_kept_for_two_weeks(memory: World) -> None:
    anna = a_learner(memory)
    task = export(memory, anna.principal)

    memory.clock.at += KEPT_FOR
    memory.services.job_queue.remove_expired()
    memory.services.tasks.result_of(task.id, by=anna.principal)
    memory.clock.go_on(seconds=1)

    assert task.expires_at == memory.clock.at - timedelta(seconds=1)
    assert memory.services.job_queue.remove_expired() == 1


def test_an_instructor_exports_their_organization_as_long_as_they_are_one(world: World) -> None:
    school = has_organization(world)
    bo = has_member(world, school, OrgRole.INSTRUCTOR)
    task = export(world, bo, org_id=school.id)
    waiting = world.services.export_tasks.start(org_id=school.id, by=bo)
    world.services.members.assign(school.id, bo.person, role=OrgRole.LEARNER, by=OPERATOR)

    world.services.job_engine.run_due(Queue.LONG)

    assert task.result == {"statements": 0}
    assert stored(world, waiting.id).error.startswith("not-permitted")


def test_a_client_without_a_user_has_no_events_of_its_own(memory: World) -> None:
    client = Principal(
        user_id=None, roles=(), rights=frozenset(), scopes=frozenset(), client_id="sync"
    )

    with pytest.raises(PersonNeeded):
        memory.services.export_tasks.start(by=client)


def test_an_export_of_somebody_else_is_not_read(memory: World) -> None:
    anna = a_learner(memory)
    task = export(memory, anna.principal)
    assert task.result_url == f"/v1/tasks/{task.id}/result"
    with pytest.raises(TaskResultNotFound):
        memory.services.tasks.result_of(
            memory.services.export_tasks.start(by=anna.principal).id, by=anna.principal
        )
    assert a_principal().user_id != task.owner_id


def test_the_api_exports_and_verifies(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")
    anna = application.signed_in()

    exported = anna.caller.post("/v1/xapi/exports")
    verified = root.caller.post("/v1/verifications")
    while application.services.job_engine.run_due(Queue.LONG):
        pass

    assert (exported.status, verified.status) == (202, 202)
    report = root.caller.get(f"{verified.headers['Location']}/result")
    assert report.json["is_clean"] is True
    assert anna.caller.get(exported.headers["Location"]).json["result"] == {"statements": 0}
    assert anna.caller.post("/v1/verifications").status == 403
