"""Acceptance of invitations: once, within a week, and only by the invited user."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.domain.access import (
    OPERATOR,
    Impersonating,
    OrganizationStatus,
    OrgRole,
    PersonNeeded,
    Principal,
    UserId,
)
from accounts.domain.audit.entities import AuditAct, AuditAction, SubjectType
from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.organizations.entities import InvitationStanding, Organization, OwnOrganization
from accounts.domain.organizations.errors import AlreadyMember, InvitationNotFound
from tests.accounts.inviting import BO, is_invited, pending
from tests.support.builders import NOON, a_principal
from tests.support.tenants import (
    a_membership,
    acts_in,
    has_guest,
    has_invitation,
    has_member,
    has_organization,
    into,
)
from tests.support.worlds import World

NOBODY = Principal(
    user_id=None, roles=(), rights=frozenset(), scopes=frozenset(), client_id="pages"
)
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)


@pytest.fixture
def school(memory: World) -> Organization:
    return has_organization(memory)


@pytest.fixture
def bo(memory: World) -> Principal:
    return has_guest(memory, name="Bo", email=BO)


def is_refused(world: World, token: str, by: Principal) -> bool:
    """Whether the invitation cannot be accepted by this user."""
    with pytest.raises(InvitationNotFound):
        world.services.invitations.accept(token, by=by)
    return world.repositories.organizations.for_user(by.person) == []


def standing_of(world: World, token: str, by: Principal) -> InvitationStanding:
    return world.services.invitations.offered(token, by=by).standing


def test_an_invitation_says_who_invites_whom_to_what(
    memory: World, school: Organization, bo: Principal
) -> None:
    olga = has_member(memory, school, OrgRole.OWNER, name="Olga")
    token = is_invited(memory, school, role=OrgRole.INSTRUCTOR, by=olga)

    for by in (NOBODY, bo):
        offered = memory.services.invitations.offered(token, by=by)

        assert (offered.organization, [offered.invitation]) == (school, pending(memory, school))
        assert (offered.inviter, offered.inviter_role) == ("Olga", OrgRole.OWNER)
    memory.services.members.add(school.id, bo.person, role=OrgRole.OWNER, by=OPERATOR)
    memory.services.members.remove(school.id, olga.person, by=OPERATOR)
    offered = memory.services.invitations.offered(token, by=NOBODY)
    assert (offered.inviter, offered.inviter_role) == ("Olga", None)


def test_an_invitation_by_the_platform_names_nobody(memory: World, school: Organization) -> None:
    token = is_invited(memory, school, by=OPERATOR)

    offered = memory.services.invitations.offered(token, by=NOBODY)

    assert (offered.inviter, offered.inviter_role) == ("", None)


def test_an_invitation_says_what_the_caller_can_do_with_it(
    memory: World, school: Organization, bo: Principal
) -> None:
    owner, anna = has_member(memory, school, OrgRole.OWNER), memory.has_user()
    token = is_invited(memory, school, by=owner)
    of_anna = is_invited(memory, school, email=anna.email, by=owner)

    assert standing_of(memory, token, NOBODY) is InvitationStanding.SIGNED_OUT
    assert standing_of(memory, token, bo) is InvitationStanding.OPEN
    assert standing_of(memory, token, a_principal(anna)) is InvitationStanding.OTHER_ADDRESS
    assert standing_of(memory, of_anna, a_principal(anna)) is InvitationStanding.UNVERIFIED
    memory.services.members.add(school.id, bo.person, role=OrgRole.LEARNER, by=OPERATOR)
    assert standing_of(memory, token, bo) is InvitationStanding.MEMBER
    memory.services.organizations.suspend(school.id, reason="Unpaid", by=OPERATOR)
    assert standing_of(memory, token, NOBODY) is InvitationStanding.SUSPENDED
    memory.clock.go_on(days=7)
    assert standing_of(memory, token, NOBODY) is InvitationStanding.EXPIRED
    memory.repositories.organizations.save(school.deleted(), scope=into(school))
    with pytest.raises(InvitationNotFound):
        standing_of(memory, token, NOBODY)


def test_whoever_opens_the_link_can_decline_once(
    memory: World, school: Organization, bo: Principal
) -> None:
    token = is_invited(memory, school)
    (invitation,) = pending(memory, school)

    assert memory.services.invitations.decline(token, by=NOBODY) == school

    with pytest.raises(InvitationNotFound):
        memory.services.invitations.decline(token, by=bo)
    assert is_refused(memory, token, bo)
    assert acts_in(memory, school)[1:] == [
        AuditAct(
            action=AuditAction.INVITATION_DECLINED,
            subject_type=SubjectType.INVITATION,
            subject_id=str(invitation.id),
            org_id=school.id,
            before={"role": "learner"},
        )
    ]


def test_staff_decline_for_nobody(memory: World, school: Organization, bo: Principal) -> None:
    token = is_invited(memory, school)

    with pytest.raises(Impersonating):
        memory.services.invitations.decline(token, by=replace(bo, impersonator=UserId(uuid4())))

    assert len(pending(memory, school)) == 1


def test_accepting_makes_the_user_a_member_at_once(
    memory: World, school: Organization, bo: Principal
) -> None:
    token = is_invited(memory, school, role=OrgRole.INSTRUCTOR)
    memory.clock.go_on(days=1)

    accepted = memory.services.invitations.accept(token, by=bo)

    assert accepted == OwnOrganization(organization=school, role=OrgRole.INSTRUCTOR)
    scope = into(school)
    assert memory.repositories.memberships.get(school.id, bo.person, scope=scope) == a_membership(
        org_id=school.id,
        user_id=bo.person,
        role=OrgRole.INSTRUCTOR,
        joined_at=NOON + timedelta(days=1),
    )


def test_an_acceptance_is_recorded_with_the_user_as_actor(
    memory: World, school: Organization, bo: Principal
) -> None:
    memory.services.invitations.accept(is_invited(memory, school), by=bo)

    assert acts_in(memory, school)[1:] == [
        AuditAct(
            action=AuditAction.INVITATION_ACCEPTED,
            subject_type=SubjectType.MEMBER,
            subject_id=str(bo.person),
            org_id=school.id,
            after={"role": "learner"},
        )
    ]


def test_an_invitation_is_accepted_once(memory: World, school: Organization, bo: Principal) -> None:
    token = is_invited(memory, school)
    memory.services.invitations.accept(token, by=bo)

    with pytest.raises(InvitationNotFound):
        memory.services.invitations.accept(token, by=bo)

    assert pending(memory, school) == []


def test_an_accepted_invitation_does_not_readmit_a_removed_member(
    memory: World, school: Organization, bo: Principal
) -> None:
    owner = has_member(memory, school, OrgRole.OWNER)
    token = is_invited(memory, school, by=owner)
    memory.services.invitations.accept(token, by=bo)

    memory.services.members.remove(school.id, bo.person, by=owner)

    assert is_refused(memory, token, bo)


def test_an_invitation_is_valid_only_for_its_e_mail_address(
    memory: World, school: Organization, bo: Principal
) -> None:
    token, anna = is_invited(memory, school), has_guest(memory, email="anna@school.example")

    assert is_refused(memory, token, anna)
    assert memory.services.invitations.accept(token, by=bo).organization == school


def test_a_user_with_a_new_e_mail_address_cannot_accept(memory: World) -> None:
    school, anna = has_organization(memory), has_guest(memory, email="anna@school.example")

    token = is_invited(memory, school, email="anna@other.example")

    assert is_refused(memory, token, anna)


@pytest.mark.parametrize("token", ["", "no token", "a" * 43])
def test_an_unknown_token_is_not_found(
    memory: World, school: Organization, bo: Principal, token: str
) -> None:
    is_invited(memory, school)

    assert is_refused(memory, token, bo)


def test_the_stored_hash_is_not_accepted_as_a_token(
    memory: World, school: Organization, bo: Principal
) -> None:
    is_invited(memory, school)
    (invitation,) = pending(memory, school)

    assert is_refused(memory, invitation.token_hash, bo)


def test_an_invitation_is_valid_for_a_week(
    memory: World, school: Organization, bo: Principal
) -> None:
    token = is_invited(memory, school)
    memory.clock.at = NOON + WEEK

    assert is_refused(memory, token, bo)

    memory.clock.at -= SECOND
    assert memory.services.invitations.accept(token, by=bo).organization == school


@pytest.mark.parametrize("status", [OrganizationStatus.SUSPENDED, OrganizationStatus.DELETED])
def test_invitations_to_closed_organizations_cannot_be_accepted(
    memory: World, school: Organization, bo: Principal, status: OrganizationStatus
) -> None:
    token = is_invited(memory, school)
    closed = school.suspended() if status is OrganizationStatus.SUSPENDED else school.deleted()

    memory.repositories.organizations.save(closed, scope=into(school))

    assert is_refused(memory, token, bo)


def test_an_invitation_is_valid_again_after_a_suspension(
    memory: World, school: Organization, bo: Principal
) -> None:
    token = is_invited(memory, school)
    memory.services.organizations.suspend(school.id, reason="Unpaid", by=OPERATOR)
    memory.services.organizations.reopen(school.id, by=OPERATOR)

    assert memory.services.invitations.accept(token, by=bo).organization == school


def test_an_unverified_address_accepts_no_invitation(memory: World, school: Organization) -> None:
    boss = memory.has_user(email="boss@school.example")
    token = is_invited(memory, school, email=boss.email, role=OrgRole.OWNER)

    with pytest.raises(VerifiedEmailNeeded):
        memory.services.invitations.accept(token, by=a_principal(boss))
    assert memory.repositories.organizations.for_user(boss.id) == []

    memory.services.emails.verify(boss.id, email=boss.email)
    assert memory.services.invitations.accept(token, by=a_principal(boss)).role is OrgRole.OWNER


def test_a_member_cannot_join_a_second_time(
    memory: World, school: Organization, bo: Principal
) -> None:
    owner = has_member(memory, school, OrgRole.OWNER)
    token = is_invited(memory, school, role=OrgRole.ADMIN, by=owner)
    memory.services.members.add(school.id, bo.person, role=OrgRole.LEARNER, by=OPERATOR)

    with pytest.raises(AlreadyMember):
        memory.services.invitations.accept(token, by=bo)

    (own,) = memory.repositories.organizations.for_user(bo.person)
    assert own.role is OrgRole.LEARNER


def test_a_service_client_cannot_accept_invitations(memory: World, school: Organization) -> None:
    token = is_invited(memory, school)

    with pytest.raises(PersonNeeded):
        memory.services.invitations.accept(token, by=OPERATOR)

    assert len(pending(memory, school)) == 1


def test_expired_invitations_are_removed(memory: World, school: Organization) -> None:
    has_invitation(memory, school, expires_at=NOON - SECOND)
    live = has_invitation(memory, school, expires_at=NOON)

    assert memory.services.invitations.remove_expired() == 1
    assert pending(memory, school) == [live]


def test_an_invitation_is_accepted_on_every_store(world: World) -> None:
    school, bo = has_organization(world), has_guest(world, email=BO)
    token = "the token of the link"  # no secret, a name for one
    token_hash = world.services.ports.opaque_tokens.hash(token)
    has_invitation(world, school, email=BO, token_hash=token_hash)

    world.services.invitations.accept(token, by=bo)

    (own,) = world.repositories.organizations.for_user(bo.person)
    assert own == OwnOrganization(organization=school, role=OrgRole.LEARNER)
    assert pending(world, school) == []
