"""Imports of people: the preview, the import, and exports that can be imported again."""

import csv
from io import BytesIO, StringIO

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.domain.access import NotPermitted, Principal, Right, Role
from accounts.domain.audit.entities import AuditAction
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import (
    InvalidPersonList,
    PeopleChanged,
    VerifiedEmailNeeded,
)
from accounts.domain.identity.services.person_lists import ImportPlan
from accounts.domain.tasks.entities import Task
from accounts.domain.tasks.services import people, table_exports
from authsvc.jobs.entities import JobFile, JobStatus
from authsvc.kernel.sheets import Sheet, sheet_in
from authsvc.kernel.table_files import TableFormat
from authsvc.kernel.workbooks import sheet_of
from tests.accounts.auditing import log_of
from tests.support.builders import a_principal
from tests.support.jobs import stored, work_off
from tests.support.tenants import has_root
from tests.support.worlds import World

ANNA, BO = "anna@school.example", "bo@school.example"


@pytest.fixture
def root(world: World) -> Principal:
    return has_root(world)


def sheet(*lines: str) -> Sheet:
    return sheet_in("\n".join(lines), heading="email")


def user_manager(world: World) -> Principal:
    return a_principal(world.has_verified_user(name="Maja"), Right.MANAGE_USERS)


def outcomes(plan: ImportPlan) -> list[str]:
    return [row.outcome.value for row in plan.rows]


def errors(plan: ImportPlan) -> list[tuple[str, str]]:
    return [(error.path, error.detail) for row in plan.rows for error in row.errors]


def imported(world: World, table: Sheet, by: Principal) -> ImportPlan:
    lists = world.services.person_lists
    return lists.import_people(table, digest=lists.preview(table, by=by).digest, by=by)


def stored_user(world: World, email: str) -> User:
    user = world.repositories.users.find_by_email(email)
    assert user is not None
    return user


def test_a_preview_says_what_an_import_would_do_and_writes_nothing(
    world: World, root: Principal
) -> None:
    world.has_user(email=ANNA, name="Anna")
    world.has_user(email=BO, name="Bo")
    table = sheet(
        "email,name,roles,active",
        f"{ANNA},Anna Keller,instructor,",
        f"{BO},Bo,,yes",
        "Chidi@School.example,Chidi,,",
        "nobody,,,",
    )

    plan = world.services.person_lists.preview(table, by=root)

    assert outcomes(plan) == ["changed", "unchanged", "new", "error"]
    assert plan.rows[0].changed_members == ("name", "roles")
    assert plan.rows[2].row.email == "chidi@school.example"
    assert not plan.is_possible
    assert world.repositories.users.find_by_email("chidi@school.example") is None
    assert stored_user(world, ANNA).name == "Anna"


def test_an_import_invites_new_people_and_changes_others(world: World, root: Principal) -> None:
    world.has_user(email=ANNA, name="Anna", roles=(Role.LEARNER, Role.INSTRUCTOR))
    world.has_user(email=BO, name="Bo")
    table = sheet(
        "email,name,roles,active",
        f"{ANNA},Anna Keller,learner,",
        f"{BO},,,no",
        "chidi@school.example,Chidi,instructor,",
    )

    lists = world.services.person_lists
    digest = lists.preview(table, by=root).digest
    lists.import_people(table, digest=digest, reason="New school year", by=root)

    anna, bo, chidi = (stored_user(world, email) for email in (ANNA, BO, "chidi@school.example"))
    assert (anna.name, anna.roles) == ("Anna Keller", (Role.LEARNER,))
    assert (bo.name, bo.is_active) == ("Bo", False)
    assert (chidi.name, chidi.roles) == ("Chidi", (Role.LEARNER, Role.INSTRUCTOR))
    acts = [entry.act for entry in log_of(world)]
    assert [act.action for act in acts] == [
        AuditAction.USER_CREATED,
        AuditAction.USER_EDITED,
        AuditAction.USER_EDITED,
        AuditAction.PEOPLE_IMPORTED,
    ]
    assert {act.reason for act in acts} == {"New school year"}
    assert acts[-1].after == {"new": 1, "changed": 2, "unchanged": 0}
    assert outcomes(lists.preview(table, by=root)) == ["unchanged"] * 3


def test_new_people_are_mailed_a_link_to_choose_a_password(
    memory: World, mailoutbox: list[EmailMessage]
) -> None:
    imported(memory, sheet("email", ANNA, BO), has_root(memory))

    assert sorted(mail.to[0] for mail in mailoutbox) == [ANNA, BO]
    assert "/password/reset" in str(mailoutbox[0].body)
    assert stored_user(memory, ANNA).password_hash


