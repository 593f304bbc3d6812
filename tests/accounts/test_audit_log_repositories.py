"""Audit log repositories: one contract for all stores."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.domain.audit.entities import AuditEntry, AuditHead
from accounts.domain.organizations.entities import Organization
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from tests.accounts.auditing import an_act, an_entry, delete_heads, has_organization, log_of
from tests.support.blocks import failed_block
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
