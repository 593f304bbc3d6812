"""What the back office does to organizations beside their forms, and who may do it."""

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.domain.access import OPERATOR, OrganizationStatus, OrgRole
from accounts.domain.organizations.entities import Organization
from accounts.models import Organization as OrganizationRow
from accounts.models import OrgMembership as MembershipRow
from accounts.models import User as UserRow
from tests.accounts.org_desk import (
    ORGANIZATIONS,
    founded,
    list_page_of,
    now,
    page_of,
    recorded,
    suspended,
)
from tests.support.application import Application
from tests.support.staff import Desk, a_user_of, desk, log_of, root_desk

pytestmark = pytest.mark.database


def status_of(organization: Organization) -> str:
    return OrganizationRow.objects.get(pk=organization.id).status


def a_keeper(application: Application) -> Desk:
    """Somebody of staff whom a group lets manage organizations."""
    keeper = desk(application)
    group = Group.objects.create(name="Organization managers")
    verbs = [f"{verb}_organization" for verb in ("view", "add", "change")]
    group.permissions.set(Permission.objects.filter(codename__in=verbs))
    UserRow.objects.get(pk=keeper.id).groups.add(group)
    return keeper


@pytest.mark.parametrize("action", ["suspend", "delete"])
def test_to_close_an_organization_asks_for_a_reason_first(
    application: Application, action: str
) -> None:
    organization = founded(application)

    page = root_desk(application).act(ORGANIZATIONS, action, organization.id)

    assert f"{action.capitalize()} 1 organization" in page.text
    assert status_of(organization) == "active"
    assert log_of(organization.id) == []


def test_a_suspended_organization_is_closed_and_its_log_says_why(application: Application) -> None:
    organization = founded(application)

    page = root_desk(application).act(ORGANIZATIONS, "suspend", organization.id, reason="Unpaid.")

    assert page.said == ("1 organization suspended.",)
    assert now(application, organization).status is OrganizationStatus.SUSPENDED
    assert log_of(organization.id) == ["Suspended. Reason: Unpaid."]
    assert recorded(organization.id)[1] == (
        "organization-suspended",
        str(organization.id),
        "Unpaid.",
    )


def test_a_suspended_organization_is_opened_again(application: Application) -> None:
    organization = founded(application)
    suspended(application, organization)

    page = root_desk(application).act(ORGANIZATIONS, "reopen", organization.id)

    assert page.said == ("1 organization reopened.",)
    assert now(application, organization).is_open
    assert log_of(organization.id) == ["Reopened."]


def test_a_deleted_organization_stays_to_be_seen(application: Application) -> None:
    organization, root = founded(application), root_desk(application)

    page = root.act(ORGANIZATIONS, "delete", organization.id, reason="They have left.")

    seen = root.get(page_of(organization))
    assert page.said == ("1 organization deleted.",)
    assert status_of(organization) == "deleted"
    assert log_of(organization.id) == ["Deleted. Reason: They have left."]
    assert (seen.status, seen.may_be_saved) == (200, False)


@pytest.mark.parametrize("action", ["suspend", "reopen", "delete"])
def test_what_is_deleted_stays_so(application: Application, action: str) -> None:
    organization = founded(application)
    application.services.organizations.delete(organization.id, by=OPERATOR)

    page = root_desk(application).act(
        ORGANIZATIONS, action, organization.id, reason="Because I can."
    )

    assert "There is no such organization." in page.said[0]
    assert status_of(organization) == "deleted"


def test_nobody_imports_members_into_what_is_closed(application: Application) -> None:
    organization, root = founded(application), root_desk(application)
    suspended(application, organization)

    answers = [
        root.get(list_page_of(organization)),
        root.post(list_page_of(organization), text="email\ncleo@school.example\n"),
    ]

    assert [answer.status for answer in answers] == [403, 403]


@pytest.mark.parametrize("group", ["Auditors", "User managers", "Course editors"])
def test_other_staff_change_no_organization(application: Application, group: str) -> None:
    organization, bo = founded(application), desk(application, group)

    answers = [
        bo.post(f"{ORGANIZATIONS}add/", name="Mine", slug="mine", owner="bo@school.example"),
        bo.post(page_of(organization), name="Mine", plan="team"),
        bo.post(list_page_of(organization), text="email\nbo@school.example\n"),
    ]
    for action in ("suspend", "reopen", "delete"):
        bo.act(ORGANIZATIONS, action, organization.id, reason="Because I can.")

    assert [answer.status for answer in answers] == [403] * 3
    assert now(application, organization) == organization


def test_a_group_may_open_and_close_organizations_without_ruling_in_them(
    application: Application,
) -> None:
    organization, keeper = founded(application), a_keeper(application)

    keeper.act(ORGANIZATIONS, "suspend", organization.id, reason="Unpaid.")
    keeper.act(ORGANIZATIONS, "reopen", organization.id)
    page = keeper.post(page_of(organization), name="Mine", plan="team")

    assert [entry[0] for entry in recorded(organization.id)][1:3] == [
        "organization-suspended",
        "organization-reopened",
    ]
    assert page.said[0].startswith("You may not do this.")
    assert now(application, organization).name == organization.name


def test_a_group_founds_an_organization_for_somebody(application: Application) -> None:
    olga = a_user_of(application, "Olga")

    a_keeper(application).post(f"{ORGANIZATIONS}add/", name="Knots", slug="knots", owner=olga.email)

    (membership,) = MembershipRow.objects.filter(org__slug="knots")
    assert (membership.user_id, membership.role) == (olga.id, OrgRole.OWNER)


def test_a_list_of_an_organization_that_there_is_not_is_not_found(application: Application) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"

    assert root_desk(application).get(f"{ORGANIZATIONS}{nobody}/members/").status == 404
