"""Audit log service: recording and reading."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import (
    OPERATOR,
    NotPermitted,
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    Principal,
    Right,
)
from accounts.domain.audit.entities import GENESIS_HASH, AuditAction, SubjectType
from accounts.domain.organizations.errors import OrganizationNotFound
from authsvc.config.logs import request_id
from authsvc.kernel.paging import PageRequest
from tests.accounts.auditing import a_member, an_act, has_organization, log_of, record_act
from tests.support.blocks import failed_block
from tests.support.builders import NOON, a_principal
from tests.support.worlds import World

ROOT = a_principal(None, *Right)


def readings(world: World, org_id: OrganizationId, by: Principal) -> list[Any]:
    """Both methods that read the log, as callables."""
    reader = world.services.audit_reader
    return [
        lambda: reader.page_of(org_id, PageRequest(), by=by).items,
        lambda: reader.export(org_id, by=by),
    ]


def test_an_entry_has_actor_action_time_and_request(memory: World) -> None:
    knots, anna = has_organization(memory), a_principal()
    token = request_id.set("the-request-of-anna")

    record_act(memory.services, an_act(knots), by=anna)
    request_id.reset(token)

    (entry,) = log_of(memory, knots)
    assert entry.act == an_act(knots)
    assert (entry.actor_id, entry.client_id) == (anna.user_id, anna.client_id)
    assert (entry.request_id, entry.occurred_at) == ("the-request-of-anna", NOON)
    assert (entry.sequence, entry.previous_hash) == (1, GENESIS_HASH)
    assert entry.hash == entry.computed_hash()


def test_entries_of_commands_have_no_user_and_no_request(memory: World) -> None:
    record_act(memory.services, an_act(), by=OPERATOR)

    (entry,) = log_of(memory)
    assert (entry.actor_id, entry.client_id, entry.request_id) == (None, "command-line", "")


def test_each_organization_and_the_platform_have_their_own_chains(memory: World) -> None:
    knots, sails = has_organization(memory), has_organization(memory, "sails")

    for organization in (knots, None, knots, sails):
        record_act(memory.services, an_act(organization), by=ROOT)

    first, second = log_of(memory, knots)
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous_hash == first.hash
    for organization in (sails, None):
        (only,) = log_of(memory, organization)
        assert (only.sequence, only.previous_hash) == (1, GENESIS_HASH)


def test_what_is_rolled_back_is_not_recorded(memory: World) -> None:
    with failed_block(memory.unit_of_work):
        record_act(memory.services, an_act(), by=ROOT)

    assert log_of(memory) == []


def test_an_owner_reads_the_last_entry_first(memory: World) -> None:
    knots = has_organization(memory)
    for _ in range(3):
        record_act(memory.services, an_act(knots), by=ROOT)
    owner, page_of = a_member(knots), memory.services.audit_reader.page_of

    page = page_of(knots.id, PageRequest(limit=2), by=owner)
    rest = page_of(knots.id, PageRequest(limit=2, cursor=page.next_cursor), by=owner)

    assert [entry.sequence for entry in page.items] == [3, 2]
    assert [entry.sequence for entry in rest.items] == [1]
    assert rest.next_cursor is None


def test_an_owner_exports_the_whole_chain_the_first_entry_first(memory: World) -> None:
    knots = has_organization(memory)
    record_act(memory.services, an_act(), by=ROOT)
    for _ in range(1001):
        record_act(memory.services, an_act(knots), by=ROOT)

    exported = list(memory.services.audit_reader.export(knots.id, by=a_member(knots)))

    assert [entry.sequence for entry in exported] == list(range(1, 1002))
    assert {entry.act.org_id for entry in exported} == {knots.id}


@pytest.mark.parametrize("role", [OrgRole.ADMIN, OrgRole.INSTRUCTOR, OrgRole.LEARNER])
def test_members_who_are_not_owners_may_not_read_the_log(memory: World, role: OrgRole) -> None:
    knots = has_organization(memory)

    for reading in readings(memory, knots.id, a_member(knots, role)):
        with pytest.raises(NotPermitted) as error:
            reading()

        assert error.value.facts == {"right": "read-audit"}


def test_for_others_the_organization_is_not_found(memory: World) -> None:
    knots, sails = has_organization(memory), has_organization(memory, "sails")
    strangers = [a_principal(), a_member(sails), a_principal(None, Right.READ_AUDIT)]

    for by in strangers:
        for reading in readings(memory, knots.id, by):
            with pytest.raises(OrganizationNotFound):
                reading()

    assert log_of(memory, knots) == []


@pytest.mark.parametrize("status", [None, OrganizationStatus.DELETED])
def test_an_unknown_organization_has_no_log(
    memory: World, status: OrganizationStatus | None
) -> None:
    org_id = OrganizationId(uuid4())
    if status:
        has_organization(memory, id=org_id, status=status)

    for reading in readings(memory, org_id, ROOT):
        with pytest.raises(OrganizationNotFound):
            reading()


def test_access_by_a_non_member_is_recorded_at_once(memory: World) -> None:
    knots = has_organization(memory, status=OrganizationStatus.SUSPENDED)

    entries = [list(reading()) for reading in readings(memory, knots.id, ROOT)]

    first, second = log_of(memory, knots)
    assert entries == [[first], [first, second]]
    for entry in (first, second):
        assert entry.act.action is AuditAction.LOOKED_INTO
        assert entry.act.subject_type is SubjectType.ORGANIZATION
        assert entry.act.subject_id == str(knots.id)
        assert entry.actor_id == ROOT.user_id


def test_access_by_a_member_is_not_recorded(memory: World) -> None:
    knots = has_organization(memory)
    own_root = replace(ROOT, memberships={knots.id: OrgRole.LEARNER})

    for by in (a_member(knots), own_root):
        for reading in readings(memory, knots.id, by):
            assert list(reading()) == []


def test_verification_requires_the_right_to_manage_organizations(memory: World) -> None:
    rights = set(Right) - {Right.MANAGE_ORGANIZATIONS}

    with pytest.raises(NotPermitted):
        memory.services.verifier.verify(by=a_principal(None, *rights))
