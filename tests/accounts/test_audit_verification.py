"""Verification of the audit log: changed, deleted and added entries are detected."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.audit.services.verifier import CheckResult
from accounts.domain.organizations.entities import Organization
from tests.accounts.auditing import an_act, delete_heads, has_organization, record_act, tables_of
from tests.support.worlds import World


@pytest.fixture
def knots(memory: World) -> Organization:
    """An organization with four entries; the platform has two."""
    organization = has_organization(memory)
    for place in (organization, None, organization, organization, None, organization):
        record_act(memory.services, an_act(place), by=OPERATOR)
    return organization


def change(memory: World, organization: Organization, sequence: int, **parts: Any) -> None:
    """Change parts of an entry without its hash."""
    place = (organization.id, sequence)
    tables_of(memory).store[place] = replace(tables_of(memory).store[place], **parts)


def forge(memory: World, organization: Organization, sequence: int, **parts: Any) -> None:
    """Change parts of an entry and its hash accordingly."""
    change(memory, organization, sequence, **parts)
    place = (organization.id, sequence)
    tables_of(memory).store[place] = tables_of(memory).store[place].sealed()


def check(memory: World) -> CheckResult:
    (result,) = memory.services.verifier.verify(by=OPERATOR, only=["audit-log"]).results
    return result


def flaws_in(memory: World) -> list[tuple[str, str]]:
    """The chain and the detail of each finding."""
    return [(finding.id, finding.detail) for finding in check(memory).findings]


def name_of(organization: Organization) -> str:
    return f"organization {organization.id}"


def test_an_intact_log_has_no_flaws(memory: World, knots: Organization) -> None:
    result = check(memory)

    assert result.findings == ()
    assert result.rows == {"accounts_audithead": 2, "accounts_auditentry": 6}


def test_an_empty_log_has_no_flaws(memory: World) -> None:
    assert (check(memory).findings, check(memory).rows) == ((), {})


def test_a_chain_longer_than_a_batch_has_no_flaws(memory: World) -> None:
    for _ in range(1001):
        record_act(memory.services, an_act(), by=OPERATOR)

    result = check(memory)

    assert result.findings == ()
    assert result.rows["accounts_auditentry"] == 1001


@pytest.mark.parametrize("sequence", [1, 2, 4])
def test_a_changed_entry_is_named(memory: World, knots: Organization, sequence: int) -> None:
    change(memory, knots, sequence, client_id="another")

    assert flaws_in(memory) == [(name_of(knots), f"entry {sequence} was changed")]


@pytest.mark.parametrize("sequence", [1, 3])
def test_a_forged_entry_does_not_match_the_next_one(
    memory: World, knots: Organization, sequence: int
) -> None:
    forge(memory, knots, sequence, client_id="another")

    reason = f"entry {sequence + 1} does not follow from the one before"
    assert flaws_in(memory) == [(name_of(knots), reason)]


def test_a_forged_last_entry_does_not_match_the_head(memory: World, knots: Organization) -> None:
    forge(memory, knots, 4, client_id="another")

    assert flaws_in(memory) == [(name_of(knots), "it ends with another entry")]


@pytest.mark.parametrize("sequence", [1, 2, 3, 4])
def test_a_deleted_entry_is_reported_missing(
    memory: World, knots: Organization, sequence: int
) -> None:
    del tables_of(memory).store[knots.id, sequence]

    assert flaws_in(memory) == [(name_of(knots), f"entry {sequence} is missing")]


def test_a_deleted_chain_is_reported_missing(memory: World, knots: Organization) -> None:
    for sequence in range(1, 5):
        del tables_of(memory).store[knots.id, sequence]

    assert flaws_in(memory) == [(name_of(knots), "entry 1 is missing")]


def test_a_deleted_head_is_reported_missing(memory: World, knots: Organization) -> None:
    delete_heads(memory)

    assert flaws_in(memory) == [
        ("the platform", "its head is missing"),
        (name_of(knots), "its head is missing"),
    ]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"hash": "0" * 64}, "it ends with another entry"),
        ({"sequence": 3}, "it ends with another entry"),
        ({"sequence": 9}, "entry 5 is missing"),
        ({"sequence": 0}, "its head is missing"),
    ],
)
def test_a_replaced_head_is_a_flaw(
    memory: World, knots: Organization, parts: dict[str, Any], reason: str
) -> None:
    heads = tables_of(memory).heads_store
    heads[knots.id] = replace(heads[knots.id], **parts)

    assert flaws_in(memory) == [(name_of(knots), reason)]


def test_an_entry_after_the_head_is_a_flaw(memory: World, knots: Organization) -> None:
    heads = tables_of(memory).heads_store
    as_it_was = heads[knots.id]
    record_act(memory.services, an_act(knots), by=OPERATOR)
    heads[knots.id] = as_it_was

    assert flaws_in(memory) == [(name_of(knots), "it ends with another entry")]


def test_an_unreadable_entry_is_a_flaw(memory: World, knots: Organization) -> None:
    change(memory, knots, 2, act=an_act(knots, after={"share": float("nan")}))

    (flaw,) = flaws_in(memory)
    assert flaw[0] == name_of(knots)
    assert flaw[1].startswith("an entry cannot be read: ")


def test_flaws_of_all_chains_are_reported(memory: World, knots: Organization) -> None:
    change(memory, knots, 2, client_id="another")
    del tables_of(memory).store[None, 2]

    assert flaws_in(memory) == [
        ("the platform", "entry 2 is missing"),
        (name_of(knots), "entry 2 was changed"),
    ]
