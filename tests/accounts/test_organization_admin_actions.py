"""Admin actions on organizations, and their permissions."""

import pytest

from accounts.domain.access import OPERATOR, OrganizationStatus, OrgRole
from accounts.domain.organizations.entities import Organization
from accounts.models import Organization as OrganizationRow
from accounts.models import OrgMembership as MembershipRow
from tests.accounts.org_pages import (
    ORGANIZATIONS,
    has_organization,
    list_page_of,
    now,
    page_of,
    recorded,
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

    assert page.messages == ("Suspended School of Knots.",)
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

    page = root_browser(application).act(ORGANIZATIONS, "reopen", organization.id)

    assert page.messages == ("Reopened School of Knots.",)
    assert now(application, organization).is_open
    assert log_of(organization.id) == ["Reopened."]


def test_a_deleted_organization_stays_visible(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)

    page = root.act(ORGANIZATIONS, "delete", organization.id, reason="They have left.")

    response = root.get(page_of(organization))
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
    ]
    for action in ("suspend", "reopen", "delete"):
        bo.act(ORGANIZATIONS, action, organization.id, reason="Because I can.")

    assert [answer.status for answer in answers] == [403] * 3
    assert now(application, organization) == organization


def test_a_group_may_suspend_organizations_without_managing_their_members(
    application: Application,
) -> None:
    organization, keeper = has_organization(application), a_keeper(application)

    keeper.act(ORGANIZATIONS, "suspend", organization.id, reason="Unpaid.")
    keeper.act(ORGANIZATIONS, "reopen", organization.id)
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
