"""Admin forms and pages of organizations."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole
from accounts.domain.organizations.entities import Plan
from accounts.models import Invitation as InvitationRow
from accounts.models import Organization as OrganizationRow
from accounts.models import OrgMembership as MembershipRow
from authsvc.kernel.urls import PAGE_URL_RULE
from tests.accounts.org_pages import (
    ORGANIZATIONS,
    has_invitation,
    has_member,
    has_organization,
    now,
    page_of,
    recorded,
    recorded_access,
    role_of,
    settings_of,
    suspend,
)
from tests.accounts.service_clients import a_service_client
from tests.support.application import Application
from tests.support.builders import a_definition_of, a_principal
from tests.support.learning import Learner, a_published_course
from tests.support.staff import a_user_of, log_of, root_browser, staff_browser

pytestmark = pytest.mark.database

TABS = (
    "overview",
    "settings",
    "members",
    "invitations",
    "courses",
    "clients",
    "admins",
    "activity",
)
NEW = {"name": "School of Knots", "slug": "school-of-knots", "owner": "Olga@School.example"}


def test_an_organization_is_created_for_its_owner(application: Application) -> None:
    olga = a_user_of(application, "Olga", email="olga@school.example")

    page = root_browser(application).post(f"{ORGANIZATIONS}add/", **NEW)

    row, membership = OrganizationRow.objects.get(), MembershipRow.objects.get()
    assert page.path == f"{ORGANIZATIONS}{row.pk}/change/"
    assert page.messages == ("Created School of Knots for Olga, who is its owner.",)
    assert (row.name, row.slug) == ("School of Knots", "school-of-knots")
    assert (row.plan, row.status) == ("free", "active")
    assert (membership.org_id, membership.user_id) == (row.pk, olga.id)
    assert membership.role == "owner"
    assert log_of(row.pk) == ["Added."]


@pytest.mark.parametrize("is_known", [True, False])
def test_an_owner_without_a_verified_address_is_invited(
    application: Application,
    is_known: bool,  # noqa: FBT001  # pytest's
) -> None:
    root = root_browser(application)
    if is_known:
        a_user_of(application, "Olga", email="olga@school.example", is_verified=False)

    page = root.post(f"{ORGANIZATIONS}add/", **NEW)

    row, invitation = OrganizationRow.objects.get(), InvitationRow.objects.get()
    words = "Created School of Knots and invited olga@school.example to be its owner."
    assert page.messages[0].startswith(words)
    assert "(invited: olga@school.example)" in page.text
    assert (invitation.org_id, invitation.email, invitation.role) == (
        row.pk,
        "olga@school.example",
        "owner",
    )
    assert not MembershipRow.objects.exists()
    assert [entry[0] for entry in recorded(OrganizationId(row.pk))][:2] == [
        "organization-created",
        "invitation-sent",
    ]


def test_a_slug_that_is_taken_invites_nobody(application: Application) -> None:
    has_organization(application, slug=NEW["slug"])

    page = root_browser(application).post(f"{ORGANIZATIONS}add/", **NEW)

    assert OrganizationRow.objects.count() == 1
    assert not InvitationRow.objects.exists()
    assert page.path == f"{ORGANIZATIONS}add/"


@pytest.mark.parametrize("wish", [{"owner": "nobody"}, {"slug": "two--hyphens"}])
def test_an_invalid_form_keeps_its_input(application: Application, wish: dict[str, str]) -> None:
    a_user_of(application, "Olga", email="olga@school.example")
    typed = NEW | wish

    page = root_browser(application).post(f"{ORGANIZATIONS}add/", **typed)

    assert all(f'value="{text}"' in page.text for text in typed.values())


def test_name_and_plan_of_an_organization_are_changed(application: Application) -> None:
    organization = has_organization(application)

    page = root_browser(application).post(
        page_of(organization), name="School of Bends", plan="team"
    )

    assert page.path == ORGANIZATIONS
    assert now(application, organization).name == "School of Bends"
    assert now(application, organization).plan is Plan.TEAM
    assert log_of(organization.id) == ["Changed Name and Plan."]
    assert ("organization-edited", str(organization.id), "") in recorded(organization.id)


def test_the_profile_of_an_organization_is_changed_and_checked(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)
    values = {"name": organization.name, "plan": "free", "description": "Ties knots."}

    invalid = root.post(page_of(organization), **values, url="http://school.example/", image_url="")
    changed = root.post(
        page_of(organization), **values, url="https://school.example/", image_url=""
    )

    assert PAGE_URL_RULE in invalid.text
    assert changed.path == ORGANIZATIONS
    edited = now(application, organization)
    assert (edited.url, edited.description) == ("https://school.example/", "Ties knots.")
    assert log_of(organization.id) == ["Changed Website and Description."]


def test_read_only_fields_cannot_be_submitted(application: Application) -> None:
    organization = has_organization(application)
    wish = {"slug": "other", "status": "deleted", "created_at_0": "2001-01-01"}

    root_browser(application).post(
        page_of(organization), name="School of Bends", plan="free", **wish
    )

    edited = now(application, organization)
    assert edited.name == "School of Bends"
    assert (edited.slug, edited.status) == (organization.slug, organization.status)
    assert edited.created_at == organization.created_at


def test_a_suspended_organization_is_read_only(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)
    suspend(application, organization)

    response = root.get(settings_of(organization))
    answer = root.post(page_of(organization), name="Mine", plan="team")

    assert response.status == 200
    assert not response.may_be_saved
    assert "Import members" not in root.get(page_of(organization, "members")).text
    assert answer.status == 403
    assert now(application, organization).name == organization.name


def test_the_page_shows_members_invitations_and_clients(application: Application) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    has_member(application, organization, anna)
    has_invitation(application, organization, "cleo@school.example")
    a_service_client(application, organization, name="Timetable")

    root = root_browser(application)

    assert anna.email in root.get(page_of(organization, "members")).text
    assert "cleo@school.example" in root.get(page_of(organization, "invitations")).text
    assert "Timetable" in root.get(page_of(organization, "clients")).text
    for tab in TABS:
        page = root.get(page_of(organization, tab))
        assert (page.status, 'aria-current="page"' in page.text) == (200, True)


def test_the_page_shows_courses_with_status_and_learners(application: Application) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    draft = application.services.authoring.create(
        a_definition_of(required=1), org_id=organization.id, by=OPERATOR
    )
    course = application.services.authoring.publish(draft.slug, by=OPERATOR)
    other = a_published_course(application.services)
    has_member(application, organization, anna)
    principal = replace(a_principal(anna), memberships={organization.id: OrgRole.LEARNER})
    Learner(services=application.services, principal=principal).enrols(course)
    root = root_browser(application)
    root.get(page_of(organization, "courses"))

    with CaptureQueriesContext(connection) as queries:
        text = root.get(page_of(organization, "courses")).text

    assert f'/admin/courses/course/{course.id}/change/">{course.title}</a>' in text
    assert '<span class="badge good">Published</span>' in text
    assert f'/learners/{course.id}/">1<span' in text
    assert str(other.id) not in text
    assert len(queries) <= 12
    manager = staff_browser(application, "User managers")
    assert "?tab=courses" not in manager.get(page_of(organization)).text


def test_the_page_shows_nothing_of_another_organization(application: Application) -> None:
    organization, other = has_organization(application), has_organization(application)
    anna = a_user_of(application)
    has_member(application, other, anna)
    has_invitation(application, other, "cleo@school.example")

    root = root_browser(application)

    text = "".join(root.get(page_of(organization, tab)).text for tab in TABS)

    assert anna.email not in text
    assert "cleo@school.example" not in text


def test_no_hash_and_no_secret_is_on_the_page(application: Application) -> None:
    organization = has_organization(application)
    invitation = has_invitation(application, organization, "cleo@school.example")
    client = a_service_client(application, organization)

    root = root_browser(application)

    text = "".join(root.get(page_of(organization, tab)).text for tab in TABS)

    assert invitation.token_hash not in text
    assert client.secret_hash not in text


def test_submitted_inline_values_do_not_change_members(application: Application) -> None:
    organization, anna = has_organization(application), a_user_of(application)
    key = has_member(application, organization, anna)
    forged: dict[str, Any] = {
        "-1-TOTAL_FORMS": "1",
        "-1-INITIAL_FORMS": "1",
        "-1-0-id": key,
        "-1-0-org": str(organization.id),
        "-1-0-role": "owner",
        "-1-0-DELETE": "on",
    }

    page = root_browser(application).post(
        page_of(organization), name="Bends", plan="free", **forged
    )

    assert page.path == ORGANIZATIONS
    assert now(application, organization).name == "Bends"
    assert role_of(organization, anna) == "learner"


def test_an_invalid_form_is_shown_on_its_tab(application: Application) -> None:
    organization = has_organization(application)

    page = root_browser(application).post(page_of(organization), name="", plan="free")

    assert "Please correct the error below." in page.text
    assert 'href="?tab=settings" aria-current="page"' in page.text
    assert "<h1>School of Knots</h1>" in page.text


def test_the_page_shows_a_limited_number_of_members(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin.organization_contents.MOST_AT_ONCE", 5)
    organization = has_organization(application)
    emails = [f"learner-{number}@many.example" for number in range(5)]
    for email in emails:
        has_member(application, organization, a_user_of(application, email=email))

    text = root_browser(application).get(page_of(organization, "members")).text

    assert text.count("@many.example</td>") == 4
    assert f"?q={organization.slug}" in text


def test_viewing_an_organization_is_recorded(application: Application) -> None:
    organization, root = has_organization(application), root_browser(application)

    root.get(page_of(organization))

    assert recorded_access(organization) == [("organization", str(organization.id), root.id)]


@pytest.mark.parametrize("group", ["Auditors", "User managers"])
def test_viewing_by_staff_without_the_right_is_recorded_too(
    application: Application, group: str
) -> None:
    organization, bo = has_organization(application), staff_browser(application, group)

    page = bo.get(page_of(organization))

    assert page.status == 200
    assert not page.may_be_saved
    assert recorded_access(organization) == [("organization", str(organization.id), bo.id)]


def test_denied_access_is_not_recorded(application: Application) -> None:
    organization, bo = has_organization(application), staff_browser(application, "Course editors")

    assert bo.get(page_of(organization)).status == 403
    assert recorded_access(organization) == []


def test_submitting_a_valid_form_is_not_recorded_as_access(application: Application) -> None:
    organization = has_organization(application)

    root_browser(application).post(page_of(organization), name="Bends", plan="free")

    assert recorded_access(organization) == []


def test_the_list_finds_an_organization_by_name_slug_or_id(application: Application) -> None:
    organization, root = (
        has_organization(application, slug="school-of-knots"),
        root_browser(application),
    )
    has_organization(application, name="Other")

    for term in ("of Knots", "school-of", str(organization.id)):
        page = root.get(f"{ORGANIZATIONS}?q={term}")

        assert page.text.count('class="field-slug"') == 1
        assert organization.slug in page.text
