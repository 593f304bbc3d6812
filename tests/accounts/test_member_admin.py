"""Admin pages of memberships and invitations."""

import pytest

from accounts.domain.identity.entities.users import User
from accounts.domain.organizations.entities import Organization
from accounts.models import Invitation as InvitationRow
from tests.accounts.org_pages import (
    INVITATIONS,
    MEMBERS,
    has_invitation,
    has_member,
    has_organization,
    key_of,
    recorded,
    recorded_access,
    role_of,
    suspend,
)
from tests.support.application import Application
from tests.support.staff import a_user_of, log_of, root_browser, staff_browser

pytestmark = pytest.mark.database


@pytest.mark.parametrize("role", ["owner", "admin", "instructor"])
def test_a_role_is_assigned_to_a_member(application: Application, role: str) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    key = has_member(application, organization, anna)

    page = root_browser(application).act(MEMBERS, f"make_{role}", key)

    assert page.messages == (f"Made Anna {role} of School of Knots.",)
    assert role_of(organization, anna) == role
    assert log_of(key) == [f"Made {role}."]
    assert recorded(organization.id)[-1] == ("member-role-changed", str(anna.id), "")


def test_an_owner_becomes_a_learner_if_there_is_another_owner(application: Application) -> None:
    olga, bo = a_user_of(application, "Olga"), a_user_of(application, "Bo")
    organization = has_organization(application, olga)
    key, root = has_member(application, organization, bo), root_browser(application)
    root.act(MEMBERS, "make_owner", key)

    root.act(MEMBERS, "make_learner", key_of(organization, olga))

    assert (role_of(organization, olga), role_of(organization, bo)) == ("learner", "owner")


@pytest.mark.parametrize("action", ["make_admin", "make_instructor", "make_learner", "remove"])
def test_the_last_owner_stays_an_owner(application: Application, action: str) -> None:
    olga = a_user_of(application, "Olga")
    organization = has_organization(application, olga)
    key = key_of(organization, olga)

    page = root_browser(application).act(MEMBERS, action, key, reason="Because I can.")

    assert "Olga in School of Knots. An organization needs at least one owner." in page.messages[0]
    assert role_of(organization, olga) == "owner"
    assert log_of(key) == []


def test_removing_a_member_requires_a_reason(application: Application) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    key = has_member(application, organization, anna)

    page = root_browser(application).act(MEMBERS, "remove", key)

    assert "Remove Anna in School of Knots" in page.text
    assert f"{anna.email} in School of Knots" in page.text
    assert role_of(organization, anna) == "learner"


def test_a_member_is_removed_and_the_reason_logged(application: Application) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    key = has_member(application, organization, anna)

    page = root_browser(application).act(MEMBERS, "remove", key, reason="Left the school.")

    assert page.messages == ("Removed Anna from School of Knots.",)
    assert role_of(organization, anna) is None
    assert log_of(key) == ["Removed. Reason: Left the school."]
    assert recorded(organization.id)[-1] == ("member-removed", str(anna.id), "Left the school.")


@pytest.mark.parametrize("action", ["make_owner", "remove"])
def test_members_of_a_suspended_organization_cannot_be_changed(
    application: Application, action: str
) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    key = has_member(application, organization, anna)
    suspend(application, organization)

    page = root_browser(application).act(MEMBERS, action, key, reason="Because I can.")

    assert "The organization is suspended." in page.messages[0]
    assert role_of(organization, anna) == "learner"


def test_an_invitation_is_cancelled(application: Application) -> None:
    organization = has_organization(application)
    invitation = has_invitation(application, organization, "cleo@school.example")

    page = root_browser(application).act(INVITATIONS, "cancel", invitation.pk)

    assert page.messages == ("Cancelled the invitation of cleo@school.example.",)
    assert not InvitationRow.objects.exists()
    assert log_of(invitation.pk) == ["Cancelled."]
    assert recorded(organization.id)[-1][0] == "invitation-taken-back"


def a_member_and_an_invitation(
    application: Application,
) -> tuple[Organization, User, int, InvitationRow]:
    """An organization, a member with the key of the membership, and an invitation."""
    organization, anna = has_organization(application), a_user_of(application)
    key = has_member(application, organization, anna)
    return organization, anna, key, has_invitation(application, organization, "cleo@school.example")


def test_members_and_invitations_cannot_be_edited_by_form(application: Application) -> None:
    organization, anna, key, invitation = a_member_and_an_invitation(application)
    root = root_browser(application)

    answers = [
        root.post(f"{MEMBERS}add/", role="owner"),
        root.post(f"{MEMBERS}{key}/change/", role="owner"),
        root.post(f"{MEMBERS}{key}/delete/", post="yes"),
        root.post(f"{INVITATIONS}add/", email="me@school.example"),
        root.post(f"{INVITATIONS}{invitation.pk}/change/", email="me@school.example"),
    ]

    assert [answer.status for answer in answers] == [403] * 5
    assert role_of(organization, anna) == "learner"
    assert InvitationRow.objects.get().email == "cleo@school.example"


def test_an_invitation_is_shown_without_its_hash(application: Application) -> None:
    invitation, root = (
        has_invitation(application, has_organization(application), "cleo@school.example"),
        root_browser(application),
    )

    for path in (INVITATIONS, f"{INVITATIONS}{invitation.pk}/change/"):
        page = root.get(path)

        assert "cleo@school.example" in page.text
        assert invitation.token_hash not in page.text
        assert "oken hash" not in page.text


@pytest.mark.parametrize("group", ["Auditors", "User managers"])
def test_read_only_staff_cannot_change_anything(application: Application, group: str) -> None:
    organization, anna, key, invitation = a_member_and_an_invitation(application)
    bo = staff_browser(application, group)

    pages = [bo.get(MEMBERS), bo.get(INVITATIONS)]
    for action in ("make_owner", "remove"):
        bo.act(MEMBERS, action, key, reason="Because I can.")
    bo.act(INVITATIONS, "cancel", invitation.pk)

    assert [page.status for page in pages] == [200, 200]
    assert [page.actions for page in pages] == [set(), set()]
    assert role_of(organization, anna) == "learner"
    assert InvitationRow.objects.exists()


def test_viewing_a_member_or_an_invitation_is_recorded(application: Application) -> None:
    organization, anna, key, invitation = a_member_and_an_invitation(application)
    root = root_browser(application)

    root.get(f"{MEMBERS}{key}/change/")
    root.get(f"{INVITATIONS}{invitation.pk}/change/")

    assert recorded_access(organization) == [
        ("member", str(anna.id), root.id),
        ("invitation", str(invitation.pk), root.id),
    ]


def test_the_list_finds_members_by_e_mail_and_organization(application: Application) -> None:
    organization, anna, root = (
        has_organization(application, name="Bends"),
        a_user_of(application),
        root_browser(application),
    )
    has_member(application, organization, anna)
    has_organization(application)

    by_address = root.get(f"{MEMBERS}?q={anna.email}")
    by_name = root.get(f"{MEMBERS}?q=bends")
    by_slug = root.get(f"{MEMBERS}?q={organization.slug}")
    by_role = root.get(f"{MEMBERS}?role__exact=learner")

    counts = [page.text.count('class="field-role"') for page in (by_address, by_name, by_slug)]
    assert counts == [1, 2, 2]
    assert by_role.text.count('class="field-role"') == 1
