"""Admin actions on organizations, and their permissions."""

import pytest

from accounts.admin.organization_contents import COLUMNS, RIGHTS
from accounts.domain.access import (
    OPERATOR,
    RIGHTS_OF_ORG_ROLE,
    OrganizationStatus,
    OrgRole,
)
from accounts.domain.organizations.entities import Organization
from accounts.models import Organization as OrganizationRow
from accounts.models import OrgMembership as MembershipRow
from tests.accounts.org_pages import (
    ORGANIZATIONS,
    act_on,
    has_member,
    has_organization,
    list_page_of,
    now,
    page_of,
    recorded,
    role_of,
    settings_of,
    suspend,
)
from tests.support.application import Application
from tests.support.staff import (
    StaffBrowser,
    a_user_of,
    log_of,
    root_browser,
    staff_browser,
    staff_managing,
)

pytestmark = pytest.mark.database


ACTS = ("suspend", "reopen", "delete")


def member_path(organization: Organization, user_id: object, act: str) -> str:
    return act_on(organization, f"members/{user_id}/{act}")


def owner_of(organization: Organization) -> object:
    return MembershipRow.objects.get(org=organization.id, role="owner").user_id


def status_of(organization: Organization) -> str:
    return OrganizationRow.objects.get(pk=organization.id).status


def a_keeper(application: Application) -> StaffBrowser:
    """Staff in a group that may manage organizations."""
    return staff_managing(application, "organization")


@pytest.mark.parametrize("action", ["suspend", "delete"])
def test_closing_an_organization_requires_a_reason(application: Application, action: str) -> None:
    organization = has_organization(application)

    page = root_browser(application).act(ORGANIZATIONS, action, organization.id)

    assert f"{action.capitalize()} School of Knots" in page.text
    assert status_of(organization) == "active"
    assert log_of(organization.id) == []


def test_an_organization_is_suspended_and_the_reason_logged(application: Application) -> None:
    organization = has_organization(application)

    page = root_browser(application).act(
        ORGANIZATIONS, "suspend", organization.id, reason="Unpaid."
    )

    assert page.messages == ("Suspended School of Knots. 1 member can no longer enter.",)
    assert now(application, organization).status is OrganizationStatus.SUSPENDED
    assert log_of(organization.id) == ["Suspended. Reason: Unpaid."]
    assert recorded(organization.id)[1] == (
        "organization-suspended",
        str(organization.id),
        "Unpaid.",
    )


def test_a_suspended_organization_is_reopened(application: Application) -> None:
    organization = has_organization(application)
    suspend(application, organization)

    page = root_browser(application).act(ORGANIZATIONS, "reopen", organization.id, reason="Paid.")

    assert page.messages == ("Reopened School of Knots. 1 member can enter again.",)
    assert now(application, organization).is_open
    assert log_of(organization.id) == ["Reopened. Reason: Paid."]
    assert ("organization-reopened", str(organization.id), "Paid.") in recorded(organization.id)


def test_a_deleted_organization_stays_visible(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)

    page = root.act(ORGANIZATIONS, "delete", organization.id, reason="They have left.")

    response = root.get(settings_of(organization))
    assert page.messages == ("Deleted School of Knots.",)
    assert status_of(organization) == "deleted"
    assert log_of(organization.id) == ["Deleted. Reason: They have left."]
    assert (response.status, response.may_be_saved) == (200, False)


@pytest.mark.parametrize("action", ["suspend", "reopen", "delete"])
def test_a_deleted_organization_cannot_be_reopened(application: Application, action: str) -> None:
    organization = has_organization(application)
    application.services.organizations.delete(organization.id, by=OPERATOR)

    page = root_browser(application).act(
        ORGANIZATIONS, action, organization.id, reason="Because I can."
    )

    assert "There is no such organization." in page.messages[0]
    assert status_of(organization) == "deleted"


def test_no_members_are_imported_into_a_closed_organization(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)
    suspend(application, organization)

    answers = [
        root.get(list_page_of(organization)),
        root.post(list_page_of(organization), text="email\ncleo@school.example\n"),
    ]

    assert [answer.status for answer in answers] == [403, 403]


