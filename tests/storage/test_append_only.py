"""Append-only tables: the database refuses to change or delete their rows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from django.core.checks import Error
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, transaction

from accounts.domain.access import OPERATOR
from accounts.models import Anchor, AuditEntry
from authsvc.events.models import OutgoingEvent
from authsvc.kernel.tenancy import ALL_TENANTS
from authsvc.storage.append_only import check_protection, releasing
from courses.models import CourseVersion
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.grades import Grade
from progress.models import AttemptGrade, ProgressEvent
from tests.accounts.auditing import an_act, has_organization, record_act
from tests.support.attempts import has_attempt
from tests.support.builders import NOON, a_definition, a_principal
from tests.support.staff import contents_of
from tests.support.worlds import orm_world

pytestmark = pytest.mark.every_database

KEPT: Final[list[Any]] = [CourseVersion, ProgressEvent, AuditEntry, OutgoingEvent]
TABLES: Final = [model._meta.db_table for model in KEPT]
WAYS_OF_THE_ORM: Final[dict[str, Callable[[Any], object]]] = {
    "save": lambda row: row.save(),
    "update": lambda row: type(row).objects.update(org_id=None),
    "bulk update": lambda row: type(row).objects.bulk_update([row], ["org_id"]),
    "upsert": lambda row: type(row).objects.bulk_create(
        [row],
        update_conflicts=True,
        update_fields=["org_id"],
        unique_fields=[row._meta.pk.attname],
    ),
    "delete": lambda row: row.delete(),
    "delete all": lambda row: type(row).objects.all().delete(),
}
REPLACING: Final = {
    "sqlite": "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
    "postgresql": (
        "INSERT INTO {0} SELECT * FROM {0} "
        "ON CONFLICT ON CONSTRAINT {0}_pkey DO UPDATE SET org_id = NULL"
    ),
}


@pytest.fixture
def rows() -> dict[Any, Any]:
    """A row of each kind: Anna is enrolled on a published course, and an organization has an audit entry."""
    world = orm_world()
    record_act(world.services, an_act(has_organization(world)), by=OPERATOR)
    course = world.services.authoring.create(a_definition(), by=OPERATOR)
    world.services.authoring.publish(course.slug, by=OPERATOR)
    world.services.learning.enroll(course.slug, by=a_principal(world.has_user()))
    connection.check_constraints()  # now, for PostgreSQL empties no table that waits for it
    return {model: model.objects.earliest("pk") for model in KEPT}


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("way", WAYS_OF_THE_ORM)
@pytest.mark.parametrize("model", KEPT)
def test_the_orm_cannot_change_a_row(rows: dict[Any, Any], model: Any, way: str) -> None:
    row, before = rows[model], contents_of(model)

    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        WAYS_OF_THE_ORM[way](row)

    assert contents_of(model) == before


@pytest.mark.parametrize("verb", ["UPDATE {} SET org_id = NULL", "DELETE FROM {}"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.usefixtures("rows")
def test_sql_cannot_change_a_row(table: str, verb: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        run(verb.format(table))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.usefixtures("rows")
def test_a_row_cannot_be_replaced_by_another(table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        run(REPLACING[connection.vendor].format(table))


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
def test_a_table_cannot_be_emptied(table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        run(f"TRUNCATE {table} CASCADE")


@pytest.mark.postgres
@pytest.mark.parametrize("verb", ["UPDATE {} SET org_id = NULL", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.usefixtures("rows")
def test_a_session_in_the_role_of_a_replica_cannot_change_a_row(table: str, verb: str) -> None:
    run("SET LOCAL session_replication_role = replica")

    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        run(verb.format(table))


def test_every_append_only_table_is_protected() -> None:
    assert check_protection(None, ["default"]) == []


@pytest.mark.parametrize("table", TABLES)
def test_the_check_names_a_table_without_triggers(table: str) -> None:
    for statement in releasing(table, connection):
        run(statement)

    field_errors = check_protection(None, ["default"])

    assert field_errors == [
        Error(f"{table} is append-only, but its triggers are missing.", id="authsvc.E001")
    ]


@pytest.mark.parametrize("table", TABLES)
def test_the_check_names_a_table_that_lacks_one_trigger(table: str) -> None:
    run(releasing(table, connection)[-1])

    (field_error,) = check_protection(None, ["default"])

    assert table in field_error.msg


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["ENABLE", "DISABLE"])
def test_the_check_names_a_table_whose_trigger_can_be_skipped(table: str, change: str) -> None:
    run(f"ALTER TABLE {table} {change} TRIGGER {table}_append_only")

    (field_error,) = check_protection(None, ["default"])

    assert table in field_error.msg


def test_the_check_is_registered_for_the_database() -> None:
    for statement in releasing(TABLES[0], connection):
        run(statement)

    with pytest.raises(SystemCheckError, match=r"authsvc\.E001"):
        call_command("check", databases=["default"])


def test_a_grade_cannot_be_changed() -> None:
    world = orm_world()
    attempt = has_attempt(world, status=AttemptStatus.SUBMITTED, submitted_at=NOON)
    grade = Grade(marks=(), graded_at=NOON, graded_by=None)
    graded = replace(attempt, status=AttemptStatus.GRADED, grades=(grade,))
    world.repositories.attempts.save(graded, scope=ALL_TENANTS)
    before = contents_of(AttemptGrade)

    for statement in ("UPDATE {} SET reason = 'x'", "DELETE FROM {}"):
        with pytest.raises(IntegrityError, match="append-only"):
            run(statement.format(AttemptGrade._meta.db_table))

    assert contents_of(AttemptGrade) == before


@pytest.mark.parametrize("act", ["update", "delete"])
def test_an_anchor_is_neither_changed_nor_deleted(act: str) -> None:
    orm_world().services.anchors.make(by=OPERATOR)
    anchors = Anchor.objects.all()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        anchors.update(token="a.b.c") if act == "update" else anchors.delete()

    assert anchors.count() == 1
