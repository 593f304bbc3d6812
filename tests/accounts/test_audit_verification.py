"""Proving the audit log: whoever changes, takes or adds an entry is found out."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.audit.services.verification import AuditFlaw, AuditReport
from accounts.domain.organizations.entities import Organization
from tests.accounts.auditing import an_act, forget_heads, has_organization, record_act, tables_of
from tests.support.worlds import World


@pytest.fixture
def knots(memory: World) -> Organization:
    """With four entries in its log, beside two in that of the platform."""
    organization = has_organization(memory)
    for place in (organization, None, organization, organization, None, organization):
        record_act(memory.services, an_act(place), by=OPERATOR)
    return organization


def change(memory: World, organization: Organization, sequence: int, **parts: Any) -> None:
    """Give an entry other parts, and leave its hash as it was."""
    place = (organization.id, sequence)
    tables_of(memory).store[place] = replace(tables_of(memory).store[place], **parts)


def forge(memory: World, organization: Organization, sequence: int, **parts: Any) -> None:
    """Give an entry other parts, and the hash that belongs to them."""
    change(memory, organization, sequence, **parts)
    place = (organization.id, sequence)
    tables_of(memory).store[place] = tables_of(memory).store[place].sealed()


def flaws_in(memory: World) -> list[AuditFlaw]:
    return list(memory.services.audit_reader.verify(by=OPERATOR).flaws)


def test_a_log_that_nobody_touched_is_believed(memory: World, knots: Organization) -> None:
    report = memory.services.audit_reader.verify(by=OPERATOR)

    assert report == AuditReport(chains=2, entries=6, flaws=())


def test_an_empty_log_is_believed(memory: World) -> None:
    report = memory.services.audit_reader.verify(by=OPERATOR)

    assert report == AuditReport(chains=0, entries=0, flaws=())


def test_a_chain_of_more_than_is_read_at_once_is_believed(memory: World) -> None:
    for _ in range(1001):
        record_act(memory.services, an_act(), by=OPERATOR)

    report = memory.services.audit_reader.verify(by=OPERATOR)

    assert report == AuditReport(chains=1, entries=1001, flaws=())


@pytest.mark.parametrize("sequence", [1, 2, 4])
def test_an_entry_that_was_changed_is_named(
    memory: World, knots: Organization, sequence: int
) -> None:
    change(memory, knots, sequence, client_id="another")

    assert flaws_in(memory) == [AuditFlaw(org_id=knots.id, reason=f"entry {sequence} was changed")]


@pytest.mark.parametrize("sequence", [1, 3])
def test_an_entry_that_was_forged_does_not_fit_the_next_one(
    memory: World, knots: Organization, sequence: int
) -> None:
    forge(memory, knots, sequence, client_id="another")

    reason = f"entry {sequence + 1} does not follow from the one before"
    assert flaws_in(memory) == [AuditFlaw(org_id=knots.id, reason=reason)]


def test_a_last_entry_that_was_forged_does_not_fit_the_head(
    memory: World, knots: Organization
) -> None:
    forge(memory, knots, 4, client_id="another")

    assert flaws_in(memory) == [AuditFlaw(org_id=knots.id, reason="it ends with another entry")]


@pytest.mark.parametrize("sequence", [1, 2, 3, 4])
def test_an_entry_that_was_taken_out_is_missed(
    memory: World, knots: Organization, sequence: int
) -> None:
    del tables_of(memory).store[knots.id, sequence]

    assert flaws_in(memory) == [AuditFlaw(org_id=knots.id, reason=f"entry {sequence} is missing")]


def test_a_chain_that_was_taken_away_is_missed(memory: World, knots: Organization) -> None:
    for sequence in range(1, 5):
        del tables_of(memory).store[knots.id, sequence]

    assert flaws_in(memory) == [AuditFlaw(org_id=knots.id, reason="entry 1 is missing")]


def test_a_head_that_was_taken_away_is_missed(memory: World, knots: Organization) -> None:
    forget_heads(memory)

    assert flaws_in(memory) == [
        AuditFlaw(org_id=None, reason="its head is missing"),
        AuditFlaw(org_id=knots.id, reason="its head is missing"),
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
def test_another_head_is_a_flaw(
    memory: World, knots: Organization, parts: dict[str, Any], reason: str
) -> None:
    heads = tables_of(memory).heads_store
    heads[knots.id] = replace(heads[knots.id], **parts)

    assert flaws_in(memory) == [AuditFlaw(org_id=knots.id, reason=reason)]


def test_what_was_added_since_is_let_be(memory: World, knots: Organization) -> None:
    heads = tables_of(memory).heads_store
    as_it_was = heads[knots.id]
    record_act(memory.services, an_act(knots), by=OPERATOR)
    heads[knots.id] = as_it_was

    assert flaws_in(memory) == []


def test_an_entry_that_cannot_be_read_is_not_believed(memory: World, knots: Organization) -> None:
    change(memory, knots, 2, act=an_act(knots, after={"share": float("nan")}))

    (flaw,) = flaws_in(memory)
    assert flaw.org_id == knots.id
    assert flaw.reason.startswith("an entry cannot be read: ")


def test_the_flaws_of_every_chain_are_named(memory: World, knots: Organization) -> None:
    change(memory, knots, 2, client_id="another")
    del tables_of(memory).store[None, 2]

    assert flaws_in(memory) == [
        AuditFlaw(org_id=None, reason="entry 2 is missing"),
        AuditFlaw(org_id=knots.id, reason="entry 2 was changed"),
    ]
