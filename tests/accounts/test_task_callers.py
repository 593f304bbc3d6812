"""Callers of tasks: the rights with which a task runs."""

from dataclasses import replace
from uuid import uuid4

import pytest

from accounts.domain.access import (
    OPERATOR,
    STAFF_SITE,
    OrgRole,
    Principal,
    Right,
    Role,
    Scope,
    SessionId,
    UserId,
)
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import UserChanges
from accounts.domain.organizations.entities import Organization
from accounts.domain.tasks.entities import TaskPlan
from tests.support.builders import NOON, a_principal, a_session
from tests.support.jobs import stored
from tests.support.tenants import has_member, has_organization
from tests.support.worlds import World


def caller_later(world: World, by: Principal, *, meanwhile: object = None) -> Principal:
    """The caller when a task runs, after what happened meanwhile."""
    task = world.services.tasks.start(TaskPlan(kind="example", scope=Scope.ORGS_READ), by=by)
    if callable(meanwhile):
        meanwhile()
    return world.services.task_callers.caller_of(stored(world, task.id))


@pytest.fixture
def school(memory: World) -> Organization:
    return has_organization(memory)


def test_a_task_runs_with_the_role_of_its_caller(memory: World, school: Organization) -> None:
    olga = has_member(memory, school, OrgRole.OWNER)

    later = caller_later(memory, olga)

    assert (later.user_id, later.memberships) == (olga.user_id, olga.memberships)
    assert later.scopes == olga.scopes


def test_a_task_keeps_no_role_that_its_caller_has_lost(memory: World, school: Organization) -> None:
    has_member(memory, school, OrgRole.OWNER, name="Bo")
    olga = has_member(memory, school, OrgRole.OWNER)

    def demote() -> None:
        memory.services.members.assign(school.id, olga.person, role=OrgRole.LEARNER, by=OPERATOR)

    def leave() -> None:
        memory.services.members.remove(school.id, olga.person, by=OPERATOR)

    assert caller_later(memory, olga, meanwhile=demote).memberships == {school.id: OrgRole.LEARNER}
    assert caller_later(memory, olga, meanwhile=leave).memberships == {}


def test_a_task_gains_no_right_that_its_caller_gets_later(
    memory: World, school: Organization
) -> None:
    olga = has_member(memory, school, OrgRole.INSTRUCTOR)

    def promote() -> None:
        memory.services.members.assign(school.id, olga.person, role=OrgRole.OWNER, by=OPERATOR)
        changes = UserChanges(roles=(Role.ADMIN,))
        memory.services.users.edit(olga.person, changes, by=OPERATOR)

    later = caller_later(memory, olga, meanwhile=promote)

    assert later.memberships == {school.id: OrgRole.INSTRUCTOR}
    assert later.rights == frozenset()


def test_a_suspended_organization_is_left_out(memory: World, school: Organization) -> None:
    olga = has_member(memory, school, OrgRole.OWNER)

    def suspend() -> None:
        memory.services.organizations.suspend(school.id, reason="Unpaid.", by=OPERATOR)

    assert caller_later(memory, olga, meanwhile=suspend).memberships == {}


def test_a_deactivated_or_unknown_user_has_no_right(memory: World) -> None:
    memory.has_user(roles=(Role.ADMIN,), is_staff=True)
    root = memory.has_user(roles=(Role.ADMIN,), is_staff=True)
    by = replace(a_principal(root, *Right), roles=(Role.ADMIN,))

    def deactivate() -> None:
        memory.services.users.edit(root.id, UserChanges(is_active=False), by=OPERATOR)

    assert caller_later(memory, by).rights == frozenset(Right)
    assert caller_later(memory, by, meanwhile=deactivate).rights == frozenset()
    assert caller_later(memory, a_principal(None, *Right)).rights == frozenset()


def test_a_right_that_was_withheld_is_not_given_back(memory: World) -> None:
    root = memory.has_user(roles=(Role.ADMIN,), is_staff=True)
    weak = replace(a_principal(root), withheld=frozenset(Right))

    assert caller_later(memory, weak).rights == frozenset()


def test_staff_without_a_permission_have_no_right_from_the_admin_site(memory: World) -> None:
    class Staff:
        def of(self, user_id: UserId) -> frozenset[Right]:
            return frozenset({Right.MANAGE_USERS})

    user = memory.has_user(is_staff=True)
    by = replace(a_principal(user, Right.MANAGE_USERS, Right.AUTHOR_COURSES), client_id=STAFF_SITE)
    task = memory.services.tasks.start(TaskPlan(kind="example", scope=Scope.ORGS_READ), by=by)
    callers = replace(memory.services.task_callers, staff_rights=Staff())

    assert callers.caller_of(stored(memory, task.id)).rights == {Right.MANAGE_USERS}


def test_a_client_must_still_have_its_session(memory: World, school: Organization) -> None:
    session = a_session(user_id=None, org_id=school.id)
    memory.repositories.sessions.add(session)
    client = Principal(
        user_id=None,
        roles=(),
        rights=frozenset(),
        scopes=frozenset({Scope.ORGS_WRITE}),
        client_id="sync",
        session_id=session.id,
        memberships={school.id: OrgRole.ADMIN},
    )

    def end() -> None:
        ended = session.ended(at=NOON, because=SessionEnd.CLIENT_REMOVED)
        memory.repositories.sessions.save(ended)

    assert caller_later(memory, client).memberships == {school.id: OrgRole.ADMIN}
    assert caller_later(memory, client, meanwhile=end).memberships == {}
    assert caller_later(memory, replace(client, session_id=SessionId(uuid4()))).memberships == {}
