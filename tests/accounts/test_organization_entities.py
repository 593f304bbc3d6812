"""Entities of organizations: rules, roles and rights."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts.domain.access import (
    OPERATOR,
    RIGHTS_OF_ORG_ROLE,
    NotPermitted,
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    Principal,
    Right,
    Role,
    UserId,
    rights_of,
)
from accounts.domain.identity.entities.sessions import SessionState
from accounts.domain.organizations.entities import (
    LONGEST_DESCRIPTION,
    Organization,
    OrganizationChanges,
    OrgMembership,
    Plan,
)
from accounts.domain.organizations.errors import OrganizationSuspended, UnsuitableOrganization
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from tests.support.builders import NOON, a_client_of, a_principal, some_client_terms
from tests.support.organizations import an_organization
from tests.support.tenants import an_invitation

LATER = NOON + timedelta(days=7)
SECOND = timedelta(seconds=1)
SCHOOL, OTHER = OrganizationId(uuid4()), OrganizationId(uuid4())

OF_INSTRUCTORS = {
    Right.AUTHOR_COURSES,
    Right.SEE_PROGRESS,
    Right.GRADE_ATTEMPTS,
    Right.SEE_MEMBERS,
}
OF_ADMINS = OF_INSTRUCTORS | {
    Right.AWARD_CREDENTIALS,
    Right.MANAGE_MEMBERS,
    Right.EDIT_ORGANIZATION,
    Right.READ_EVENTS,
    Right.MANAGE_WEBHOOKS,
}
OF_OWNERS = OF_ADMINS | {
    Right.ASSIGN_ROLES,
    Right.DELETE_ORGANIZATION,
    Right.MANAGE_CLIENTS,
    Right.READ_AUDIT,
}
OF_ORG_ROLE = {
    OrgRole.LEARNER: set[Right](),
    OrgRole.INSTRUCTOR: OF_INSTRUCTORS,
    OrgRole.ADMIN: OF_ADMINS,
    OrgRole.OWNER: OF_OWNERS,
}


@pytest.mark.parametrize("slug", ["a", "7", "school-of-knots", "1-2-3", "a" * 40])
def test_a_slug_has_lowercase_letters_digits_and_single_hyphens(slug: str) -> None:
    school = an_organization(slug=slug)

    assert school.checked() == school


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "-",
        "-a",
        "a-",
        "a--b",
        "A",
        "é",
        "a b",
        "a_b",
        "a.b",
        "a/b",
        "knots\n",
        " knots",
        "٣",
        "a\x00",
        "a" * 41,
    ],
)
def test_an_invalid_slug_is_refused(slug: str) -> None:
    with pytest.raises(UnsuitableOrganization) as error:
        an_organization(slug=slug).checked()

    assert [field_error.path for field_error in error.value.field_errors] == ["slug"]


@pytest.mark.parametrize("name", ["", " ", "\t\n", "x" * 201])
def test_an_empty_or_too_long_name_is_refused(name: str) -> None:
    with pytest.raises(UnsuitableOrganization) as error:
        an_organization(name=name).checked()

    assert [field_error.path for field_error in error.value.field_errors] == ["name"]


@pytest.mark.parametrize("name", ["K", "Skeppsskolan ☃", "x" * 200])
def test_a_name_may_contain_any_characters(name: str) -> None:
    assert an_organization(name=name).checked().name == name


@pytest.mark.parametrize(
    ("name", "plan", "expected"),
    [
        (None, None, ("Knots", Plan.TEAM)),
        ("Bends", None, ("Bends", Plan.TEAM)),
        (None, Plan.FREE, ("Knots", Plan.FREE)),
        ("Bends", Plan.ENTERPRISE, ("Bends", Plan.ENTERPRISE)),
    ],
)
def test_edits_change_only_what_they_name(
    name: str | None, plan: Plan | None, expected: tuple[str, Plan]
) -> None:
    school = an_organization(name="Knots", plan=Plan.TEAM)

    edited = school.edited(OrganizationChanges(name=name, plan=plan))

    assert (edited.name, edited.plan) == expected
    assert replace(edited, name="Knots", plan=Plan.TEAM) == school


def test_an_edit_to_an_empty_name_is_refused() -> None:
    with pytest.raises(UnsuitableOrganization):
        an_organization().edited(OrganizationChanges(name="  "))


def test_a_profile_is_edited_and_emptied() -> None:
    url, description = "https://school.example/a?b=%C3%A4", "Ties knots."

    edited = an_organization().edited(OrganizationChanges(url=url, description=description))

    assert (edited.url, edited.description) == (url, description)
    assert edited.edited(OrganizationChanges(url="", description="")) == replace(
        edited, url="", description=""
    )


@pytest.mark.parametrize(
    "changes",
    [
        OrganizationChanges(url=url, image_url=url, description=description)
        for url, description in [
            ("http://school.example/", "Two\nlines."),
            ("https://school.example/\nSet-Cookie: a", "\u202eReordered."),
            ("https://school.example/<b>", "\0"),
            ("https://anna@school.example/", "x" * (LONGEST_DESCRIPTION + 1)),
            ("https://localhost/", "\u200b"),
            ("https://10.0.0.1/logo.png", " \n "),
            ("javascript:alert(1)", "a\rb"),
            ("https://school.example/" + "a" * 2000, "\u2028"),
        ]
    ],
)
def test_what_cannot_be_published_is_refused(changes: OrganizationChanges) -> None:
    with pytest.raises(UnsuitableOrganization) as error:
        an_organization().edited(changes)

    paths = [field_error.path for field_error in error.value.field_errors]
    assert paths in (["url", "image_url", "description"], ["url", "image_url"])


def test_an_organization_is_suspended_reopened_and_deleted() -> None:
    school = an_organization()

    assert school.suspended() == replace(school, status=OrganizationStatus.SUSPENDED)
    assert school.suspended().reopened() == school
    assert school.deleted() == replace(school, status=OrganizationStatus.DELETED)


def test_only_an_active_organization_is_open() -> None:
    school = an_organization()

    school.require_open()

    assert school.is_open
    assert not school.suspended().is_open
    assert not school.deleted().is_open


@pytest.mark.parametrize("closed", [an_organization().suspended(), an_organization().deleted()])
def test_an_organization_that_is_not_active_is_refused(closed: Organization) -> None:
    with pytest.raises(OrganizationSuspended):
        closed.require_open()


@pytest.mark.parametrize(
    ("at", "is_live"), [(LATER - SECOND, True), (LATER, False), (LATER + SECOND, False)]
)
def test_an_invitation_is_live_until_it_expires(*, at: datetime, is_live: bool) -> None:
    assert an_invitation(expires_at=LATER).is_live(at=at) is is_live


@pytest.mark.parametrize(
    ("email", "is_for"),
    [
        ("bo@school.example", True),
        ("Bo@School.Example", True),
        ("bo@school.example.org", False),
        ("anna@school.example", False),
        ("", False),
    ],
)
def test_an_invitation_is_for_one_e_mail_address_whatever_its_case(
    *, email: str, is_for: bool
) -> None:
    assert an_invitation(email="bo@school.example").is_for(email) is is_for


def test_accepting_gives_the_role_of_the_invitation() -> None:
    anna, invitation = UserId(uuid4()), an_invitation(org_id=SCHOOL, role=OrgRole.INSTRUCTOR)

    assert invitation.accepted(anna, at=LATER) == OrgMembership(
        org_id=SCHOOL, user_id=anna, role=OrgRole.INSTRUCTOR, joined_at=LATER
    )


@pytest.mark.parametrize("role", OrgRole)
def test_a_role_gives_its_rights_in_its_organization_only(role: OrgRole) -> None:
    anna = replace(a_principal(), memberships={SCHOOL: role})

    assert {right for right in Right if anna.may(right, of=SCHOOL)} == OF_ORG_ROLE[role]
    assert not [right for right in Right if anna.may(right, of=OTHER) or anna.may(right)]
    assert RIGHTS_OF_ORG_ROLE[role] == OF_ORG_ROLE[role]


@pytest.mark.parametrize("memberships", [{}, {SCHOOL: OrgRole.LEARNER}])
def test_managers_of_organizations_have_their_rights_in_all_of_them(
    memberships: Mapping[OrganizationId, OrgRole],
) -> None:
    root = replace(
        a_principal(None, Right.MANAGE_ORGANIZATIONS, Right.READ_AUDIT), memberships=memberships
    )

    may = {right for right in Right if root.may(right, of=SCHOOL)}

    assert may == {Right.MANAGE_ORGANIZATIONS, Right.READ_AUDIT}


def test_other_platform_rights_do_not_apply_in_organizations() -> None:
    bo = a_principal(None, *rights_of([Role.INSTRUCTOR]))

    assert not [right for right in Right if bo.may(right, of=SCHOOL)]


def test_a_missing_right_in_an_organization_is_refused_by_name() -> None:
    anna = replace(a_principal(None, Right.MANAGE_USERS), memberships={SCHOOL: OrgRole.ADMIN})

    anna.require(Right.MANAGE_MEMBERS, of=SCHOOL)

    with pytest.raises(NotPermitted) as error:
        anna.require(Right.ASSIGN_ROLES, of=SCHOOL)
    assert error.value.facts == {"right": "assign-roles"}


def test_a_member_sees_the_platform_and_their_organizations() -> None:
    anna = replace(a_principal(), memberships={SCHOOL: OrgRole.LEARNER})

    assert anna.tenant_scope == anna.member_scope == TenantScope.into(SCHOOL)
    assert (anna.is_in(SCHOOL), anna.is_in(OTHER)) == (True, False)


def test_a_user_without_organizations_sees_the_platform() -> None:
    assert a_principal().tenant_scope == a_principal().member_scope == TenantScope()


@pytest.mark.parametrize("root", [OPERATOR, a_principal(None, Right.MANAGE_ORGANIZATIONS)])
def test_managers_of_organizations_see_all_without_being_members(root: Principal) -> None:
    assert root.tenant_scope == ALL_TENANTS
    assert root.member_scope == TenantScope()
    assert not root.is_in(SCHOOL)


def a_state(**parts: object) -> SessionState:
    state = SessionState(
        user_id=UserId(uuid4()),
        ended_at=None,
        expires_at=LATER,
        is_user_active=True,
        roles=(Role.LEARNER,),
    )
    return replace(state, **parts)  # type: ignore[arg-type]  # each test names parts of the type


def test_a_user_has_roles_where_they_are_a_member() -> None:
    assert a_state().standing == {}
    assert a_state(memberships={SCHOOL: OrgRole.OWNER}).standing == {SCHOOL: OrgRole.OWNER}


def test_a_service_client_is_an_admin_of_its_organization_only() -> None:
    assert a_state(user_id=None, org_id=SCHOOL).standing == {SCHOOL: OrgRole.ADMIN}


@pytest.mark.parametrize("is_org_open", [True, False])
def test_tokens_are_honoured_while_the_clients_organization_is_open(*, is_org_open: bool) -> None:
    state = a_state(user_id=None, org_id=SCHOOL, is_org_open=is_org_open)

    assert state.accepts_tokens(at=NOON) is is_org_open


@pytest.mark.parametrize(
    ("is_active", "expires_at", "is_live"),
    [
        (True, None, True),
        (True, NOON + SECOND, True),
        (True, NOON, False),
        (True, NOON - SECOND, False),
        (False, None, False),
        (False, NOON + SECOND, False),
    ],
)
def test_a_client_is_live_until_it_expires_or_is_removed(
    *, is_active: bool, expires_at: datetime | None, is_live: bool
) -> None:
    client = a_client_of(some_client_terms(), is_active=is_active, expires_at=expires_at)

    assert client.is_live(at=NOON) is is_live


@pytest.mark.parametrize(
    ("seconds", "noted"), [(None, True), (0, False), (59, False), (60, True), (3600, True)]
)
def test_last_use_is_updated_once_a_minute(*, seconds: int | None, noted: bool) -> None:
    before = None if seconds is None else LATER - timedelta(seconds=seconds)
    client = a_client_of(some_client_terms(), last_used_at=before)

    used = client.used(at=LATER)

    assert used == (replace(client, last_used_at=LATER) if noted else client)
