"""The command that verifies the audit log, against an attacker with database access."""

from functools import partial
from typing import Any, Final

import pytest
from django.db import connection

from accounts.domain.access import OPERATOR
from accounts.domain.organizations.entities import Organization
from accounts.models import AuditEntry as AuditEntryRow
from tests.accounts.auditing import an_act, has_organization, record_act
from tests.support.commands import error_of, output_of
from tests.support.sql import change_row
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database

ENTRY: Final = "UPDATE accounts_auditentry SET {} WHERE sequence = 3"
CHANGES: Final = {
    "its person": "actor_id = id",
    "its program": "client_id = 'another'",
    "its request": "request_id = 'another'",
    "its act": "action = 'member-left'",
    "its subject": "subject_id = 'another'",
    "its reason": "reason = 'For fun'",
    "its moment": "occurred_at = '2020-01-01'",
    "what was before": "before = '{}'",
    "what is after": "after = '{}'",
    "its hash": "hash = previous_hash",
}
UNREADABLE: Final = {
    "an act that there is not": "action = 'magic'",
    "a list": "before = '[]'",
    "nothing": "before = 'null'",
    "a number": "after = '5'",
}


@pytest.fixture
def school() -> World:
    return orm_world()


@pytest.fixture
def knots(school: World) -> Organization:
    """An organization with two entries; the platform has three."""
    organization = has_organization(school)
    for place in (organization, None, None, organization, None):
        record_act(school.services, an_act(place), by=OPERATOR)
    return organization


run = partial(change_row, AuditEntryRow)


def flaw_after(statement: str, *parameters: object) -> str:
    """The output about the only flaw, which this change makes."""
    run(statement, *parameters)
    error, output = error_of("verify_audit")
    assert error == "The audit log has 1 flaw."
    return output


def id_of(organization: Organization) -> Any:
    """The id as this database stores it."""
    return AuditEntryRow._meta.get_field("id").get_db_prep_value(organization.id, connection)


@pytest.mark.usefixtures("knots")
def test_an_intact_log_is_verified() -> None:
    assert output_of("verify_audit") == "2 chains, 5 entries\n"


def test_an_empty_database_is_verified() -> None:
    assert output_of("verify_audit") == "0 chains, 0 entries\n"


def test_one_entry_is_counted_in_the_singular(school: World) -> None:
    record_act(school.services, an_act(), by=OPERATOR)

    assert output_of("verify_audit") == "1 chain, 1 entry\n"


@pytest.mark.usefixtures("knots")
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_entry_is_named(change: str) -> None:
    output = flaw_after(ENTRY.format(CHANGES[change]))

    assert output == "the platform: entry 3 was changed\n2 chains, 5 entries\n"


@pytest.mark.usefixtures("knots")
@pytest.mark.parametrize("change", UNREADABLE)
def test_an_unreadable_entry_is_a_flaw(change: str) -> None:
    output = flaw_after(ENTRY.format(UNREADABLE[change]))

    assert output.startswith("the platform: an entry cannot be read: ")
    assert output.endswith("\n2 chains, 5 entries\n")


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        (
            "DELETE FROM accounts_auditentry WHERE org_id = %s AND sequence = 1",
            "entry 1 is missing\n2 chains, 5 entries",
        ),
        (
            "DELETE FROM accounts_auditentry WHERE org_id = %s AND sequence = 2",
            "entry 2 is missing\n2 chains, 5 entries",
        ),
        (
            "DELETE FROM accounts_audithead WHERE id = %s",
            "its head is missing\n2 chains, 3 entries",
        ),
    ],
    ids=["first entry", "last entry", "head"],
)
def test_a_missing_row_is_reported_with_its_organization(
    knots: Organization, statement: str, flaw: str
) -> None:
    assert flaw_after(statement, id_of(knots)) == f"organization {knots.id}: {flaw}\n"


def test_each_flaw_is_reported(knots: Organization) -> None:
    run(ENTRY.format(CHANGES["its reason"]))
    run("UPDATE accounts_audithead SET hash = 'f' WHERE id = %s", id_of(knots))

    error, output = error_of("verify_audit")

    assert error == "The audit log has 2 flaws."
    assert output.splitlines() == [
        "the platform: entry 3 was changed",
        f"organization {knots.id}: it ends with another entry",
        "2 chains, 5 entries",
    ]
