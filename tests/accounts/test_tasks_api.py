"""Tasks over the API."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Right, Role, Scope, UserId
from accounts.domain.audit.entities import AuditAction
from accounts.domain.organizations.entities import Organization
from accounts.domain.tasks.entities import MOST_UNFINISHED, TaskPlan
from accounts.domain.tasks.errors import TooManyTasks
from authsvc.jobs.entities import JobId
from tests.accounts.callers import narrowed
from tests.support.application import Application, Person
from tests.support.members import add_organization, member_of
from tests.support.organizations import acts_in
from tests.support.tasks import REPORT, a_task, fail_task, finish_task


@pytest.fixture
def anna(application: Application) -> Person:
    return application.signed_in()


@pytest.fixture
def knots(application: Application) -> Organization:
    return add_organization(application)


def task_of(application: Application, person: Person) -> JobId:
    return a_task(application.services, owner_id=UserId(UUID(person.id)))


def test_a_task_shows_its_progress_and_its_result(application: Application, anna: Person) -> None:
    task_id = task_of(application, anna)
    waiting = anna.caller.get(f"/v1/tasks/{task_id}")
    finish_task(application.services, task_id)
    done = anna.caller.get(f"/v1/tasks/{task_id}")

    assert (waiting.status, waiting.json["status"], waiting.json["result"]) == (200, "queued", None)
    assert waiting.json["progress"] == {"done": 0, "total": None, "message": ""}
    assert waiting.json["expires_at"] is None
    assert (done.json["status"], done.json["result"]) == ("succeeded", {"rows": 1})
    assert done.json["result_url"] == f"/v1/tasks/{task_id}/result"
    assert done.json["expires_at"] > done.json["ended_at"]


@pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/json"])
def test_a_result_is_downloaded_in_its_own_media_type(
    application: Application, anna: Person, accept: str
) -> None:
    task_id = task_of(application, anna)
    finish_task(application.services, task_id)

    answer = anna.caller.get(f"/v1/tasks/{task_id}/result", Accept=accept)

    assert (answer.status, answer.text) == (200, REPORT.content.decode())
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_task_without_a_file_has_no_result_to_download(
    application: Application, anna: Person
) -> None:
    answer = anna.caller.get(f"/v1/tasks/{task_of(application, anna)}/result")

    assert (answer.status, answer.code) == (404, "task-result-not-found")


def test_a_caller_has_a_bounded_number_of_unfinished_tasks(
    application: Application, anna: Person
) -> None:
    bo = application.signed_in(name="Bo")
    tasks = [task_of(application, anna) for _ in range(MOST_UNFINISHED)]

    rejection = anna.caller.post("/v1/xapi/exports")
    others = bo.caller.post("/v1/xapi/exports")
    finish_task(application.services, tasks[0])
    again = anna.caller.post("/v1/xapi/exports")

    assert (rejection.status, rejection.code, rejection.json["most"]) == (429, "too-many-tasks", 20)
    assert len(anna.caller.get("/v1/tasks?limit=100").json["items"]) == MOST_UNFINISHED + 1
    assert (others.status, again.status) == (202, 202)


def test_clients_are_bounded_apart_from_each_other(application: Application) -> None:
    def start(client_id: str) -> None:
        plan = TaskPlan(kind="example", scope=Scope.ORGS_READ)
        by = replace(OPERATOR, client_id=client_id)
        application.services.tasks.start(plan, by=by)

    for _ in range(MOST_UNFINISHED):
        start("sync")

    with pytest.raises(TooManyTasks):
        start("sync")
    start("register")


def test_a_task_with_a_key_is_answered_however_many_there_are(
    application: Application, anna: Person
) -> None:
    services, by = application.services, replace(OPERATOR, user_id=UserId(UUID(anna.id)))
    keyed = TaskPlan(kind="example", scope=Scope.ORGS_READ, unique_key="example")
    first = services.tasks.start(keyed, by=by)
    for _ in range(MOST_UNFINISHED - 1):
        task_of(application, anna)

    assert services.tasks.start(keyed, by=by).id == first.id


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("ConnectionResetError", "task-failed"),
        ("psycopg: password of admin", "task-failed"),
        ("expired", "task-expired"),
        ("organization-not-found: There is no such organization.", "organization-not-found"),
    ],
)
def test_an_error_discloses_nothing_internal(
    application: Application, anna: Person, error: str, code: str
) -> None:
    task_id = task_of(application, anna)
    fail_task(application.services, task_id, error=error)

    task = anna.caller.get(f"/v1/tasks/{task_id}").json

    assert (task["status"], task["error"]["code"]) == ("failed", code)
    assert "psycopg" not in str(task)
    assert "Reset" not in str(task)


def test_a_task_of_somebody_else_does_not_exist(application: Application, anna: Person) -> None:
    task_id = task_of(application, application.signed_in(name="Bo"))

    paths = [f"/v1/tasks/{task_id}", f"/v1/tasks/{task_id}/result", f"/v1/tasks/{uuid4()}"]

    assert {anna.caller.get(path).code for path in paths} == {"task-not-found"}
    assert anna.caller.post(f"/v1/tasks/{task_id}/cancel").code == "task-not-found"


def test_a_list_shows_own_tasks_most_recent_first_by_page_and_status(
    application: Application, anna: Person
) -> None:
    task_of(application, application.signed_in(name="Bo"))
    first, second = task_of(application, anna), task_of(application, anna)
    finish_task(application.services, first)

    whole = anna.caller.get("/v1/tasks").json["items"]
    page = anna.caller.get("/v1/tasks?limit=1").json
    rest = anna.caller.get(f"/v1/tasks?limit=1&cursor={page['next']}").json
    queued = anna.caller.get("/v1/tasks?status=queued").json["items"]

    assert {task["id"] for task in whole} == {str(first), str(second)}
    assert [*page["items"], *rest["items"]] == whole
    assert [task["id"] for task in queued] == [str(second)]
    assert anna.caller.get("/v1/tasks?status=lost").status == 422


@pytest.mark.parametrize("role", OrgRole)
def test_owners_and_admins_see_the_tasks_of_their_organization(
    application: Application, knots: Organization, role: OrgRole
) -> None:
    person = member_of(application, knots.id, role, name="Olga")
    task_id = a_task(application.services, org_id=knots.id)
    finish_task(application.services, task_id)
    is_allowed = role in (OrgRole.OWNER, OrgRole.ADMIN)

    listed = person.caller.get(f"/v1/tasks?org_id={knots.id}")
    statuses = [person.caller.get(f"/v1/tasks/{task_id}{part}").status for part in ("", "/result")]

    assert listed.status == (200 if is_allowed else 403)
    assert statuses == ([200, 200] if is_allowed else [404, 404])


def test_a_task_of_an_organization_shows_its_result_only_with_the_right_to_it(
    application: Application, knots: Organization
) -> None:
    admin = member_of(application, knots.id, OrgRole.ADMIN, name="Olga")
    task_id = a_task(application.services, org_id=knots.id, right=Right.READ_AUDIT)
    finish_task(application.services, task_id)

    task = admin.caller.get(f"/v1/tasks/{task_id}").json

    assert (task["status"], task["result"], task["result_url"]) == ("succeeded", None, None)
    assert admin.caller.get(f"/v1/tasks/{task_id}/result").code == "task-result-not-found"


def test_a_former_member_sees_no_result_of_the_organization(
    application: Application, knots: Organization
) -> None:
    owner = member_of(application, knots.id, OrgRole.OWNER, name="Olga")
    owner_id = UserId(UUID(owner.id))
    task_id = a_task(application.services, owner_id=owner_id, org_id=knots.id)
    finish_task(application.services, task_id)
    shown = owner.caller.get(f"/v1/tasks/{task_id}").json["result"]
    member_of(application, knots.id, OrgRole.OWNER, name="Bo")
    application.services.members.remove(knots.id, owner_id, by=OPERATOR)

    hidden = owner.caller.get(f"/v1/tasks/{task_id}")

    assert shown == {"rows": 1}
    assert (hidden.status, hidden.json["result"]) == (200, None)
    assert owner.caller.get(f"/v1/tasks/{task_id}/result").status == 404


def test_a_token_of_fewer_scopes_does_not_read_what_another_token_has_exported(
    application: Application, anna: Person
) -> None:
    owner_id = UserId(UUID(anna.id))
    task_id = a_task(application.services, owner_id=owner_id, scope=Scope.PROGRESS_READ)
    finish_task(application.services, task_id)
    narrow = narrowed(application, anna, Scope.ORGS_READ)

    task = narrow.get(f"/v1/tasks/{task_id}").json

    assert (task["result"], task["result_url"]) == (None, None)
    assert narrow.get(f"/v1/tasks/{task_id}/result").code == "task-result-not-found"
    assert anna.caller.get(f"/v1/tasks/{task_id}/result").status == 200


def test_a_task_is_cancelled_once_and_this_is_audited(
    application: Application, anna: Person
) -> None:
    task_id = task_of(application, anna)

    cancelled = anna.caller.post(f"/v1/tasks/{task_id}/cancel")
    again = anna.caller.post(f"/v1/tasks/{task_id}/cancel")

    assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")
    assert (again.status, again.code) == (409, "task-ended")
    (act,) = acts_in(application.services, None)[-1:]
    assert (act.action, act.subject_id) == (AuditAction.TASK_CANCELLED, str(task_id))


def test_platform_admins_see_all_tasks_and_their_access_is_recorded(
    application: Application, knots: Organization, anna: Person
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")
    of_knots = a_task(application.services, org_id=knots.id)

    statuses = [
        root.caller.get(f"/v1/tasks/{task_id}").status
        for task_id in (of_knots, task_of(application, anna))
    ]

    assert statuses == [200, 200]
    act = acts_in(application.services, knots.id)[-1]
    assert (act.action, act.subject_id) == (AuditAction.LOOKED_INTO, str(of_knots))


def test_staff_retry_a_task_and_others_do_not(application: Application, anna: Person) -> None:
    task_id = task_of(application, anna)
    fail_task(application.services, task_id, error="expired")

    application.services.tasks.retry(task_id, reason="The disk was full.", by=OPERATOR)

    assert anna.caller.get(f"/v1/tasks/{task_id}").json["status"] == "queued"
    act = acts_in(application.services, None)[-1]
    assert (act.action, act.reason) == (AuditAction.TASK_RETRIED, "The disk was full.")
