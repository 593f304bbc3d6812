"""Anchor repositories, and what anchors and bindings read of the audit log: one contract for all stores."""

from typing import Any

import pytest

from accounts.domain.audit.entities import Anchor, AuditAction, AuditEntry, SubjectType
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from tests.accounts.auditing import an_act, an_entry, has_organization
from tests.support.worlds import World


def an_anchor(sequence: int = 1, token: str = "a.b.c") -> Anchor:
    return Anchor(sequence=sequence, token=token, public_key={"kid": "k", "kty": "EC"})


def appended(world: World, entry: AuditEntry) -> AuditEntry:
    with world.unit_of_work.atomic():
        world.repositories.audit_log.head_for_update(entry.act.org_id, scope=ALL_TENANTS)
        world.repositories.audit_log.append(entry, scope=ALL_TENANTS)
    return entry


def test_without_an_anchor_there_is_no_last_one(world: World) -> None:
    assert world.repositories.anchors.last() is None
    assert list(world.repositories.anchors.in_order()) == []


def test_anchors_are_stored_as_they_were_added(world: World) -> None:
    second, first = an_anchor(2), an_anchor(1)

    assert world.repositories.anchors.add(second)
    assert world.repositories.anchors.add(first)

    assert list(world.repositories.anchors.in_order()) == [first, second]
    assert world.repositories.anchors.last() == second


def test_a_number_is_taken_once(world: World) -> None:
    world.repositories.anchors.add(an_anchor())

    assert not world.repositories.anchors.add(an_anchor(token="d.e.f"))
    assert world.repositories.anchors.last() == an_anchor()


def test_the_log_is_read_by_position_across_all_chains(world: World) -> None:
    audit_log = world.repositories.audit_log
    entries = [
        appended(world, an_entry()),
        appended(world, an_entry(has_organization(world))),
        appended(world, an_entry(sequence=2)),
    ]

    positions, hashes = zip(*audit_log.hashes(after=0), strict=True)

    assert list(hashes) == [entry.hash for entry in entries]
    assert list(positions) == sorted(set(positions))
    assert audit_log.count() == 3
    assert audit_log.settled_position() == audit_log.last_position() == positions[-1]
    assert list(audit_log.hashes(after=positions[0], up_to=positions[1])) == [
        (positions[1], hashes[1])
    ]


def test_an_empty_log_is_settled_at_zero(world: World) -> None:
    assert world.repositories.audit_log.settled_position() == 0
    assert world.repositories.audit_log.last_position() == 0
    assert world.repositories.audit_log.count() == 0


@pytest.mark.parametrize("member", ["version", "bound"])
def test_entries_that_state_a_version_or_a_hash_are_read_in_order(
    world: World, member: str
) -> None:
    audit_log, harbour = world.repositories.audit_log, has_organization(world)
    of_course: dict[str, Any] = {
        "subject_type": SubjectType.COURSE,
        "action": AuditAction.COURSE_PUBLISHED,
    }
    first = appended(world, an_entry(act=an_act(**of_course, after={member: 1})))
    appended(world, an_entry(sequence=2, act=an_act(**of_course, after={"title": "Knots"})))
    appended(world, an_entry(sequence=3, act=an_act(after={member: 1})))
    other = appended(world, an_entry(act=an_act(harbour, **of_course, after={member: 2})))

    everywhere = list(audit_log.binding(SubjectType.COURSE, scope=ALL_TENANTS))
    of_platform = list(audit_log.binding(SubjectType.COURSE, scope=TenantScope()))

    assert [row.item for row in everywhere] == [first, other]
    assert [row.item for row in of_platform] == [first]
    assert everywhere[0].key == first.act.subject_id