@pytest.mark.parametrize("group", ["Auditors", "User managers", "Course editors"])
def test_other_staff_cannot_change_organizations(application: Application, group: str) -> None:
    organization, bo = has_organization(application), staff_browser(application, group)

    answers = [
        bo.post(f"{ORGANIZATIONS}add/", name="Mine", slug="mine", owner="bo@school.example"),
        bo.post(page_of(organization), name="Mine", plan="team"),
        bo.post(list_page_of(organization), text="email\nbo@school.example\n"),
        *(bo.post(act_on(organization, act), reason="Because I can.") for act in ACTS),
        bo.post(act_on(organization, "invite"), email="bo@school.example", role="owner"),
        bo.post(member_path(organization, owner_of(organization), "role"), role="learner"),
        bo.post(member_path(organization, owner_of(organization), "remove"), reason="Mine."),
    ]
    for action in ("suspend", "reopen", "delete"):
        bo.act(ORGANIZATIONS, action, organization.id, reason="Because I can.")

    assert [answer.status for answer in answers] == [403] * 9
    assert now(application, organization) == organization


def test_a_group_may_suspend_organizations_without_managing_their_members(
    application: Application,
) -> None:
    organization, keeper = has_organization(application), a_keeper(application)

    keeper.act(ORGANIZATIONS, "suspend", organization.id, reason="Unpaid.")
    keeper.act(ORGANIZATIONS, "reopen", organization.id, reason="Paid.")
    page = keeper.post(page_of(organization), name="Mine", plan="team")

    assert [entry[0] for entry in recorded(organization.id)][1:3] == [
        "organization-suspended",
        "organization-reopened",
    ]
    assert page.messages[0].startswith("You may not do this.")
    assert now(application, organization).name == organization.name


def test_a_group_creates_an_organization_for_a_user(application: Application) -> None:
    olga = a_user_of(application, "Olga")

    a_keeper(application).post(f"{ORGANIZATIONS}add/", name="Knots", slug="knots", owner=olga.email)

    (membership,) = MembershipRow.objects.filter(org__slug="knots")
    assert (membership.user_id, membership.role) == (olga.id, OrgRole.OWNER)


def test_the_import_page_of_an_unknown_organization_is_not_found(application: Application) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"

    assert root_browser(application).get(f"{ORGANIZATIONS}{nobody}/members/").status == 404


def test_an_organization_is_suspended_and_reopened_on_its_page(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)

    assert "Not saved" in root.post(act_on(organization, "suspend"), reason="").text
    assert now(application, organization).is_open
    page = root.post(act_on(organization, "suspend"), reason="Contract ended.")

    assert page.path == page_of(organization)
    assert page.messages[0].endswith("can no longer enter. Reason: “Contract ended.”")
    for tab in ("", "settings", "members", "activity"):
        text = root.get(page_of(organization, tab)).text
        assert "School of Knots is suspended" in text
        assert "“Contract ended.”" in text
        assert ">Root</a>" in text
        assert f'href="/admin/{act_on(organization, "reopen")}">Reopen</a>' in text
    page = root.post(act_on(organization, "reopen"), reason="Signed again.")
    assert now(application, organization).is_open
    assert "is suspended" not in page.text
    assert root.get(act_on(organization, "reopen")).status == 404


def test_a_deletion_says_what_stays_and_is_final(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)

    assert "Learners keep the credentials" in root.get(act_on(organization, "delete")).text
    page = root.post(act_on(organization, "delete"), reason="They have left.")

    assert "School of Knots is deleted" in page.text
    assert "Reopen" not in page.text
    assert [root.post(act_on(organization, act), reason="No.").status for act in ACTS] == [404] * 3


def test_someone_is_invited_to_an_organization(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)

    page = root.post(act_on(organization, "invite"), email="Cleo@School.example", role="instructor")

    assert page.path == page_of(organization, "invitations")
    assert page.messages == (
        "Invited cleo@school.example to School of Knots as instructor. A link was mailed to them.",
    )
    assert "Instructor" in page.text
    assert "Root" in page.text


def test_a_member_gets_another_role_and_is_removed(application: Application) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    has_member(application, organization, anna)
    root = root_browser(application)

    page = root.post(member_path(organization, anna.id, "role"), role="instructor")
    assert page.messages == ("Made Anna instructor of School of Knots.",)
    assert role_of(organization, anna) == "instructor"
    page = root.post(member_path(organization, anna.id, "remove"), reason="Left the school.")

    assert page.messages == ("Removed Anna from School of Knots. Reason: “Left the school.”",)
    assert role_of(organization, anna) is None
    assert root.get(member_path(organization, anna.id, "role")).status == 404


def test_the_last_owner_keeps_the_role(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)
    owner = owner_of(organization)

    page = root.post(member_path(organization, owner, "role"), role="learner")

    assert "needs at least one owner" in page.messages[0]
    assert owner_of(organization) == owner


def test_the_rights_of_all_roles_are_described() -> None:
    described = set().union(*(RIGHTS_OF_ORG_ROLE[role] for role in COLUMNS))

    assert set(RIGHTS) == described
    assert RIGHTS_OF_ORG_ROLE[OrgRole.LEARNER] == frozenset()
