"""Audit log repositories: one contract for all stores."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.domain.access import UserId
from accounts.domain.audit.entities import (
    AuditAction,
    AuditEntry,
    AuditHead,
    AuditSelection,
    AuditSide,
)
from accounts.domain.audit.repositories.protocols import NEWEST_FIRST, OLDEST_FIRST
from accounts.domain.organizations.entities import Organization
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from tests.accounts.auditing import an_act, an_entry, delete_heads, has_organization, log_of
from tests.support.blocks import failed_block
from tests.support.builders import NOON
from tests.support.worlds import World

PLATFORM = TenantScope()


def stored(world: World, organization: Organization | None = None, **parts: Any) -> AuditEntry:
    """An entry appended after the current head."""
    entry = an_entry(organization, **parts)
    log = world.repositories.audit_log
    with world.unit_of_work.atomic():
        log.head_for_update(entry.act.org_id, scope=ALL_TENANTS)
        log.append(entry, scope=ALL_TENANTS)
    return entry


def chain(
    world: World, organization: Organization | None = None, *, length: int
) -> list[AuditEntry]:
    return [stored(world, organization, sequence=number + 1) for number in range(length)]


def head_of(world: World, organization: Organization | None = None) -> AuditHead:
    org_id = organization.id if organization else None
    with world.unit_of_work.atomic():
        return world.repositories.audit_log.head_for_update(org_id, scope=ALL_TENANTS)


def test_a_stored_entry_comes_back_equal(world: World) -> None:
    act = an_act(has_organization(world), before={}, after={"roles": ["learner"]}, reason="Why not")

    entry = stored(world, None, act=act)

    (stored_entry,) = world.repositories.audit_log.following(
        act.org_id, after=0, limit=1, scope=TenantScope.into(act.org_id)
    )
    assert stored_entry == entry
    assert stored_entry.hash == stored_entry.computed_hash()


def test_a_stored_entry_without_a_user_comes_back_equal(world: World) -> None:
    entry = stored(world, actor_id=None, request_id="", client_id="command-line")

    assert log_of(world) == [entry]


def test_the_head_of_an_empty_chain_has_sequence_0(world: World) -> None:
    knots = has_organization(world)

    assert head_of(world, knots) == AuditHead(org_id=knots.id)
    assert head_of(world) == AuditHead(org_id=None)
    assert head_of(world) == AuditHead(org_id=None)


def test_the_head_is_the_entry_appended_last(world: World) -> None:
    knots = has_organization(world)
    stored(world)
    _, second = chain(world, knots, length=2)

    assert head_of(world, knots) == AuditHead(org_id=knots.id, sequence=2, hash=second.hash)
    assert head_of(world).sequence == 1


def test_an_entry_rolled_back_was_never_appended(world: World) -> None:
    with failed_block(world.unit_of_work):
        stored(world)

    assert log_of(world) == []
    assert head_of(world) == AuditHead(org_id=None)


def test_the_entries_of_a_chain_are_read_in_order(world: World) -> None:
    knots = has_organization(world)
    first, second, third, fourth = chain(world, knots, length=4)
    stored(world)
    stored(world, has_organization(world, "sails"))
    log, scope = world.repositories.audit_log, TenantScope.into(knots.id)

    assert log.following(knots.id, after=0, limit=9, scope=scope) == [
        first,
        second,
        third,
        fourth,
    ]
    assert log.following(knots.id, after=1, limit=2, scope=scope) == [second, third]
    assert log.following(knots.id, after=4, limit=9, scope=scope) == []


def test_pages_begin_with_the_last_entry(world: World) -> None:
    knots = has_organization(world)
    first, second, third = chain(world, knots, length=3)
    stored(world)
    log, scope = world.repositories.audit_log, TenantScope.into(knots.id)

    page = log.page_of(knots.id, PageRequest(limit=2), scope=scope)
    rest = log.page_of(knots.id, PageRequest(limit=2, cursor=page.next_cursor), scope=scope)

    assert page.items == (third, second)
    assert (rest.items, rest.next_cursor) == ((first,), None)


def test_a_page_of_the_platform_contains_only_its_own_chain(world: World) -> None:
    stored(world, has_organization(world))
    own = stored(world)

    page = world.repositories.audit_log.page_of(None, PageRequest(), scope=PLATFORM)

    assert page.items == (own,)


def test_heads_list_the_platform_first_then_organizations(world: World) -> None:
    schools = [has_organization(world, f"school-{number}") for number in range(4)]
    for school in schools:
        chain(world, school, length=2)
    stored(world)

    heads = world.repositories.audit_log.heads(scope=ALL_TENANTS)

    ids = sorted((school.id for school in schools), key=lambda org_id: org_id.hex)
    assert [head.org_id for head in heads] == [None, *ids]
    assert [head.sequence for head in heads] == [1, 2, 2, 2, 2]


def test_a_chain_without_a_head_has_sequence_0(world: World) -> None:
    knots = has_organization(world)
    world.repositories.audit_log.append(an_entry(knots), scope=ALL_TENANTS)
    delete_heads(world)

    heads = world.repositories.audit_log.heads(scope=TenantScope.into(knots.id))

    assert heads == [AuditHead(org_id=knots.id)]


def test_a_chain_outside_the_scope_is_empty(world: World) -> None:
    knots, sails = has_organization(world), has_organization(world, "sails")
    stored(world, knots)
    own, platform = stored(world, sails), stored(world)
    log, scope = world.repositories.audit_log, TenantScope.into(sails.id)

    assert log.following(knots.id, after=0, limit=9, scope=scope) == []
    assert log.page_of(knots.id, PageRequest(), scope=scope).items == ()
    assert log.following(sails.id, after=0, limit=9, scope=scope) == [own]
    assert log.page_of(None, PageRequest(), scope=scope).items == (platform,)
    assert [head.org_id for head in log.heads(scope=scope)] == [None, sails.id]
    assert [head.org_id for head in log.heads(scope=PLATFORM)] == [None]


def test_a_chain_without_a_head_outside_the_scope_is_not_listed(world: World) -> None:
    world.repositories.audit_log.append(an_entry(has_organization(world)), scope=ALL_TENANTS)
    delete_heads(world)

    assert world.repositories.audit_log.heads(scope=PLATFORM) == []


def test_nothing_is_appended_outside_the_scope(world: World) -> None:
    knots, sails = has_organization(world), has_organization(world, "sails")
    scope = TenantScope.into(sails.id)

    with pytest.raises(OutsideTenantScope), world.unit_of_work.atomic():
        world.repositories.audit_log.head_for_update(knots.id, scope=scope)
    with pytest.raises(OutsideTenantScope):
        world.repositories.audit_log.append(an_entry(knots), scope=scope)

    assert log_of(world, knots) == []


@pytest.mark.every_database
def test_appending_takes_three_statements_and_two_more_for_a_new_chain(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    log = world.repositories.audit_log
    first, second = an_entry(), an_entry(sequence=2)

    with world.unit_of_work.atomic():
        for entry, statements in ((first, 5), (second, 3)):
            with django_assert_num_queries(statements):
                log.head_for_update(None, scope=PLATFORM)
                log.append(entry, scope=PLATFORM)

    assert log_of(world) == [first, second]


@pytest.mark.every_database
def test_the_statement_count_of_reads_does_not_grow_with_entries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        chain(world, has_organization(world, f"school-{number}"), length=3)
    stored(world)
    log = world.repositories.audit_log

    with django_assert_num_queries(1):
        log.page_of(None, PageRequest(), scope=PLATFORM)
    with django_assert_num_queries(2):
        log.heads(scope=ALL_TENANTS)


def test_several_entries_are_appended_like_one_after_another(world: World) -> None:
    school, log = has_organization(world), world.repositories.audit_log
    first = chain(world, school, length=1)[-1]
    head = AuditHead(org_id=school.id).after(first)
    entries = []
    for _ in range(2):
        entry = an_entry(school, sequence=head.sequence + 1, previous_hash=head.hash)
        entries.append(entry)
        head = head.after(entry)

    with world.unit_of_work.atomic():
        world.repositories.audit_log.append_all(school.id, entries, scope=ALL_TENANTS)
        world.repositories.audit_log.append_all(school.id, [], scope=ALL_TENANTS)

    assert log.following(school.id, after=0, limit=9, scope=ALL_TENANTS) == [first, *entries]
    assert log.heads(scope=ALL_TENANTS)[-1] == head


def selected(world: World, selection: AuditSelection, **paging: Any) -> list[AuditEntry]:
    request, order = PageRequest(**{"limit": 99} | paging), NEWEST_FIRST
    audit_log = world.repositories.audit_log
    return list(audit_log.selected(selection, request, order, scope=ALL_TENANTS).items)


@pytest.fixture
def three(world: World) -> list[AuditEntry]:
    """Bo acts on Anna, Anna acts on Chidi for the School of Knots, and a client acts on itself; newest first."""
    bo, anna, chidi = (UserId(uuid4()) for _ in range(3))
    created, left = AuditAction.USER_CREATED, AuditAction.MEMBER_LEFT
    knots = has_organization(world)
    first = stored(world, actor_id=bo, act=an_act(action=created, subject_id=str(anna)))
    second = stored(
        world,
        knots,
        actor_id=anna,
        act=an_act(knots, action=left, subject_id=str(chidi)),
        occurred_at=NOON + timedelta(hours=1),
    )
    third = stored(
        world,
        sequence=2,
        actor_id=None,
        client_id="timetable",
        act=an_act(subject_id="timetable"),
        occurred_at=NOON + timedelta(hours=2),
        request_id="b" * 32,
    )
    return [third, second, first]


def test_entries_of_all_chains_are_selected_newest_first(
    world: World, three: list[AuditEntry]
) -> None:
    assert selected(world, AuditSelection()) == three


@pytest.mark.parametrize(
    ("side", "numbers"),
    [(AuditSide.EITHER, [1, 2]), (AuditSide.ACTOR, [1]), (AuditSide.SUBJECT, [2])],
)
def test_entries_are_selected_by_who_acted_or_was_acted_on(
    world: World, three: list[AuditEntry], side: AuditSide, numbers: list[int]
) -> None:
    anna = frozenset({str(three[1].actor_id)})

    entries = selected(world, AuditSelection(parties=anna, side=side))

    assert entries == [three[number] for number in numbers]


def test_a_client_is_selected_where_it_acted_for_itself(
    world: World, three: list[AuditEntry]
) -> None:
    stored(world, sequence=3, client_id="timetable")

    selection = AuditSelection(parties=frozenset({"timetable"}), side=AuditSide.ACTOR)

    assert selected(world, selection) == [three[0]]


def test_entries_are_selected_by_action_organization_client_reference_and_time(
    world: World, three: list[AuditEntry]
) -> None:
    third, second, first = three
    begin, later = first.occurred_at, second.occurred_at

    for parts, expected in (
        ({"actions": frozenset({AuditAction.USER_CREATED})}, [first]),
        ({"org_id": second.act.org_id}, [second]),
        ({"client_id": "timetable"}, [third]),
        ({"reference": third.request_id}, [third]),
        ({"reference": str(first.id)}, [first]),
        ({"since": later}, [third, second]),
        ({"since": begin, "until": later}, [first]),
        ({"parties": frozenset()}, []),
    ):
        assert selected(world, AuditSelection(**parts)) == expected


def test_selected_entries_are_paged_in_both_orders(world: World, three: list[AuditEntry]) -> None:
    log, everything = world.repositories.audit_log, AuditSelection()
    for order, expected in ((NEWEST_FIRST, three), (OLDEST_FIRST, three[::-1])):
        first = log.selected(everything, PageRequest(limit=2), order, scope=ALL_TENANTS)
        request = PageRequest(limit=2, cursor=first.next_cursor)
        second = log.selected(everything, request, order, scope=ALL_TENANTS)

        assert [*first.items, *second.items] == expected
        assert second.next_cursor is None


def test_entries_outside_the_scope_are_not_selected(world: World, three: list[AuditEntry]) -> None:
    log = world.repositories.audit_log

    page = log.selected(AuditSelection(), PageRequest(), NEWEST_FIRST, scope=PLATFORM)

    assert list(page.items) == [three[0], three[2]]
