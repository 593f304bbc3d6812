"""The feed of outgoing events: whose events a caller reads, and what is recorded of it."""

from dataclasses import replace
from uuid import uuid4

import pytest

from accounts.domain.access import (
    OPERATOR,
    InsufficientAuthentication,
    NotPermitted,
    OrgRole,
    Principal,
    Right,
    Scope,
)
from accounts.domain.organizations.entities import Organization
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import OutgoingEvent
from tests.events.recording import an_event, recorded
from tests.support.builders import a_principal
from tests.support.tenants import acts_in, has_member, has_organization, has_root
from tests.support.worlds import World

CLIENT_OF_PLATFORM = replace(
    a_principal(None, Right.READ_EVENTS), user_id=None, scopes=frozenset({Scope.EVENTS_READ})
)


@pytest.fixture
def school(memory: World) -> Organization:
    return has_organization(memory, slug="knots")


def read(world: World, by: Principal) -> list[OutgoingEvent]:
    page = world.services.event_feed.page_of(limit=100, by=by)
    return [item.event for item in page.items]


@pytest.mark.parametrize("role", [OrgRole.OWNER, OrgRole.ADMIN])
def test_admins_read_the_events_of_their_organization_alone(
    memory: World, school: Organization, role: OrgRole
) -> None:
    own = an_event(org_id=school.id)
    recorded(memory, own, an_event(org_id=uuid4()), an_event())
    ada = has_member(memory, school, role)

    assert read(memory, ada) == [own]
    assert acts_in(memory, school) == []


def test_admins_of_two_organizations_read_the_events_of_both(
    memory: World, school: Organization
) -> None:
    other = has_organization(memory, slug="bends")
    third = has_organization(memory, slug="hitches")
    events = [an_event(org_id=owner.id) for owner in (school, other, third)]
    recorded(memory, *events)
    ada = has_member(memory, school, OrgRole.ADMIN)
    memberships = {**ada.memberships, other.id: OrgRole.OWNER, third.id: OrgRole.INSTRUCTOR}

    assert read(memory, replace(ada, memberships=memberships)) == events[:2]


@pytest.mark.parametrize("role", [OrgRole.INSTRUCTOR, OrgRole.LEARNER])
def test_other_members_read_no_events(memory: World, school: Organization, role: OrgRole) -> None:
    with pytest.raises(NotPermitted):
        read(memory, has_member(memory, school, role))


def test_users_without_an_organization_read_no_events(memory: World) -> None:
    with pytest.raises(NotPermitted):
        read(memory, a_principal(memory.has_user()))


def test_an_admin_without_the_second_factor_is_asked_for_it(memory: World) -> None:
    weak = replace(has_root(memory), rights=frozenset(), withheld=frozenset(Right))

    with pytest.raises(InsufficientAuthentication):
        read(memory, weak)


def test_platform_admins_read_all_events_and_their_access_is_recorded(
    memory: World, school: Organization
) -> None:
    events = [an_event(), an_event(org_id=school.id), an_event(org_id=school.id)]
    recorded(memory, *events)
    root = has_root(memory)

    assert read(memory, root) == events
    (act,) = acts_in(memory, school)
    assert (act.action.value, act.subject_id) == ("looked-into", str(school.id))


@pytest.mark.parametrize("by", [OPERATOR, CLIENT_OF_PLATFORM], ids=["operator", "client"])
def test_clients_of_the_platform_read_all_events(
    memory: World, school: Organization, by: Principal
) -> None:
    events = [an_event(), an_event(org_id=school.id)]
    recorded(memory, *events)

    assert read(memory, by) == events
    assert acts_in(memory, school) == []


def test_the_events_can_be_those_of_a_type(memory: World) -> None:
    wanted = an_event(type=OutgoingEventType.USER_REACTIVATED)
    recorded(memory, an_event(), wanted)

    page = memory.services.event_feed.page_of(limit=10, type_=wanted.type, by=OPERATOR)

    assert [item.event for item in page.items] == [wanted]
