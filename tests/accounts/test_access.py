"""Principals: the caller of each request, from its access token."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from accounts.domain.access import (
    OrganizationId,
    OrgRole,
    Principal,
    Right,
    Role,
    Scope,
    SessionId,
    UserId,
)
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import InvalidToken
from tests.accounts.forgery import CLAIMS, signed
from tests.support.builders import NOON, a_session
from tests.support.tenants import has_membership, has_organization, into
from tests.support.worlds import World


def signed_in(world: World, *roles: Role) -> tuple[User, SessionId, str]:
    """A user with a token for reading courses."""
    user = world.has_user(roles=(Role.LEARNER, *roles))
    session = a_session(user_id=user.id)
    world.repositories.sessions.add(session)
    return user, session.id, token_for(world, user.id, session.id)


def token_for(world: World, user_id: UserId, session_id: SessionId) -> str:
    claims = replace(
        CLAIMS, user_id=user_id, session_id=session_id, scopes=frozenset({Scope.COURSES_READ})
    )
    return world.services.ports.access_tokens.issue(claims, roles=(), at=world.clock.now())


def memberships_of(world: World, token: str) -> Mapping[OrganizationId, OrgRole]:
    return world.services.access.principal_of(token).memberships


def test_a_principal_has_the_scopes_of_the_token_and_the_rights_of_the_user(memory: World) -> None:
    bo, session_id, token = signed_in(memory, Role.INSTRUCTOR)

    assert memory.services.access.principal_of(token) == Principal(
        user_id=bo.id,
        roles=(Role.LEARNER, Role.INSTRUCTOR),
        rights=frozenset({Right.AUTHOR_COURSES, Right.SEE_PROGRESS, Right.GRADE_ATTEMPTS}),
        scopes=frozenset({"courses:read"}),
        client_id=FIRST_PARTY_CLIENT,
        session_id=session_id,
    )


def test_a_change_of_roles_reaches_a_live_token(memory: World) -> None:
    anna, _, token = signed_in(memory)
    before = memory.services.access.principal_of(token)

    memory.repositories.users.save(replace(anna, roles=(Role.LEARNER, Role.ADMIN)))

    after = memory.services.access.principal_of(token)
    assert not before.may(Right.MANAGE_USERS)
    assert after.may(Right.MANAGE_USERS)


def test_a_change_of_membership_reaches_a_live_token(world: World) -> None:
    anna, _, token = signed_in(world)
    school = has_organization(world)
    memberships, scope = world.repositories.memberships, into(school)
    states = [memberships_of(world, token)]

    joined = has_membership(world, school, user_id=anna.id)
    states.append(memberships_of(world, token))
    memberships.save(replace(joined, role=OrgRole.OWNER), scope=scope)
    states.append(memberships_of(world, token))
    memberships.remove(joined, scope=scope)
    states.append(memberships_of(world, token))

    assert states == [{}, {school.id: OrgRole.LEARNER}, {school.id: OrgRole.OWNER}, {}]


def test_a_suspension_reaches_a_live_token_and_does_not_end_it(world: World) -> None:
    anna, _, token = signed_in(world)
    school = has_organization(world)
    has_membership(world, school, user_id=anna.id, role=OrgRole.OWNER)
    before = memberships_of(world, token)

    world.repositories.organizations.save(school.suspended(), scope=into(school))
    while_suspended = memberships_of(world, token)
    world.repositories.organizations.save(school, scope=into(school))

    assert before == memberships_of(world, token) == {school.id: OrgRole.OWNER}
    assert while_suspended == {}


def test_a_token_of_a_deactivated_user_is_refused(memory: World) -> None:
    anna, _, token = signed_in(memory)
    assert memory.services.access.principal_of(token)

    memory.repositories.users.save(replace(anna, is_active=False))

    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(token)


def test_a_token_of_an_ended_session_is_refused(memory: World) -> None:
    anna, _, token = signed_in(memory)
    assert memory.services.access.principal_of(token)

    memory.repositories.sessions.end_all_of(anna.id, at=NOON, because=SessionEnd.LOGGED_OUT)

    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(token)


def test_a_token_that_outlives_its_session_is_refused(memory: World) -> None:
    anna = memory.has_user()
    session = a_session(user_id=anna.id, expires_at=NOON)
    memory.repositories.sessions.add(session)

    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(token_for(memory, anna.id, session.id))


def test_a_token_of_a_removed_session_is_refused(memory: World) -> None:
    anna, _, _ = signed_in(memory)
    token = token_for(memory, anna.id, CLAIMS.session_id)

    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(token)


def test_a_token_of_one_user_and_anothers_session_is_refused(memory: World) -> None:
    anna, _, _ = signed_in(memory)
    _, bos_session, _ = signed_in(memory)

    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(token_for(memory, anna.id, bos_session))


def test_an_expired_token_is_refused(memory: World) -> None:
    _, _, token = signed_in(memory)

    memory.clock.at += memory.services.ports.access_tokens.lifetime

    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(token)


@pytest.mark.parametrize("token", ["", "no token", "a.b.c"])
def test_a_malformed_token_is_refused(memory: World, token: str) -> None:
    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(token)


def test_a_token_of_another_issuer_is_refused(memory: World) -> None:
    with pytest.raises(InvalidToken):
        memory.services.access.principal_of(signed())


def test_the_key_set_verifies_the_tokens(memory: World) -> None:
    keys = memory.services.ports.access_tokens.public_keys(at=NOON)

    assert memory.services.access.public_keys() == keys


def test_a_token_names_the_same_user_whoever_has_their_address(memory: World) -> None:
    anna, _, token = signed_in(memory)
    memory.repositories.users.change_email(anna.id, email="anna@elsewhere.example", at=NOON)
    memory.has_user(email=anna.email)

    assert memory.services.access.principal_of(token).user_id == anna.id
