"""Organizations in the back office: their forms and their pages."""

from typing import Any

import pytest

from accounts.domain.entities import OPERATOR, Plan, UserChanges
from accounts.models import Organization as OrganizationRow
from accounts.models import OrgMembership as MembershipRow
from tests.accounts.org_desk import (
    ORGANIZATIONS,
    founded,
    invited,
    joined,
    looks_into,
    now,
    page_of,
    recorded,
    role_of,
    suspended,
)
from tests.accounts.service_clients import a_service_client
from tests.support.house import House
from tests.support.staff import a_user_of, desk, log_of, root_desk

pytestmark = pytest.mark.database

NEW = {"name": "School of Knots", "slug": "school-of-knots", "owner": "Olga@School.example"}


def test_an_organization_is_founded_for_its_owner(house: House) -> None:
    olga = a_user_of(house, "Olga", email="olga@school.example")

    page = root_desk(house).post(f"{ORGANIZATIONS}add/", **NEW)

    row, membership = OrganizationRow.objects.get(), MembershipRow.objects.get()
    assert page.path == ORGANIZATIONS
    assert (row.name, row.slug) == ("School of Knots", "school-of-knots")
    assert (row.plan, row.status) == ("free", "active")
    assert (membership.org_id, membership.user_id) == (row.pk, olga.id)
    assert membership.role == "owner"
    assert log_of(row.pk) == ["Added."]


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ({"owner": "nobody@school.example"}, "Nobody who is active has this address."),
        ({"owner": "gone@school.example"}, "Nobody who is active has this address."),
        ({"owner": "olga"}, "Enter a valid email address."),
        ({"owner": ""}, "This field is required."),
        ({"name": " "}, "This field is required."),
        ({"name": "N" * 201}, "at most 200 characters"),
        ({"slug": "taken"}, "Organization with this Slug already exists."),
        ({"slug": "two--hyphens"}, "Use small letters, digits and single hyphens."),
        ({"slug": "Capital"}, "Use small letters, digits and single hyphens."),
        ({"slug": "no spaces"}, "Enter a valid “slug”"),
        ({"slug": "s" * 41}, "at most 40 characters"),
    ],
)
def test_a_form_says_what_is_wrong_with_a_new_organization(
    house: House, wish: dict[str, str], complaint: str
) -> None:
    gone = a_user_of(house, email="gone@school.example")
    house.services.users.edit(gone.id, UserChanges(is_active=False), by=OPERATOR)
    olga = a_user_of(house, "Olga", email="olga@school.example")
    founded(house, olga, slug="taken")

    page = root_desk(house).post(f"{ORGANIZATIONS}add/", **NEW | wish)

    assert complaint in page.text
    assert OrganizationRow.objects.count() == 1


@pytest.mark.parametrize("wish", [{"owner": "nobody@school.example"}, {"slug": "two--hyphens"}])
def test_what_was_typed_stays_to_be_mended(house: House, wish: dict[str, str]) -> None:
    a_user_of(house, "Olga", email="olga@school.example")
    typed = NEW | wish

    page = root_desk(house).post(f"{ORGANIZATIONS}add/", **typed)

    assert all(f'value="{text}"' in page.text for text in typed.values())


def test_an_organization_gets_another_name_and_plan(house: House) -> None:
    organization = founded(house)

    page = root_desk(house).post(page_of(organization), name="School of Bends", plan="team")

    assert page.path == ORGANIZATIONS
    assert now(house, organization).name == "School of Bends"
    assert now(house, organization).plan is Plan.TEAM
    assert log_of(organization.id) == ["Changed Name and Plan."]
    assert ("organization-edited", str(organization.id), "") in recorded(organization.id)


def test_what_never_changes_cannot_be_sent(house: House) -> None:
    organization = founded(house)
    wish = {"slug": "other", "status": "deleted", "created_at_0": "2001-01-01"}

    root_desk(house).post(page_of(organization), name="School of Bends", plan="free", **wish)

    edited = now(house, organization)
    assert edited.name == "School of Bends"
    assert (edited.slug, edited.status) == (organization.slug, organization.status)
    assert edited.created_at == organization.created_at


def test_a_closed_organization_is_looked_at_and_no_more(house: House) -> None:
    organization, root = founded(house), root_desk(house)
    suspended(house, organization)

    seen = root.get(page_of(organization))
    answer = root.post(page_of(organization), name="Mine", plan="team")

    assert seen.status == 200
    assert not seen.may_be_saved
    assert "Import members" not in seen.text
    assert answer.status == 403
    assert now(house, organization).name == organization.name