def test_an_import_stops_if_people_have_changed_since_the_preview(
    world: World, root: Principal
) -> None:
    lists, table = world.services.person_lists, sheet("email,name", f"{ANNA},Anna", f"{BO},Bo")
    digest = lists.preview(table, by=root).digest
    world.has_user(email=BO, name="Bo")

    with pytest.raises(PeopleChanged):
        lists.import_people(table, digest=digest, by=root)
    assert world.repositories.users.find_by_email(ANNA) is None
    assert log_of(world) == []


def test_a_list_with_an_error_is_not_imported(world: World, root: Principal) -> None:
    lists, table = world.services.person_lists, sheet("email", ANNA, "nobody")

    with pytest.raises(InvalidPersonList) as error:
        lists.import_people(table, digest=lists.preview(table, by=root).digest, by=root)

    assert [field.path for field in error.value.field_errors] == ["2/email"]
    assert world.repositories.users.find_by_email(ANNA) is None


@pytest.mark.parametrize(
    ("lines", "path", "detail"),
    [
        ((f"{ANNA},,,", f"{ANNA},,,"), "2/email", "listed twice, first on line 2. Remove one."),
        (("anna,,,",), "1/email", "not a valid e-mail address"),
        ((f"{ANNA},,owner,",), "1/roles", "Write learner, instructor or admin."),
        ((f"{ANNA},,,maybe",), "1/active", "Write yes or no"),
        ((f"{ANNA},,,no",), "1/active", "Leave it empty to invite"),
        ((f"{ANNA},{'a' * 201},,",), "1/name", "Shorten it."),
        ((f"{ANNA},An\u202ena,,",), "1/name", "marks that reorder text"),
        ((f"{ANNA},,,,stray",), "1", "column 5, which has no heading"),
    ],
)
def test_an_error_names_the_row_the_column_and_what_to_do(
    memory: World, lines: tuple[str, ...], path: str, detail: str
) -> None:
    table = sheet("email,name,roles,active", *lines)

    ((at, sentence),) = errors(memory.services.person_lists.preview(table, by=has_root(memory)))

    assert at == path
    assert sentence.startswith("Line ")
    assert detail in sentence


@pytest.mark.parametrize(
    ("lines", "detail"),
    [
        (("name", "Anna"), "must have the column `email`"),
        (("email,password", f"{ANNA},secret"), "Column 2 is none of"),
        (("email,email", f"{ANNA},{ANNA}"), "Column 2 repeats `email`"),
        (("email",), "this one has none"),
    ],
)
def test_a_table_that_is_no_list_of_people_is_refused(
    memory: World, lines: tuple[str, ...], detail: str
) -> None:
    with pytest.raises(InvalidPersonList) as error:
        memory.services.person_lists.preview(sheet(*lines), by=has_root(memory))

    assert detail in error.value.field_errors[0].detail


def test_user_managers_import_no_staff_and_give_no_rights_that_they_lack(memory: World) -> None:
    memory.has_user(email=BO, is_staff=True)
    maja = user_manager(memory)
    table = sheet("email,name,roles", f"{ANNA},,admin", f"{BO},Bo Lind,", "chidi@school.example,,")

    plan = memory.services.person_lists.preview(table, by=maja)

    assert outcomes(plan) == ["error", "error", "new"]
    assert [path for path, _ in errors(plan)] == ["1/roles", "2/roles"]


def test_nobody_deactivates_themselves_by_a_list(memory: World) -> None:
    root = has_root(memory)
    email = memory.repositories.users.get(root.person).email
    memory.has_user(email=ANNA, roles=(Role.LEARNER, Role.ADMIN), is_staff=True)

    plan = memory.services.person_lists.preview(sheet("email,active", f"{email},no"), by=root)

    ((path, detail),) = errors(plan)
    assert (path, "your own account" in detail) == ("1/email", True)


def test_a_list_leaves_an_active_admin(world: World) -> None:
    admin = world.has_user(email=ANNA, roles=(Role.LEARNER, Role.ADMIN), is_staff=True)
    by = a_principal(world.has_verified_user(name="Maja"), Right.MANAGE_USERS, Right.APPOINT_STAFF)

    alone = world.services.person_lists.preview(sheet("email,roles", f"{ANNA},learner"), by=by)

    assert errors(alone) == [
        ("1/email", "Line 2: This would leave no active admin. Make someone else an admin first.")
    ]
    assert stored_user(world, ANNA).roles == admin.roles


def test_the_last_admin_is_replaced_in_one_list(world: World, root: Principal) -> None:
    world.has_user(email=ANNA, roles=(Role.LEARNER, Role.ADMIN), is_staff=True)
    world.has_user(email=BO)

    imported(world, sheet("email,roles", f"{ANNA},learner", f"{BO},admin"), root)

    assert [stored_user(world, email).is_active_admin for email in (ANNA, BO)] == [False, True]


