"""Imports of long member lists as tasks."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Principal
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import InvalidMemberList
from accounts.domain.tasks.entities import Task
from accounts.domain.tasks.services.member_lists import MOST_AT_ONCE
from authsvc.jobs.entities import LEASE_TIME, JobStatus, Queue
from authsvc.jobs.errors import LeaseLost
from authsvc.kernel.paging import PageRequest
from tests.support.application import Application
from tests.support.jobs import stored
from tests.support.members import add_organization, member_of
from tests.support.tenants import has_member, has_organization, into
from tests.support.worlds import World


def a_list(rows: int) -> str:
    return "email\n" + "".join(f"anna-{number}@school.example\n" for number in range(rows))


def invited(world: World, school: Organization) -> int:
    """The number of invitations."""
    number, request = 0, PageRequest(limit=100)
    while True:
        page = world.repositories.invitations.page_of(school.id, request, scope=into(school))
        number += len(page.items)
        if page.next_cursor is None:
            return number
        request = replace(request, cursor=page.next_cursor)


@pytest.fixture
def school(world: World) -> Organization:
    return has_organization(world)


@pytest.fixture
def olga(world: World, school: Organization) -> Principal:
    services = world.services
    policy = replace(
        services.mail_budgets.policy, mails_per_person=1000, mails_per_organization=1000
    )
    services.__dict__["mail_budgets"] = replace(services.mail_budgets, policy=policy)
    return has_member(world, school, OrgRole.OWNER)


def start(world: World, school: Organization, by: Principal) -> Task:
    task = world.services.member_list_tasks.import_list(school.id, a_list(MOST_AT_ONCE + 1), by=by)
    assert isinstance(task, Task)
    return task


def test_a_short_list_is_imported_at_once(
    world: World, school: Organization, olga: Principal
) -> None:
    results = world.services.member_list_tasks.import_list(school.id, a_list(2), by=olga)

    assert not isinstance(results, Task)
    assert (len(results), invited(world, school)) == (2, 2)


def test_a_long_list_is_imported_by_a_job_with_an_outcome_for_each_row(
    world: World, school: Organization, olga: Principal
) -> None:
    task = start(world, school, olga)
    assert invited(world, school) == 0

    world.services.job_engine.run_due(Queue.LONG)

    done = world.services.tasks.get(task.id, by=olga)
    assert (done.status, done.error) == (JobStatus.SUCCEEDED, None)
    assert done.result == {"rows": 201, "outcomes": {"invited": 201}}
    assert invited(world, school) == 201
    lines = world.services.tasks.result_of(task.id, by=olga).content.decode().splitlines()
    assert (lines[0], lines[1]) == (
        "row,email,role,outcome",
        "1,anna-0@school.example,learner,invited",
    )
    assert len(lines) == 202


def test_an_invalid_row_is_found_before_the_task_starts(
    world: World, school: Organization, olga: Principal
) -> None:
    text = a_list(MOST_AT_ONCE + 1) + "nobody\n"

    with pytest.raises(InvalidMemberList):
        world.services.member_list_tasks.import_list(school.id, text, by=olga)

    assert world.services.job_engine.run_due(Queue.LONG) == 0


def test_a_caller_who_has_lost_the_right_meanwhile_invites_nobody(
    world: World, school: Organization, olga: Principal
) -> None:
    has_member(world, school, OrgRole.OWNER, name="Bo")
    task = start(world, school, olga)
    world.services.members.assign(school.id, olga.person, role=OrgRole.LEARNER, by=OPERATOR)

    world.services.job_engine.run_due(Queue.LONG)

    job = stored(world, task.id)
    assert (job.status, job.error.partition(":")[0]) == (JobStatus.FAILED, "not-permitted")
    assert invited(world, school) == 0


def test_a_worker_that_dies_before_the_end_has_invited_nobody(
    world: World, school: Organization, olga: Principal
) -> None:
    task = start(world, school, olga)
    engine = world.services.job_engine
    kind = engine.kinds["import-members"]

    def die(run: Any) -> None:
        kind.run(run)
        raise LeaseLost

    dying = replace(engine, kinds={kind.name: replace(kind, run=die)})
    dying.run_due(Queue.LONG)
    assert invited(world, school) == 0

    world.clock.at += LEASE_TIME
    engine.run_due(Queue.LONG)
    assert (stored(world, task.id).status, invited(world, school)) == (JobStatus.SUCCEEDED, 201)


def test_the_api_answers_202_with_the_place_of_the_task(application: Application) -> None:
    school = add_organization(application)
    owner = member_of(application, school.id, OrgRole.OWNER, name="Olga")
    path = f"/v1/orgs/{school.id}/members/import"
    headers = {"Content_Type": "text/csv", "Idempotency_Key": "k"}
    text = a_list(MOST_AT_ONCE + 1).encode()

    first, again = (owner.caller.post(path, text, **headers) for _ in range(2))

    assert (first.status, first.json["kind"]) == (202, "import-members")
    place = first.headers["Location"]
    assert place == again.headers["Location"] == f"/v1/tasks/{first.json['id']}"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert owner.caller.get(place).json["status"] == "queued"
    assert len(owner.caller.get(f"/v1/tasks?org_id={school.id}").json["items"]) == 1
