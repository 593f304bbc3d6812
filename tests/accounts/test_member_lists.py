"""Import of member lists."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.domain.access import (
    OPERATOR,
    NotPermitted,
    OrganizationStatus,
    OrgRole,
    Principal,
    Right,
)
from accounts.domain.audit.entities import AuditAction
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import (
    InvalidMemberList,
    OrganizationNotFound,
    OrganizationSuspended,
)
from accounts.domain.organizations.services.member_lists import ListOutcome, ListResult
from accounts.domain.organizations.services.member_rows import ListRow
from authsvc.kernel.paging import PageRequest
from tests.accounts.inviting import BO, mailed_token, pending
from tests.support.blocks import failed_block
from tests.support.browsing import mails
from tests.support.tenants import acts_in, has_guest, has_member, has_organization, has_root, into
from tests.support.worlds import World

ANNA, CIM = "anna@school.example", "cim@school.example"


@pytest.fixture
def school(memory: World) -> Organization:
    return has_organization(memory)


def members_of(world: World, school: Organization) -> dict[str, OrgRole]:
    page = world.repositories.memberships.page_of(
        school.id, PageRequest(limit=100), scope=into(school)
    )
    return {member.email: member.membership.role for member in page.items}


def invited_to(world: World, school: Organization) -> dict[str, OrgRole]:
    return {invitation.email: invitation.role for invitation in pending(world, school)}


def test_everyone_on_the_list_who_is_not_a_member_is_invited(
    memory: World, school: Organization
) -> None:
    owner = has_member(memory, school, OrgRole.OWNER, email="owner@school.example")
    has_member(memory, school, email=ANNA)
    has_guest(memory, email=BO)
    text = f"email,role\n{ANNA},admin\n{BO},admin\n{CIM},\n"

    results = memory.services.member_lists.import_list(school.id, text, by=owner)

    assert results == [
        ListResult(
            row=ListRow(number=1, email=ANNA, role=OrgRole.ADMIN),
            outcome=ListOutcome.ALREADY_MEMBER,
        ),
        ListResult(
            row=ListRow(number=2, email=BO, role=OrgRole.ADMIN), outcome=ListOutcome.INVITED
        ),
        ListResult(
            row=ListRow(number=3, email=CIM, role=OrgRole.LEARNER), outcome=ListOutcome.INVITED
        ),
    ]
    assert members_of(memory, school) == {
        "owner@school.example": OrgRole.OWNER,
        ANNA: OrgRole.LEARNER,
    }
    assert invited_to(memory, school) == {BO: OrgRole.ADMIN, CIM: OrgRole.LEARNER}


def test_the_import_does_not_disclose_who_has_an_account(
    memory: World, school: Organization
) -> None:
    has_guest(memory, email=BO)
    program = replace(OPERATOR, rights=frozenset(), memberships={school.id: OrgRole.ADMIN})
    text = f"email\n{BO}\n{CIM}\n"

    for by in (has_member(memory, school, OrgRole.OWNER), program):
        results = memory.services.member_lists.import_list(school.id, text, by=by)
        assert {result.outcome for result in results} == {ListOutcome.INVITED}


@pytest.mark.parametrize("is_member", [True, False])
def test_platform_admins_add_users_with_an_account_at_once(
    world: World, *, is_member: bool
) -> None:
    school, root = has_organization(world), has_root(world)
    root = replace(root, memberships={school.id: OrgRole.LEARNER} if is_member else {})
    has_guest(world, email=BO)
    text = f"email,role\n{CIM},admin\n{BO.upper()},owner\n"

    results = world.services.member_lists.import_list(school.id, text, by=root)

    assert [result.outcome for result in results] == [ListOutcome.INVITED, ListOutcome.ADDED]
    assert members_of(world, school) == {BO: OrgRole.OWNER}
    assert invited_to(world, school) == {CIM: OrgRole.ADMIN}


def test_an_unverified_address_identifies_nobody(memory: World, school: Organization) -> None:
    memory.has_user(email=BO)
    text = f"email,role\n{BO},owner\n"

    results = memory.services.member_lists.import_list(school.id, text, by=has_root(memory))

    assert [result.outcome for result in results] == [ListOutcome.INVITED]
    assert (members_of(memory, school), invited_to(memory, school)) == ({}, {BO: OrgRole.OWNER})


def test_managers_of_organizations_alone_do_not_learn_who_has_an_account(
    memory: World, school: Organization
) -> None:
    has_guest(memory, email=BO)
    by = replace(OPERATOR, rights=frozenset(Right) - {Right.MANAGE_USERS})

    results = memory.services.member_lists.import_list(school.id, f"email\n{BO}\n", by=by)

    assert [result.outcome for result in results] == [ListOutcome.INVITED]


def test_the_import_is_recorded_for_each_person(memory: World, school: Organization) -> None:
    has_guest(memory, email=BO)
    has_member(memory, school, email=ANNA)

    memory.services.member_lists.import_list(
        school.id, f"email\n{ANNA}\n{BO}\n{CIM}\n", by=has_root(memory)
    )

    acts = acts_in(memory, school)
    assert [act.action for act in acts] == [
        AuditAction.MEMBER_ADDED,
        AuditAction.INVITATION_SENT,
    ]
    assert not [email for email in (ANNA, BO, CIM) if email in repr(acts)]


def test_everyone_on_the_list_is_told(memory: World, school: Organization) -> None:
    has_guest(memory, email=BO)
    text = f"email\n{ANNA}\n{BO}\n{CIM}\n"

    memory.services.member_lists.import_list(school.id, text, by=has_root(memory))

    assert [(mail.to, "invited" in str(mail.body)) for mail in mails()] == [
        ([BO], False),
        ([ANNA], True),
        ([CIM], True),
    ]
    cim = has_guest(memory, email=CIM)
    accepted = memory.services.invitations.accept(mailed_token(), by=cim)
    assert accepted.organization == school


def test_a_list_with_an_invalid_row_changes_nothing(memory: World, school: Organization) -> None:
    root = has_root(memory)
    has_guest(memory, email=BO)

    with pytest.raises(InvalidMemberList):
        memory.services.member_lists.import_list(
            school.id, f"email\n{BO}\n{CIM}\nnobody\n", by=root
        )

    assert (members_of(memory, school), invited_to(memory, school)) == ({}, {})
    assert (mails(), acts_in(memory, school)) == ([], [])


def test_a_failed_import_changes_nothing(memory: World, school: Organization) -> None:
    has_guest(memory, email=BO)

    with failed_block(memory.unit_of_work):
        memory.services.member_lists.import_list(school.id, f"email\n{BO}\n{CIM}\n", by=OPERATOR)

    assert (members_of(memory, school), invited_to(memory, school)) == ({}, {})
    assert (mails(), acts_in(memory, school)) == ([], [])


def test_a_list_can_be_imported_again(memory: World, school: Organization) -> None:
    root, text = has_root(memory), f"email\n{BO}\n{CIM}\n"
    has_guest(memory, email=BO)
    memory.services.member_lists.import_list(school.id, text, by=root)

    results = memory.services.member_lists.import_list(school.id, text, by=root)

    assert [result.outcome for result in results] == [
        ListOutcome.ALREADY_MEMBER,
        ListOutcome.INVITED,
    ]
    assert len(pending(memory, school)) == 1


def test_a_list_of_members_alone_changes_nothing(memory: World, school: Organization) -> None:
    owner = has_member(memory, school, OrgRole.OWNER, email=ANNA)

    results = memory.services.member_lists.import_list(school.id, f"email\n{ANNA}\n", by=owner)

    assert [result.outcome for result in results] == [ListOutcome.ALREADY_MEMBER]
    assert (mails(), acts_in(memory, school)) == ([], [])


@pytest.mark.parametrize("role", ["instructor", "admin", "owner"])
def test_admins_import_only_learners(memory: World, school: Organization, role: str) -> None:
    admin = has_member(memory, school, OrgRole.ADMIN)
    import_list = memory.services.member_lists.import_list

    with pytest.raises(NotPermitted):
        import_list(school.id, f"email,role\n{BO},learner\n{CIM},{role}\n", by=admin)
    assert invited_to(memory, school) == {}

    import_list(school.id, f"email,role\n{BO},learner\n{CIM},\n", by=admin)
    assert invited_to(memory, school) == {BO: OrgRole.LEARNER, CIM: OrgRole.LEARNER}


@pytest.mark.parametrize("role", [OrgRole.INSTRUCTOR, OrgRole.LEARNER])
def test_the_right_is_checked_before_the_list_is_read(
    memory: World, school: Organization, role: OrgRole
) -> None:
    by = has_member(memory, school, role)

    with pytest.raises(NotPermitted):
        memory.services.member_lists.import_list(school.id, "no list", by=by)


def outsider(world: World) -> Principal:
    return has_member(world, has_organization(world), OrgRole.OWNER)


@pytest.mark.parametrize("somebody", [outsider, has_guest])
def test_for_non_members_the_organization_does_not_exist(
    memory: World, school: Organization, somebody: Callable[[World], Principal]
) -> None:
    with pytest.raises(OrganizationNotFound):
        memory.services.member_lists.import_list(school.id, f"email\n{BO}\n", by=somebody(memory))

    assert invited_to(memory, school) == {}


def test_no_list_is_imported_into_a_suspended_organization(memory: World) -> None:
    school = has_organization(memory, status=OrganizationStatus.SUSPENDED)

    with pytest.raises(OrganizationSuspended):
        memory.services.member_lists.import_list(school.id, f"email\n{BO}\n", by=OPERATOR)

    assert invited_to(memory, school) == {}
