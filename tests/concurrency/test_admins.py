"""Races between the last admins of the platform."""

from collections.abc import Callable, Iterator
from typing import Final

import pytest

from accounts import models as rows
from accounts.domain.access import Principal, Role
from accounts.domain.identity.entities.users import UserChanges
from tests.concurrency.test_organizations import DONE, ROUNDS, at_once
from tests.support.databases import empty_the_log
from tests.support.tenants import has_root
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.postgres

LOSSES: Final = {
    "demotion": UserChanges(roles=[], is_staff=False),
    "deactivation": UserChanges(is_active=False),
}


@pytest.fixture
def town(committing: None) -> Iterator[World]:
    """A world that all threads see, without other admins; its data is deleted afterwards."""
    there = set(rows.User.objects.values_list("pk", flat=True))
    yield orm_world()
    empty_the_log(rows.AuditEntry)
    rows.AuditHead.objects.all().delete()
    rows.User.objects.exclude(pk__in=there).delete()


def edits(
    world: World, target: Principal, changes: UserChanges, by: Principal
) -> Callable[[], object]:
    return lambda: world.services.users.edit(target.person, changes, by=by)


def no_more_admins() -> None:
    rows.User.objects.filter(is_superuser=True).update(
        is_superuser=False, roles=[Role.LEARNER.value]
    )


@pytest.mark.parametrize("changes", LOSSES.values(), ids=LOSSES)
def test_of_two_admins_who_remove_each_other_one_wins(town: World, changes: UserChanges) -> None:
    for _ in range(ROUNDS):
        anna, bo = has_root(town), has_root(town)

        outcomes = at_once(edits(town, bo, changes, anna), edits(town, anna, changes, bo))

        assert outcomes == {DONE: 1, "last-admin": 1}
        with town.unit_of_work.atomic():
            (last,) = town.repositories.users.admins_for_update()
        assert last in (anna.person, bo.person)
        no_more_admins()


def test_an_admin_who_is_being_removed_removes_nobody(town: World) -> None:
    for _ in range(ROUNDS):
        anna, bo = has_root(town), has_root(town)
        has_root(town)
        changes = LOSSES["demotion"]

        outcomes = at_once(edits(town, bo, changes, anna), edits(town, anna, changes, bo))

        assert outcomes == {DONE: 1, "not-permitted": 1}
        no_more_admins()