def test_the_page_shows_who_is_in_it_who_is_invited_and_its_clients(house: House) -> None:
    organization, anna = founded(house), a_user_of(house)
    joined(house, organization, anna)
    invited(house, organization, "cleo@school.example")
    a_service_client(house, organization, name="Timetable")

    text = root_desk(house).get(page_of(organization)).text

    assert anna.email in text
    assert "cleo@school.example" in text
    assert "Timetable" in text


def test_the_page_shows_nothing_of_another_organization(house: House) -> None:
    organization, other = founded(house), founded(house)
    anna = a_user_of(house)
    joined(house, other, anna)
    invited(house, other, "cleo@school.example")

    text = root_desk(house).get(page_of(organization)).text

    assert anna.email not in text
    assert "cleo@school.example" not in text


def test_no_hash_and_no_secret_is_on_the_page(house: House) -> None:
    organization = founded(house)
    invitation = invited(house, organization, "cleo@school.example")
    client = a_service_client(house, organization)

    text = root_desk(house).get(page_of(organization)).text

    assert invitation.token_hash not in text
    assert client.secret_hash not in text


def test_members_are_changed_by_nothing_that_is_sent_with_the_form(house: House) -> None:
    organization, anna = founded(house), a_user_of(house)
    key = joined(house, organization, anna)
    forged: dict[str, Any] = {
        "-1-TOTAL_FORMS": "1",
        "-1-INITIAL_FORMS": "1",
        "-1-0-id": key,
        "-1-0-org": str(organization.id),
        "-1-0-role": "owner",
        "-1-0-DELETE": "on",
    }

    page = root_desk(house).post(page_of(organization), name="Bends", plan="free", **forged)

    assert page.path == ORGANIZATIONS
    assert now(house, organization).name == "Bends"
    assert role_of(organization, anna) == "learner"


def test_beside_a_form_with_mistakes_the_members_are_still_shown(house: House) -> None:
    organization, anna = founded(house), a_user_of(house)
    joined(house, organization, anna)

    page = root_desk(house).post(page_of(organization), name="", plan="free")

    assert "Please correct the error below." in page.text
    assert anna.email in page.text


def test_of_very_many_members_the_page_shows_the_first(house: House) -> None:
    organization = founded(house)
    emails = [f"learner-{number:03}@many.example" for number in range(100)]
    for email in emails:
        joined(house, organization, a_user_of(house, email=email))

    text = root_desk(house).get(page_of(organization)).text

    assert text.count("@many.example in School of Knots") == 99
    assert f"?q={organization.slug}" in text


def test_whoever_looks_at_an_organization_is_recorded(house: House) -> None:
    organization, root = founded(house), root_desk(house)

    root.get(page_of(organization))

    assert looks_into(organization) == [("organization", str(organization.id), root.id)]


@pytest.mark.parametrize("group", ["Auditors", "User managers"])
def test_a_look_by_staff_without_the_right_is_recorded_too(house: House, group: str) -> None:
    organization, bo = founded(house), desk(house, group)

    page = bo.get(page_of(organization))

    assert page.status == 200
    assert not page.may_be_saved
    assert looks_into(organization) == [("organization", str(organization.id), bo.id)]


def test_nobody_looks_who_is_not_let_in(house: House) -> None:
    organization, bo = founded(house), desk(house, "Course editors")

    assert bo.get(page_of(organization)).status == 403
    assert looks_into(organization) == []


def test_a_form_that_was_in_order_is_no_look(house: House) -> None:
    organization = founded(house)

    root_desk(house).post(page_of(organization), name="Bends", plan="free")

    assert looks_into(organization) == []


def test_the_list_finds_an_organization_by_name_slug_or_id(house: House) -> None:
    organization, root = founded(house, slug="school-of-knots"), root_desk(house)
    founded(house, name="Other")

    for term in ("of Knots", "school-of", str(organization.id)):
        page = root.get(f"{ORGANIZATIONS}?q={term}")

        assert page.text.count('class="field-slug"') == 1
        assert organization.slug in page.text


@pytest.mark.parametrize("lookup", ["name__startswith=S", "created_at__year=2026"])
def test_no_column_can_be_asked_about_that_is_no_filter(house: House, lookup: str) -> None:
    assert root_desk(house).get(f"{ORGANIZATIONS}?{lookup}").status == 400
