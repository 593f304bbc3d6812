"""Audit entities: acts, entries and their hashes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import OrganizationId, UserId
from accounts.domain.audit.entities import (
    GENESIS_HASH,
    AuditAction,
    AuditEntryId,
    AuditHead,
    SubjectType,
)
from tests.accounts.auditing import an_act, an_entry
from tests.support.builders import NOON


def test_an_act_contains_only_members_that_differ() -> None:
    before = {"name": "Knots", "plan": "free", "status": "active", "gone": 1}
    after = {"name": "Knots", "plan": "team", "status": "active", "new": 2}

    act = an_act().of_changes(before, after)

    assert act.before == {"gone": 1, "plan": "free"}
    assert act.after == {"new": 2, "plan": "team"}
    assert replace(act, before={}, after={}) == an_act(before={}, after={})


def test_absent_and_none_members_do_not_differ() -> None:
    act = an_act().of_changes({}, {"roles": [], "is_staff": False, "expires_at": None})

    assert (act.before, act.after) == ({}, {"roles": [], "is_staff": False})


def test_a_sealed_entry_has_its_computed_hash() -> None:
    entry = an_entry()

    assert entry.hash == entry.computed_hash()
    assert len(entry.hash) == 64


@pytest.mark.parametrize(
    "parts",
    [
        {"id": AuditEntryId(uuid4())},
        {"sequence": 2},
        {"actor_id": UserId(uuid4())},
        {"actor_id": None},
        {"client_id": "command-line"},
        {"request_id": "b" * 32},
        {"occurred_at": NOON + timedelta(microseconds=1)},
        {"previous_hash": "1" * 64},
        {"act": an_act(action=AuditAction.MEMBER_ADDED)},
        {"act": an_act(subject_type=SubjectType.USER)},
        {"act": an_act(subject_id="somebody")},
        {"act": an_act(org_id=OrganizationId(uuid4()))},
        {"act": an_act(before={"role": "owner"})},
        {"act": an_act(before={})},
        {"act": an_act(after={"role": "owner"})},
        {"act": an_act(reason="For fun")},
    ],
)
def test_the_hash_covers_every_other_member(parts: dict[str, Any]) -> None:
    entry = an_entry(act=an_act())

    changed = replace(entry, **parts)

    assert changed != entry
    assert changed.computed_hash() != entry.hash


def test_the_head_of_an_empty_chain_is_its_start() -> None:
    assert AuditHead(org_id=None) == AuditHead(org_id=None, sequence=0, hash=GENESIS_HASH)


def test_the_head_moves_to_the_entry_added() -> None:
    org_id, entry = OrganizationId(uuid4()), an_entry(sequence=7)

    head = AuditHead(org_id=org_id).after(entry)

    assert head == AuditHead(org_id=org_id, sequence=7, hash=entry.hash)
