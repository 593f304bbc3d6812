"""Memberships and invitations in the back office."""

import pytest

from accounts.models import Invitation as InvitationRow
from tests.accounts.org_desk import (
    INVITATIONS,
    MEMBERS,
    founded,
    invited,
    joined,
    key_of,
    looks_into,
    recorded,
    role_of,
    suspended,
)
from tests.support.application import Application
from tests.support.staff import a_user_of, desk, log_of, root_desk

pytestmark = pytest.mark.database


@pytest.mark.parametrize("role", ["owner", "admin", "instructor"])
def test_a_member_is_given_a_role(application: Application, role: str) -> None:
    organization, anna = founded(application), a_user_of(application)
    key = joined(application, organization, anna)

    page = root_desk(application).act(MEMBERS, f"make_{role}", key)

    assert page.said == (f"1 membership made {role}.",)
    assert role_of(organization, anna) == role
    assert log_of(key) == [f"Made {role}."]
    assert recorded(organization.id)[-1] == ("member-role-changed", str(anna.id), "")


def test_an_owner_becomes_a_learner_when_there_is_another_one(application: Application) -> None:
    olga, bo = a_user_of(application, "Olga"), a_user_of(application, "Bo")
    organization = founded(application, olga)
    key, root = joined(application, organization, bo), root_desk(application)
    root.act(MEMBERS, "make_owner", key)

    root.act(MEMBERS, "make_learner", key_of(organization, olga))

    assert (role_of(organization, olga), role_of(organization, bo)) == ("learner", "owner")


@pytest.mark.parametrize("action", ["make_admin", "make_instructor", "make_learner", "remove"])
def test_the_last_owner_stays_one(application: Application, action: str) -> None:
    olga = a_user_of(application, "Olga")
    organization = founded(application, olga)
    key = key_of(organization, olga)

    page = root_desk(application).act(MEMBERS, action, key, reason="Because I can.")

    assert f"{olga.email} in School of Knots. An organization needs an owner." in page.said[0]
    assert role_of(organization, olga) == "owner"
    assert log_of(key) == []


def test_to_remove_a_member_asks_for_a_reason_first(application: Application) -> None:
    organization, anna = founded(application), a_user_of(application)
    key = joined(application, organization, anna)

    page = root_desk(application).act(MEMBERS, "remove", key)

    assert "Remove 1 membership" in page.text
    assert f"{anna.email} in School of Knots" in page.text
    assert role_of(organization, anna) == "learner"


def test_a_removed_member_is_out_and_the_log_says_why(application: Application) -> None:
    organization, anna = founded(application), a_user_of(application)
    key = joined(application, organization, anna)

    page = root_desk(application).act(MEMBERS, "remove", key, reason="She has left.")

    assert page.said == ("1 membership removed.",)
    assert role_of(organization, anna) is None
    assert log_of(key) == ["Removed. Reason: She has left."]
    assert recorded(organization.id)[-1] == ("member-removed", str(anna.id), "She has left.")


@pytest.mark.parametrize("action", ["make_owner", "remove"])
def test_nothing_changes_in_what_is_closed(application: Application, action: str) -> None:
    organization, anna = founded(application), a_user_of(application)
    key = joined(application, organization, anna)
    suspended(application, organization)

    page = root_desk(application).act(MEMBERS, action, key, reason="Because I can.")

    assert "The organization is suspended." in page.said[0]
    assert role_of(organization, anna) == "learner"


def test_an_invitation_is_taken_back(application: Application) -> None:
    organization = founded(application)
    invitation = invited(application, organization, "cleo@school.example")

    page = root_desk(application).act(INVITATIONS, "cancel", invitation.pk)

    assert page.said == ("1 invitation cancelled.",)
    assert not InvitationRow.objects.exists()
    assert log_of(invitation.pk) == ["Cancelled."]
    assert recorded(organization.id)[-1][0] == "invitation-taken-back"


def test_neither_is_written_by_a_form(application: Application) -> None:
    organization, anna, root = founded(application), a_user_of(application), root_desk(application)
    key = joined(application, organization, anna)
    invitation = invited(application, organization, "cleo@school.example")

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
        invited(application, founded(application), "cleo@school.example"),
        root_desk(application),
    )

    for path in (INVITATIONS, f"{INVITATIONS}{invitation.pk}/change/"):
        page = root.get(path)

        assert "cleo@school.example" in page.text
        assert invitation.token_hash not in page.text
        assert "oken hash" not in page.text


@pytest.mark.parametrize("group", ["Auditors", "User managers"])
def test_whoever_may_only_look_changes_nothing(application: Application, group: str) -> None:
    organization, anna, bo = founded(application), a_user_of(application), desk(application, group)
    key = joined(application, organization, anna)
    invitation = invited(application, organization, "cleo@school.example")

    seen = [bo.get(MEMBERS), bo.get(INVITATIONS)]
    for action in ("make_owner", "remove"):
        bo.act(MEMBERS, action, key, reason="Because I can.")
    bo.act(INVITATIONS, "cancel", invitation.pk)

    assert [page.status for page in seen] == [200, 200]
    assert [page.actions for page in seen] == [set(), set()]
    assert role_of(organization, anna) == "learner"
    assert InvitationRow.objects.exists()


def test_whoever_looks_at_a_member_or_at_an_invitation_is_recorded(
    application: Application,
) -> None:
    organization, anna, root = founded(application), a_user_of(application), root_desk(application)
    key = joined(application, organization, anna)
    invitation = invited(application, organization, "cleo@school.example")

    root.get(f"{MEMBERS}{key}/change/")
    root.get(f"{INVITATIONS}{invitation.pk}/change/")

    assert looks_into(organization) == [
        ("member", str(anna.id), root.id),
        ("invitation", str(invitation.pk), root.id),
    ]


def test_the_list_finds_members_by_address_and_by_organization(application: Application) -> None:
    organization, anna, root = (
        founded(application, name="Bends"),
        a_user_of(application),
        root_desk(application),
    )
    joined(application, organization, anna)
    founded(application)

    by_address = root.get(f"{MEMBERS}?q={anna.email}")
    by_name = root.get(f"{MEMBERS}?q=bends")
    by_slug = root.get(f"{MEMBERS}?q={organization.slug}")
    by_role = root.get(f"{MEMBERS}?role__exact=learner")

    found = [page.text.count('class="field-role"') for page in (by_address, by_name, by_slug)]
    assert found == [1, 2, 2]
    assert by_role.text.count('class="field-role"') == 1


@pytest.mark.parametrize(
    "path",
    [f"{MEMBERS}?user__password__startswith=a", f"{INVITATIONS}?token_hash__startswith=a"],
)
def test_no_hidden_column_can_be_asked_about(application: Application, path: str) -> None:
    assert root_desk(application).get(path).status == 400
