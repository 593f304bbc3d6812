"""Eligibility page of the admin site."""

import pytest

from accounts.domain.access import OPERATOR, OrgRole
from credentials.domain.entities.definitions import Credential
from credentials.domain.entities.rules import AllOf, CompletedCourse
from credentials.models import UserCredential
from tests.support.application import Application
from tests.support.builders import a_definition_of, a_principal
from tests.support.learning import Learner, a_credential_for, a_published_course
from tests.support.members import access_entries, add_organization, member_of
from tests.support.staff import (
    a_user_of,
    credential_officer,
    root_browser,
    staff_browser,
)

pytestmark = pytest.mark.database


def page_of(credential: Credential) -> str:
    return f"credentials/credential/{credential.id}/eligibility/"


def test_an_administrator_sees_why_a_learner_cannot_have_it(application: Application) -> None:
    services, anna = application.services, a_user_of(application)
    knots = a_published_course(services, a_definition_of(required=1, slug="knots", title="Knots"))
    bends = a_published_course(services, a_definition_of(required=1, slug="bends", title="Bends"))
    rule = AllOf((CompletedCourse(knots.id), CompletedCourse(bends.id)))
    credential = a_credential_for(services, bends, rule=rule)
    Learner(services=services, principal=a_principal(anna)).passes(knots)

    page = credential_officer(application).post(page_of(credential), learner=anna.email.upper())

    assert "Not eligible." in page.text
    assert "\N{BALLOT X} all of these (1 of 2)" in page.text
    assert '\N{CHECK MARK} complete course "Knots" (done)' in page.text
    assert '\N{BALLOT X} complete course "Bends" (not done)' in page.text


def test_to_try_it_issues_nothing(application: Application) -> None:
    services, anna = application.services, a_user_of(application)
    course = a_published_course(services)
    Learner(services=services, principal=a_principal(anna)).passes(course)
    credential = a_credential_for(services, course)

    page = credential_officer(application).post(page_of(credential), learner=anna.email)

    assert "<b>Eligible.</b>" in page.text
    assert "Already issued." not in page.text
    assert not UserCredential.objects.exists()


def test_it_says_that_an_issued_credential_is_held(application: Application) -> None:
    services, anna = application.services, a_user_of(application)
    course = a_published_course(services)
    credential = a_credential_for(services, course)
    Learner(services=services, principal=a_principal(anna)).passes(course)

    page = credential_officer(application).post(page_of(credential), learner=anna.email)

    assert "Already issued." in page.text


def test_a_title_cannot_bring_in_markup(application: Application) -> None:
    services, anna = application.services, a_user_of(application)
    definition = a_definition_of(required=1, slug="knots", title="<b>Knots</b>")
    credential = a_credential_for(services, a_published_course(services, definition))
    bo = credential_officer(application)

    sent = bo.client.post(f"/admin/{page_of(credential)}", {"learner": anna.email})

    assert "&lt;b&gt;Knots&lt;/b&gt;" in sent.content.decode()


@pytest.mark.parametrize(
    ("address", "field_error"),
    [
        ("nobody@school.example", "There is no user with this e-mail address."),
        ("nobody", "Enter a valid email address."),
        ("", "This field is required."),
    ],
)
def test_the_learner_must_be_a_user(
    application: Application, address: str, field_error: str
) -> None:
    credential = a_credential_for(application.services, a_published_course(application.services))

    page = credential_officer(application).post(page_of(credential), learner=address)

    assert field_error in page.text
    assert "ligible." not in page.text


def test_the_page_of_a_credential_leads_there(application: Application) -> None:
    credential = a_credential_for(application.services, a_published_course(application.services))
    change = f"credentials/credential/{credential.id}/change/"

    assert "Check eligibility</a>" in credential_officer(application).get(change).text
    assert (
        "Check eligibility</a>"
        not in staff_browser(application, "Auditors", name="Cy").get(change).text
    )


def test_read_only_staff_cannot_check_eligibility(application: Application) -> None:
    credential = a_credential_for(application.services, a_published_course(application.services))

    assert staff_browser(application, "Auditors").get(page_of(credential)).status == 403


def test_a_credential_that_is_not_there_is_not_found(application: Application) -> None:
    credential = a_credential_for(application.services, a_published_course(application.services))
    unknown = page_of(credential).replace(
        str(credential.id), "00000000-0000-4000-8000-000000000000"
    )

    assert credential_officer(application).get(unknown).status == 404


def test_access_to_an_organization_is_recorded(application: Application) -> None:
    harbour = add_organization(application, slug="harbour")
    anna = member_of(application, harbour.id, OrgRole.LEARNER)
    authoring = application.services.authoring
    draft = authoring.create(a_definition_of(required=1), org_id=harbour.id, by=OPERATOR)
    course = authoring.publish(draft.slug, by=OPERATOR)
    credential = a_credential_for(application.services, course)

    page = root_browser(application).post(page_of(credential), learner=anna.email)

    (look,) = access_entries(application, harbour.id)
    assert "Not eligible." in page.text
    assert look.act.subject_id == str(credential.id)


def test_administrators_do_not_find_what_organizations_offer(application: Application) -> None:
    harbour = add_organization(application, slug="harbour")
    authoring = application.services.authoring
    draft = authoring.create(a_definition_of(required=1), org_id=harbour.id, by=OPERATOR)
    course = authoring.publish(draft.slug, by=OPERATOR)
    credential = a_credential_for(application.services, course)

    assert credential_officer(application).get(page_of(credential)).status == 404
