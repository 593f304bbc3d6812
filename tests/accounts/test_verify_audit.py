"""The command that proves the audit log, against somebody who owns the database."""

from typing import Any, Final

import pytest
from django.db import connection

from accounts.domain.access import OPERATOR
from accounts.domain.organizations.entities import Organization
from accounts.models import AuditEntry as AuditEntryRow
from authsvc.storage.append_only import releasing
from tests.accounts.auditing import an_act, has_organization, record_act
from tests.support.commands import refusal_of, said_by
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database

CHANGES: Final = {
    "its person": "UPDATE accounts_auditentry SET actor_id = id WHERE sequence = 3",
    "its program": "UPDATE accounts_auditentry SET client_id = 'another' WHERE sequence = 3",
    "its request": "UPDATE accounts_auditentry SET request_id = 'another' WHERE sequence = 3",
    "its act": "UPDATE accounts_auditentry SET action = 'member-left' WHERE sequence = 3",
    "its subject": "UPDATE accounts_auditentry SET subject_id = 'another' WHERE sequence = 3",
    "its reason": "UPDATE accounts_auditentry SET reason = 'For fun' WHERE sequence = 3",
    "its moment": "UPDATE accounts_auditentry SET occurred_at = '2020-01-01' WHERE sequence = 3",
    "what was before": "UPDATE accounts_auditentry SET before = '{}' WHERE sequence = 3",
    "what is after": "UPDATE accounts_auditentry SET after = '{}' WHERE sequence = 3",
    "its hash": "UPDATE accounts_auditentry SET hash = previous_hash WHERE sequence = 3",
}
UNREADABLE: Final = {
    "an act that there is not": "UPDATE accounts_auditentry SET action = 'magic' WHERE sequence = 3",
    "a list": "UPDATE accounts_auditentry SET before = '[]' WHERE sequence = 3",
    "nothing": "UPDATE accounts_auditentry SET before = 'null' WHERE sequence = 3",
    "a number": "UPDATE accounts_auditentry SET after = '5' WHERE sequence = 3",
}


@pytest.fixture
def school() -> World:
    return orm_world()


@pytest.fixture
def knots(school: World) -> Organization:
    """With two entries in its log, beside three in that of the platform."""
    organization = has_organization(school)
    for place in (organization, None, None, organization, None):
        record_act(school.services, an_act(place), by=OPERATOR)
    return organization


def run(statement: str, *parameters: Any) -> None:
    """Change one row, past the code and the triggers."""
    connection.check_constraints()  # now, for PostgreSQL alters no table that waits for it
    with connection.cursor() as cursor:
        for release in releasing(AuditEntryRow._meta.db_table, connection):
            cursor.execute(release)
        cursor.execute(statement, parameters or None)
        assert cursor.rowcount == 1


def id_of(organization: Organization) -> Any:
    """In the spelling of this database."""
    return AuditEntryRow._meta.get_field("id").get_db_prep_value(organization.id, connection)


@pytest.mark.usefixtures("knots")
def test_a_log_that_nobody_touched_is_proved() -> None:
    assert said_by("verify_audit") == "2 chains, 5 entries\n"


def test_an_empty_house_has_nothing_to_prove() -> None:
    assert said_by("verify_audit") == "0 chains, 0 entries\n"


def test_one_entry_is_not_called_entries(school: World) -> None:
    record_act(school.services, an_act(), by=OPERATOR)

    assert said_by("verify_audit") == "1 chain, 1 entry\n"


@pytest.mark.usefixtures("knots")
@pytest.mark.parametrize("change", CHANGES)
def test_an_entry_that_was_changed_is_named(change: str) -> None:
    run(CHANGES[change])

    refusal, said = refusal_of("verify_audit")

    assert refusal == "The audit log has 1 flaw."
    assert said == "the platform: entry 3 was changed\n2 chains, 5 entries\n"


@pytest.mark.usefixtures("knots")
@pytest.mark.parametrize("change", UNREADABLE)
def test_an_entry_that_cannot_be_read_is_not_believed(change: str) -> None:
    run(UNREADABLE[change])

    refusal, said = refusal_of("verify_audit")

    assert refusal == "The audit log has 1 flaw."
    assert said.startswith("the platform: an entry cannot be read: ")
    assert said.endswith("\n2 chains, 5 entries\n")


def test_the_organization_is_named_in_whose_log_an_entry_is_missing(knots: Organization) -> None:
    run("DELETE FROM accounts_auditentry WHERE org_id = %s AND sequence = 1", id_of(knots))

    _, said = refusal_of("verify_audit")

    assert said == f"organization {knots.id}: entry 1 is missing\n2 chains, 5 entries\n"


def test_an_end_that_was_cut_off_is_missed(knots: Organization) -> None:
    run("DELETE FROM accounts_auditentry WHERE org_id = %s AND sequence = 2", id_of(knots))

    _, said = refusal_of("verify_audit")

    assert said == f"organization {knots.id}: entry 2 is missing\n2 chains, 5 entries\n"


def test_a_head_that_was_taken_away_is_missed(knots: Organization) -> None:
    run("DELETE FROM accounts_audithead WHERE id = %s", id_of(knots))

    _, said = refusal_of("verify_audit")

    assert said == f"organization {knots.id}: its head is missing\n2 chains, 3 entries\n"


def test_each_flaw_is_named(knots: Organization) -> None:
    run(CHANGES["its reason"])
    run("UPDATE accounts_audithead SET hash = 'f' WHERE id = %s", id_of(knots))

    refusal, said = refusal_of("verify_audit")

    assert refusal == "The audit log has 2 flaws."
    assert said.splitlines() == [
        "the platform: entry 3 was changed",
        f"organization {knots.id}: it ends with another entry",
        "2 chains, 5 entries",
    ]
