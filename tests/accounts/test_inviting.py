"""Sending and cancelling invitations."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from accounts.domain.access import NotPermitted, OrganizationStatus, OrgRole, Principal
from accounts.domain.audit.entities import AuditAct, AuditAction, SubjectType
from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.organizations.entities import (
    INVITATION_LIFETIME,
    Invitation,
    InvitationId,
    Organization,
)
from accounts.domain.organizations.errors import (
    AlreadyMember,
    InvitationNotFound,
    OrganizationNotFound,
    OrganizationSuspended,
)
from accounts.domain.organizations.services.invitations import InvitationService
from authsvc.kernel.paging import PageRequest
from tests.accounts.inviting import BO, is_invited, mailed_token, pending
from tests.support.blocks import failed_block
from tests.support.browsing import mails
from tests.support.builders import NOON, a_principal
from tests.support.tenants import (
    ROLES_MANAGED_BY,
    acts_in,
    has_guest,
    has_invitation,
    has_member,
    has_membership,
    has_organization,
    has_root,
)
from tests.support.worlds import World

Act = Callable[[InvitationService, Organization, Invitation, Principal], object]
CHANGES: dict[str, Act] = {
    "invite": lambda service, school, _, by: service.invite(
        school.id, email="anna@school.example", role=OrgRole.LEARNER, by=by
    ),
    "cancel": lambda service, school, invitation, by: service.cancel(
        school.id, invitation.id, by=by
    ),
}
ACTS = CHANGES | {
    "page_of": lambda service, school, _, by: service.page_of(school.id, PageRequest(), by=by)
}


def act_on(
    school: Organization, invitation: Invitation, action: AuditAction, role: OrgRole
) -> AuditAct:
    return AuditAct(
        action=action,
        subject_type=SubjectType.INVITATION,
        subject_id=str(invitation.id),
        org_id=school.id,
        after={"role": role.value},
    )


def test_an_invitation_is_stored_for_a_week_with_only_the_hash_of_its_token(world: World) -> None:
    school = has_organization(world)
    owner = has_member(world, school, OrgRole.OWNER)

    invitation = world.services.invitations.invite(
        school.id, email="Bo@School.example", role=OrgRole.INSTRUCTOR, by=owner
    )

    assert pending(world, school) == [invitation]
    assert (invitation.email, invitation.role) == (BO, OrgRole.INSTRUCTOR)
    assert (invitation.org_id, invitation.invited_by) == (school.id, owner.person)
    assert (invitation.created_at, invitation.expires_at) == (NOON, NOON + timedelta(days=7))
    assert timedelta(days=7) == INVITATION_LIFETIME


def test_the_mailed_link_opens_the_invitation(memory: World) -> None:
    school = has_organization(memory, name="Knots & Bends")

    token = is_invited(memory, school, email="Bo@School.example")

    (mail,) = mails()
    assert mail.to == [BO]
    assert "Knots & Bends" in mail.subject
    (invitation,) = pending(memory, school)
    assert memory.services.ports.opaque_tokens.hash(token) == invitation.token_hash
    assert token not in repr(invitation)


def test_nothing_is_mailed_before_the_invitation_is_committed(memory: World) -> None:
    school = has_organization(memory)
    owner = has_member(memory, school, OrgRole.OWNER)

    with memory.unit_of_work.atomic():
        memory.services.invitations.invite(school.id, email=BO, role=OrgRole.LEARNER, by=owner)
        mailed_before = len(mails())

    assert (mailed_before, len(mails())) == (0, 1)


def test_an_invitation_rolled_back_is_not_mailed(memory: World) -> None:
    school = has_organization(memory)
    owner = has_member(memory, school, OrgRole.OWNER)

    with failed_block(memory.unit_of_work):
        memory.services.invitations.invite(school.id, email=BO, role=OrgRole.LEARNER, by=owner)

    assert mails() == []
    assert pending(memory, school) == []
    assert acts_in(memory, school) == []


def test_an_invitation_is_recorded_without_the_e_mail_address(memory: World) -> None:
    school = has_organization(memory)

    is_invited(memory, school, role=OrgRole.ADMIN)

    (invitation,) = pending(memory, school)
    (act,) = acts_in(memory, school)
    assert act == act_on(school, invitation, AuditAction.INVITATION_SENT, OrgRole.ADMIN)
    assert BO not in repr(act)


def test_a_second_invitation_replaces_the_first(memory: World) -> None:
    school, bo = has_organization(memory), has_guest(memory, email=BO)
    owner = has_member(memory, school, OrgRole.OWNER)
    first = is_invited(memory, school, by=owner)
    memory.clock.go_on(days=6)

    second = is_invited(memory, school, role=OrgRole.ADMIN, by=owner)

    (invitation,) = pending(memory, school)
    assert (invitation.role, invitation.created_at) == (OrgRole.ADMIN, memory.clock.now())
    with pytest.raises(InvitationNotFound):
        memory.services.invitations.accept(first, by=bo)
    assert memory.services.invitations.accept(second, by=bo).role is OrgRole.ADMIN


@pytest.mark.parametrize("email", [BO, "BO@school.example"])
def test_members_cannot_be_invited(memory: World, email: str) -> None:
    school = has_organization(memory)
    owner = has_member(memory, school, OrgRole.OWNER)
    has_member(memory, school, email=BO)

    with pytest.raises(AlreadyMember):
        memory.services.invitations.invite(school.id, email=email, role=OrgRole.ADMIN, by=owner)

    assert (mails(), pending(memory, school)) == ([], [])


def invites(world: World, inviter: OrgRole, role: OrgRole) -> bool:
    school = has_organization(world)
    by = has_member(world, school, inviter)
    try:
        world.services.invitations.invite(school.id, email=BO, role=role, by=by)
    except NotPermitted:
        assert pending(world, school) == []
        return False
    return [invitation.role for invitation in pending(world, school)] == [role]


def test_owners_invite_in_any_role_and_admins_only_learners(memory: World) -> None:
    roles = {by: {role for role in OrgRole if invites(memory, by, role)} for by in OrgRole}

    assert roles == ROLES_MANAGED_BY


@pytest.mark.parametrize("role", [OrgRole.OWNER, OrgRole.ADMIN])
def test_managers_of_members_see_pending_invitations(memory: World, role: OrgRole) -> None:
    school, other = has_organization(memory), has_organization(memory)
    by = has_member(memory, school, role)
    invitation = has_invitation(memory, school)
    has_invitation(memory, other)

    page = memory.services.invitations.page_of(school.id, PageRequest(), by=by)

    assert page.items == (invitation,)
    assert acts_in(memory, school) == []


def test_access_to_invitations_by_a_non_member_is_recorded(memory: World) -> None:
    school = has_organization(memory)

    memory.services.invitations.page_of(school.id, PageRequest(), by=has_root(memory))

    (look,) = acts_in(memory, school)
    assert (look.action, look.subject_type) == (AuditAction.LOOKED_INTO, SubjectType.INVITATION)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("role", [OrgRole.INSTRUCTOR, OrgRole.LEARNER])
def test_other_members_cannot_manage_invitations(memory: World, role: OrgRole, act: Act) -> None:
    school = has_organization(memory)
    invitation, by = has_invitation(memory, school), has_member(memory, school, role)

    with pytest.raises(NotPermitted):
        act(memory.services.invitations, school, invitation, by)

    assert pending(memory, school) == [invitation]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_for_non_members_the_organization_does_not_exist(memory: World, act: Act) -> None:
    school, other = has_organization(memory), has_organization(memory)
    invitation = has_invitation(memory, school)

    with pytest.raises(OrganizationNotFound):
        act(
            memory.services.invitations,
            school,
            invitation,
            has_member(memory, other, OrgRole.OWNER),
        )

    assert pending(memory, school) == [invitation]


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_no_one_can_be_invited_to_a_suspended_organization(memory: World, act: Act) -> None:
    school = has_organization(memory, status=OrganizationStatus.SUSPENDED)
    invitation = has_invitation(memory, school)

    with pytest.raises(OrganizationSuspended):
        act(memory.services.invitations, school, invitation, has_root(memory))

    assert (mails(), pending(memory, school)) == ([], [invitation])


def test_a_cancelled_invitation_is_not_valid(memory: World) -> None:
    school, bo = has_organization(memory), has_guest(memory, email=BO)
    token = is_invited(memory, school)
    admin = has_member(memory, school, OrgRole.ADMIN)
    (invitation,) = pending(memory, school)

    memory.services.invitations.cancel(school.id, invitation.id, by=admin)

    with pytest.raises(InvitationNotFound):
        memory.services.invitations.accept(token, by=bo)
    taken_back = AuditAction.INVITATION_TAKEN_BACK
    assert acts_in(memory, school)[1:] == [act_on(school, invitation, taken_back, OrgRole.LEARNER)]


def test_an_invitation_of_another_organization_cannot_be_cancelled(memory: World) -> None:
    school, other = has_organization(memory), has_organization(memory)
    owner, elsewhere = has_member(memory, school, OrgRole.OWNER), has_invitation(memory, other)

    for invitation_id in (elsewhere.id, InvitationId(UUID(int=404))):
        with pytest.raises(InvitationNotFound):
            memory.services.invitations.cancel(school.id, invitation_id, by=owner)

    assert pending(memory, other) == [elsewhere]


def test_each_invitation_has_its_own_token(memory: World) -> None:
    school = has_organization(memory)
    owner = has_member(memory, school, OrgRole.OWNER)

    tokens = [is_invited(memory, school, email=email, by=owner) for email in (BO, BO, "a@b.se")]

    assert len(set(tokens)) == 3
    assert mailed_token() == tokens[-1]


def test_nobody_invites_before_they_have_verified_their_address(memory: World) -> None:
    school, user = has_organization(memory), memory.has_user()
    has_membership(memory, school, user_id=user.id, role=OrgRole.OWNER)
    by = replace(a_principal(user), memberships={school.id: OrgRole.OWNER})

    with pytest.raises(VerifiedEmailNeeded):
        memory.services.invitations.invite(school.id, email=BO, role=OrgRole.LEARNER, by=by)
    with pytest.raises(VerifiedEmailNeeded):
        memory.services.member_lists.import_list(school.id, f"email\n{BO}\n", by=by)

    assert (mails(), pending(memory, school)) == ([], [])
