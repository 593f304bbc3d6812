"""Lists of what has changed since a time: one contract for all stores."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR, OrgRole
from accounts.domain.identity.entities.users import UserChanges
from authsvc.kernel.paging import Page, PageRequest, all_items
from courses.domain.entities.courses import Course
from credentials.domain.entities.credentials import IssuedSelection
from tests.support.builders import NOON, a_definition_of, a_principal
from tests.support.learning import Learner, a_credential_for
from tests.support.tenants import has_membership, has_organization
from tests.support.worlds import World

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Changing:
    """A list with two things, added an hour apart, and a change of the first."""

    page: Callable[[PageRequest, datetime | None], Page[Any]]
    add: Callable[[], object]
    change_first: Callable[[], object]
    key: Callable[[Any], object]

    def keys(self, since: datetime | None, *, limit: int = 100) -> list[object]:
        items: list[object] = []
        request = PageRequest(limit=limit)
        while True:
            page = self.page(request, since)
            items += [self.key(item) for item in page.items]
            if page.next_cursor is None:
                return items
            request = replace(request, cursor=page.next_cursor)


def users(world: World) -> Changing:
    added: list[Any] = []

    def add() -> None:
        added.append(world.has_user(created_at=world.clock.now()))

    return Changing(
        page=lambda request, since: world.repositories.users.page_of(request, changed_since=since),
        add=add,
        change_first=lambda: world.services.users.edit(
            added[0].id, UserChanges(is_active=False), by=OPERATOR
        ),
        key=lambda user: user.id,
    )


def members(world: World) -> Changing:
    school, added = has_organization(world), list[Any]()

    def add() -> None:
        added.append(has_membership(world, school, joined_at=world.clock.now()))

    return Changing(
        page=lambda request, since: world.services.members.page_of(
            school.id, request, changed_since=since, by=OPERATOR
        ),
        add=add,
        change_first=lambda: world.services.members.assign(
            school.id, added[0].user_id, role=OrgRole.INSTRUCTOR, by=OPERATOR
        ),
        key=lambda member: member.membership.user_id,
    )


def published(world: World, org_id: Any = None) -> Course:
    draft = world.services.authoring.create(a_definition_of(required=1), org_id=org_id, by=OPERATOR)
    return world.services.authoring.publish(draft.slug, by=OPERATOR)


@dataclass
class Class:
    """Learners of one course, of an organization or of the platform."""

    world: World
    course: Course

    def __post_init__(self) -> None:
        self.learners = list[Learner]()

    def enrol(self) -> Learner:
        user = self.world.has_user()
        principal = a_principal(user)
        if self.course.org_id is not None:
            principal = replace(principal, memberships={self.course.org_id: OrgRole.LEARNER})
        learner = Learner(services=self.world.services, principal=principal)
        learner.enrols(self.course)
        self.learners.append(learner)
        return learner


def learners(world: World) -> Changing:
    knots = Class(world, published(world))
    return Changing(
        page=lambda request, since: world.services.progress.learners_of(
            knots.course.slug, request, changed_since=since, by=OPERATOR
        ),
        add=knots.enrol,
        change_first=lambda: knots.learners[0].withdraws(knots.course),
        key=lambda progress: progress.user_id,
    )


def progress_in_an_organization(world: World) -> Changing:
    school = has_organization(world)
    knots = Class(world, published(world, school.id))
    return Changing(
        page=lambda request, since: world.services.progress.page_in(
            school.id, request, changed_since=since, by=OPERATOR
        ),
        add=knots.enrol,
        change_first=lambda: knots.learners[0].withdraws(knots.course),
        key=lambda progress: progress.user_id,
    )


def issued_credentials(world: World) -> Changing:
    school = has_organization(world)
    knots = Class(world, published(world, school.id))
    a_credential_for(world.services, knots.course)

    def add() -> None:
        anna = knots.enrol()
        (item,) = world.services.catalog.version(
            knots.course.id, knots.course.version, scope=anna.principal.member_scope
        ).outline.items
        anna.completes(knots.course, item.id)

    def revoke() -> None:
        (held,) = knots.learners[0].held()
        world.services.issuing.revoke(held.issued.id, reason="Copied.", by=OPERATOR)

    return Changing(
        page=lambda request, since: world.services.issuing.page_of(
            IssuedSelection(org_id=school.id, changed_since=since, at=world.clock.now()),
            request,
            by=OPERATOR,
        ),
        add=add,
        change_first=revoke,
        key=lambda verification: verification.issued.user_id,
    )


LISTS: Final = [users, members, learners, progress_in_an_organization, issued_credentials]


@pytest.mark.parametrize("listing", LISTS)
def test_a_list_has_what_was_added_or_changed_at_a_time_or_later(
    world: World, listing: Callable[[World], Changing]
) -> None:
    things = listing(world)
    things.add()
    (first,) = things.keys(None)
    world.clock.go_on(hours=1)
    things.add()
    (second,) = set(things.keys(None)) - {first}

    assert set(things.keys(NOON)) == {first, second}
    assert things.keys(NOON + timedelta(seconds=1)) == [second]
    assert things.keys(NOON + HOUR) == [second]
    assert things.keys(NOON + HOUR + timedelta(seconds=1)) == []

    world.clock.go_on(hours=1)
    things.change_first()

    assert things.keys(NOON + 2 * HOUR) == [first]
    assert things.keys(NOON + 2 * HOUR + timedelta(seconds=1)) == []


@pytest.mark.parametrize("listing", LISTS)
def test_the_pages_of_changes_are_those_of_the_list(
    world: World, listing: Callable[[World], Changing]
) -> None:
    things = listing(world)
    for _ in range(4):
        things.add()
        world.clock.go_on(hours=1)
    things.change_first()

    changed = things.keys(NOON + 2 * HOUR, limit=1)

    assert len(changed) == len(set(changed)) == 3
    assert changed == [key for key in things.keys(None) if key in set(changed)]


def test_what_does_not_change_a_user_is_no_change(world: World) -> None:
    user = world.has_user()
    world.clock.go_on(hours=1)

    world.services.users.edit(user.id, UserChanges(is_active=True), by=OPERATOR)
    world.services.users.set_password(user.id, password="a short way back", by=OPERATOR)

    def page(request: PageRequest) -> Page[Any]:
        return world.repositories.users.page_of(request, changed_since=NOON + HOUR)

    assert list(all_items(page)) == []


def test_another_address_is_a_change_of_the_user(world: World) -> None:
    user = world.has_user()
    world.clock.go_on(hours=1)

    world.services.emails.verify(user.id, email="other@school.example")

    page = world.repositories.users.page_of(PageRequest(), changed_since=NOON + HOUR)
    assert [changed.id for changed in page.items] == [user.id]
