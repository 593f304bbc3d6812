"""Races between members of one organization."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Final

import pytest
from django.db import connection, connections

from accounts import models as rows
from accounts.domain.access import OPERATOR, OrganizationId, OrgRole, Principal, UserId
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.services.members import MemberService
from authsvc.composition.container import Services
from authsvc.kernel.errors import DomainError
from authsvc.kernel.paging import PageRequest
from tests.accounts.inviting import BO, is_invited, pending
from tests.concurrency.waiting import wait_until_blocked
from tests.support.databases import empty_the_log
from tests.support.patience import PATIENCE
from tests.support.tenants import acts_in, has_guest, has_member, has_organization, into
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.postgres

DONE: Final = "done"
ROUNDS: Final = 5


@pytest.fixture
def town(committing: None) -> Iterator[World]:
    """A world that all threads see; its data is deleted afterwards."""
    there = set(rows.User.objects.values_list("pk", flat=True))
    yield orm_world()
    empty_the_log(rows.AuditEntry)
    for kind in (
        rows.AuditHead,
        rows.OrgMembership,
        rows.Invitation,
        rows.Organization,
        rows.OutgoingMail,
        rows.LimitState,
    ):
        kind.objects.all().delete()
    rows.User.objects.exclude(pk__in=there).delete()


def outcome_of(act: Callable[[], object]) -> str:
    """The result of the act on a connection of its own, or its domain error."""
    try:
        act()
    except DomainError as error:
        return error.code
    else:
        return DONE
    finally:
        connections.close_all()


def at_once(*acts: Callable[[], object]) -> Counter[str]:
    """The outcomes of simultaneous acts."""
    barrier = Barrier(len(acts))

    def do(act: Callable[[], object]) -> str:
        barrier.wait(timeout=PATIENCE)
        return outcome_of(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(do, acts))


def roles_in(world: World, school: Organization) -> dict[UserId, OrgRole]:
    page = world.repositories.memberships.page_of(
        school.id, PageRequest(limit=100), scope=into(school)
    )
    return {member.membership.user_id: member.membership.role for member in page.items}


def owned_by_two(world: World) -> tuple[Organization, Principal, Principal]:
    school = has_organization(world)
    anna, bo = (has_member(world, school, OrgRole.OWNER) for _ in range(2))
    return school, anna, bo


OwnersAct = Callable[[MemberService, OrganizationId, Principal, Principal], object]
RACES_OF_OWNERS: Final[dict[str, tuple[OwnersAct, str, list[OrgRole]]]] = {
    "demoting each other": (
        lambda members, school, own, other: members.assign(
            school, other.person, role=OrgRole.ADMIN, by=own
        ),
        "not-permitted",
        [OrgRole.OWNER, OrgRole.ADMIN],
    ),
    "stepping down": (
        lambda members, school, own, other: members.assign(
            school, own.person, role=OrgRole.LEARNER, by=own
        ),
        "last-owner",
        [OrgRole.OWNER, OrgRole.LEARNER],
    ),
    "leaving": (
        lambda members, school, own, other: members.remove(school, own.person, by=own),
        "last-owner",
        [OrgRole.OWNER],
    ),
    "removing each other": (
        lambda members, school, own, other: members.remove(school, other.person, by=own),
        "not-permitted",
        [OrgRole.OWNER],
    ),
}
"""What each of two owners does, the error of the slower one, and the roles that remain."""


@pytest.mark.parametrize("race", RACES_OF_OWNERS)
def test_of_two_owners_who_go_at_once_one_stays(town: World, race: str) -> None:
    act, error, roles = RACES_OF_OWNERS[race]
    for _ in range(ROUNDS):
        school, anna, bo = owned_by_two(town)
        go = partial(act, town.services.members, school.id)

        outcomes = at_once(partial(go, anna, bo), partial(go, bo, anna))

        assert outcomes == {DONE: 1, error: 1}
        assert Counter(roles_in(town, school).values()) == Counter(roles)


def test_of_eight_who_accept_an_invitation_at_once_one_joins(town: World) -> None:
    school, bo = has_organization(town), has_guest(town, email=BO)
    token = is_invited(town, school)

    outcomes = at_once(*[lambda: town.services.invitations.accept(token, by=bo)] * 8)

    assert outcomes == {DONE: 1, "invitation-not-found": 7}
    assert roles_in(town, school)[bo.person] is OrgRole.LEARNER
    assert len(roles_in(town, school)) == 2


def test_of_eight_who_take_the_same_person_in_at_once_one_succeeds(town: World) -> None:
    school, anna = has_organization(town), has_guest(town)
    add = town.services.members.add

    outcomes = at_once(
        *[lambda: add(school.id, anna.person, role=OrgRole.LEARNER, by=OPERATOR)] * 8
    )

    assert outcomes == {DONE: 1, "already-member": 7}
    assert len(acts_in(town, school)) == 1


def test_eight_who_are_taken_in_at_once_are_all_in_and_recorded_in_one_chain(town: World) -> None:
    school, people = has_organization(town), [has_guest(town) for _ in range(8)]
    owner, add = has_member(town, school, OrgRole.OWNER), town.services.members.add

    outcomes = at_once(
        *[
            partial(add, school.id, person.person, role=OrgRole.LEARNER, by=OPERATOR)
            for person in people
        ]
    )

    assert outcomes == {DONE: 8}
    assert roles_in(town, school).keys() == {person.person for person in (owner, *people)}
    assert {act.subject_id for act in acts_in(town, school)} == {
        str(person.person) for person in people
    }
    assert town.services.verifier.verify(by=OPERATOR, only=["audit-log"]).is_clean


def test_of_eight_simultaneous_creations_of_an_organization_with_one_slug_one_succeeds(
    town: World,
) -> None:
    create = town.services.organizations.create
    people = [has_guest(town) for _ in range(8)]

    outcomes = at_once(
        *[partial(create, name="Knots", slug="knots", by=person) for person in people]
    )

    assert outcomes == {DONE: 1, "organization-slug-taken": 7}
    roles = [
        own.role
        for person in people
        for own in town.repositories.organizations.for_user(person.person)
    ]
    assert roles == [OrgRole.OWNER]


def test_of_eight_invitations_of_an_address_at_once_one_stands(town: World) -> None:
    school = has_organization(town)
    owner, invite = has_member(town, school, OrgRole.OWNER), town.services.invitations.invite

    outcomes = at_once(*[lambda: invite(school.id, email=BO, role=OrgRole.LEARNER, by=owner)] * 8)

    assert outcomes == {DONE: 8}
    assert len(pending(town, school)) == 1


def test_a_budget_is_exact_when_eight_invite_at_once(town: World) -> None:
    school = has_organization(town)
    owner = has_member(town, school, OrgRole.OWNER)
    policy = replace(town.services.ports.limit_policy, mails_per_person=5)
    limited = Services(
        repositories=town.repositories,
        ports=replace(town.services.ports, limit_policy=policy),
        unit_of_work=town.unit_of_work,
    )

    outcomes = at_once(
        *(
            partial(
                limited.invitations.invite,
                school.id,
                email=f"guest-{number}@school.example",
                role=OrgRole.LEARNER,
                by=owner,
            )
            for number in range(8)
        )
    )

    assert outcomes == {DONE: 5, "mail-budget-spent": 3}
    assert len(pending(town, school)) == 5


def outcome_after(world: World, change: Callable[[], object], act: Callable[[], object]) -> str:
    """The outcome of an act that has begun and waits until a change of the organization is committed."""
    with ThreadPoolExecutor(1) as pool:
        with world.unit_of_work.atomic():
            change()
            waiting: Future[str] = pool.submit(outcome_of, act)
            with connection.cursor() as cursor:
                wait_until_blocked(waiting, by=cursor)
        return waiting.result(timeout=PATIENCE)


def test_nobody_joins_an_organization_that_is_being_suspended(town: World) -> None:
    school, bo = has_organization(town), has_guest(town, email=BO)
    token = is_invited(town, school)
    organizations, invitations = town.services.organizations, town.services.invitations

    outcome = outcome_after(
        town,
        lambda: organizations.suspend(school.id, reason="Unpaid", by=OPERATOR),
        lambda: invitations.accept(token, by=bo),
    )

    assert outcome == "invitation-not-found"
    assert bo.person not in roles_in(town, school)
    assert len(pending(town, school)) == 1


def test_an_organization_that_is_being_suspended_adds_nobody(town: World) -> None:
    school, bo = has_organization(town), has_guest(town)
    organizations, members = town.services.organizations, town.services.members

    outcome = outcome_after(
        town,
        lambda: organizations.suspend(school.id, reason="Unpaid", by=OPERATOR),
        lambda: members.add(school.id, bo.person, role=OrgRole.LEARNER, by=OPERATOR),
    )

    assert outcome == "organization-suspended"
    assert bo.person not in roles_in(town, school)


def test_a_member_who_is_being_removed_acts_no_more(town: World) -> None:
    school, anna, bo = owned_by_two(town)
    guest, members = has_guest(town), town.services.members

    outcome = outcome_after(
        town,
        lambda: members.remove(school.id, bo.person, by=anna),
        lambda: members.add(school.id, guest.person, role=OrgRole.LEARNER, by=bo),
    )

    assert outcome == "not-permitted"
    assert roles_in(town, school) == {anna.person: OrgRole.OWNER}