def test_people_are_imported_with_the_right_to_manage_users_and_a_verified_address(
    memory: World,
) -> None:
    table, lists = sheet("email", ANNA), memory.services.person_lists
    anna = a_principal(memory.has_verified_user())
    unverified = a_principal(memory.has_user(), Right.MANAGE_USERS)

    with pytest.raises(NotPermitted):
        lists.preview(table, by=anna)
    with pytest.raises(VerifiedEmailNeeded):
        lists.preview(table, by=unverified)
    with pytest.raises(NotPermitted):
        memory.services.people_tasks.import_people(table, digest="", reason="", by=anna)
    with pytest.raises(NotPermitted):
        memory.services.people_tasks.export([], TableFormat.CSV, by=anna)


def test_a_long_list_is_imported_by_a_task(memory: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MOST_IMPORTED_AT_ONCE", 1)
    root, table = has_root(memory), sheet("email", ANNA, BO)
    digest = memory.services.person_lists.preview(table, by=root).digest

    task = memory.services.people_tasks.import_people(table, digest=digest, reason="", by=root)
    assert isinstance(task, Task)
    work_off(memory.services)

    assert stored(memory, task.id).result == {
        "rows": 2,
        "outcomes": {"new": 2, "changed": 0, "unchanged": 0, "error": 0},
        "file": "people.csv",
    }
    file = memory.services.tasks.result_of(task.id, by=root)
    assert file.content.decode().splitlines()[1] == f"1,{ANNA},new"


def test_a_task_imports_nothing_if_people_have_changed(
    memory: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_IMPORTED_AT_ONCE", 1)
    root, table = has_root(memory), sheet("email", ANNA, BO)

    task = memory.services.people_tasks.import_people(table, digest="", reason="", by=root)
    assert isinstance(task, Task)
    work_off(memory.services)

    job = stored(memory, task.id)
    assert (job.status, job.error.split(":")[0]) == (JobStatus.FAILED, "people-changed")
    assert memory.repositories.users.find_by_email(ANNA) is None


def test_an_export_is_recorded_and_can_be_imported_again(world: World, root: Principal) -> None:
    anna = world.has_user(email=ANNA, name="=HYPERLINK(1)")
    bo = world.has_user(email=BO, name="Bo", roles=(Role.LEARNER, Role.INSTRUCTOR))
    ids = [bo.id, anna.id]

    as_csv = world.services.people_tasks.export(ids, TableFormat.CSV, by=root)
    as_xlsx = world.services.people_tasks.export(ids, TableFormat.XLSX, by=root)

    assert isinstance(as_csv, JobFile)
    assert isinstance(as_xlsx, JobFile)
    listed = list(csv.DictReader(StringIO(as_csv.content.decode("utf-8-sig"))))
    assert [row["name"] for row in listed] == ["Bo", "'=HYPERLINK(1)"]
    for table in (sheet_in(as_csv.content.decode(), heading="email"), sheet_of(as_xlsx.content)):
        assert outcomes(world.services.person_lists.preview(table, by=root)) == ["unchanged"] * 2
    acts = [entry.act for entry in log_of(world)]
    assert [(act.action, act.after) for act in acts] == [
        (AuditAction.PEOPLE_EXPORTED, {"people": 2, "format": "csv"}),
        (AuditAction.PEOPLE_EXPORTED, {"people": 2, "format": "xlsx"}),
    ]


def test_many_people_are_exported_by_a_task(memory: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_exports, "MOST_AT_ONCE", 0)
    root, anna = has_root(memory), memory.has_user(email=ANNA, name="Anna")

    task = memory.services.people_tasks.export([anna.id], TableFormat.XLSX, by=root)
    assert isinstance(task, Task)
    work_off(memory.services)

    file = memory.services.tasks.result_of(task.id, by=root)
    book = load_workbook(BytesIO(file.content))
    assert [cell.value for cell in book.worksheets[0][2]][1:3] == [ANNA, "Anna"]
    assert log_of(memory)[-1].act.action is AuditAction.PEOPLE_EXPORTED


@pytest.mark.database
def test_new_people_take_no_statements_but_those_of_their_password_links(
    world: World, root: Principal
) -> None:
    """The library that makes the tokens of links needs six statements for each."""

    def statements_for(name: str, count: int) -> int:
        lines = (f"{name}{number}@school.example" for number in range(count))
        with CaptureQueriesContext(connection) as captured:
            imported(world, sheet("email", *lines), root)
        return len(captured)

    first = statements_for("a", 1)

    assert statements_for("b", 101) - first <= 600
