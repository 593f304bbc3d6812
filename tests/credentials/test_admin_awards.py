"""Admin pages for issuing, revoking and re-issuing credentials by hand."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.identity.entities.users import User
from courses.domain.entities.courses import Course
from credentials.domain.entities.definitions import Credential
from credentials.models import UserCredential
from tests.support.application import Application
from tests.support.builders import a_principal
from tests.support.learning import Learner, a_published_course, items_of
from tests.support.staff import (
    StaffBrowser,
    a_holder,
    a_user_of,
    credential_officer,
    log_of,
    staff_browser,
)

pytestmark = pytest.mark.database
REASON = "Passed on paper."


@pytest.fixture
def course(application: Application) -> Course:
    return a_published_course(application.services)


@pytest.fixture
def officer(application: Application) -> StaffBrowser:
    return credential_officer(application)


def learns(application: Application, course: Course, name: str, *, passes: bool = False) -> User:
    user = a_user_of(application, name)
    learner = Learner(services=application.services, principal=a_principal(user))
    if passes:
        learner.passes(course)
    else:
        learner.enrols(course)
        learner.completes(course, items_of(application.services, course)[0])
    return user


def issue_page(credential: Credential) -> str:
    return f"credentials/credential/{credential.id}/issue/"


def values(*people: str, **parts: Any) -> dict[str, Any]:
    return {"people": "\n".join(people), "reason": REASON, **parts}


def test_a_preview_says_what_would_happen_and_issues_nothing(
    application: Application, course: Course, officer: StaffBrowser
) -> None:
    anna = learns(application, course, "Anna", passes=True)
    chidi = learns(application, course, "Chidi")
    credential = application.earns(course)

    page = officer.post(
        issue_page(credential), **values(anna.email, chidi.email, "nobody@school.example")
    )

    assert "1 eligible, 1 not eligible, 1 no user has this address" in page.text
    assert f"Issue “{credential.terms.name}” to 1 person" in page.text
    assert not UserCredential.objects.exists()


def test_each_person_has_a_result(
    application: Application, course: Course, officer: StaffBrowser
) -> None:
    anna = learns(application, course, "Anna", passes=True)
    chidi = learns(application, course, "Chidi")
    credential = application.earns(course)

    page = officer.post(issue_page(credential), **values(anna.email, chidi.email, confirmed="on"))

    row = UserCredential.objects.get()
    assert row.user_id == anna.id
    assert "1 issued, 1 not issued" in page.text
    assert "Not eligible for this credential." in page.text
    assert f"/admin/credentials/usercredential/{row.pk}/change/" in page.text
    assert log_of(credential.id) == [f"Issued to Anna. Reason: {REASON}"]


def test_those_who_are_not_eligible_get_it_on_insistence(
    application: Application, course: Course, officer: StaffBrowser
) -> None:
    chidi = learns(application, course, "Chidi")
    credential = application.earns(course)

    officer.post(
        issue_page(credential),
        **values(chidi.email, confirmed="on", even_if_not_eligible="on"),
    )

    row = UserCredential.objects.get()
    page = officer.get(f"credentials/usercredential/{row.pk}/change/")
    assert row.user_id == chidi.id
    assert "Issued by hand" in page.text
    assert "Completed version" not in page.text


def test_people_are_read_from_a_file(
    application: Application, course: Course, officer: StaffBrowser
) -> None:
    anna = learns(application, course, "Anna", passes=True)
    credential = application.earns(course)
    text = f"name;email\nAnna;{anna.email.upper()}\n"
    file = SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")

    page = officer.post(issue_page(credential), file=file, reason=REASON)

    assert "Nothing is issued yet: 1 eligible." in page.text


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ([], "Enter at least one e-mail address"),
        ([f"a{number}@school.example" for number in range(101)], "at most 100 people"),
    ],
)
def test_too_few_or_too_many_people_are_refused(
    application: Application,
    course: Course,
    officer: StaffBrowser,
    people: list[str],
    message: str,
) -> None:
    credential = application.earns(course)

    assert message in officer.post(issue_page(credential), **values(*people)).text


def test_the_page_of_a_credential_lists_who_is_eligible(
    application: Application, course: Course, officer: StaffBrowser
) -> None:
    for name in ("Anna", "Dalia"):
        learns(application, course, name, passes=True)
    learns(application, course, "Chidi")
    credential = application.earns(course)
    path = f"credentials/credential/{credential.id}/eligible/"
    officer.get(path)

    with CaptureQueriesContext(connection) as statements:
        page = officer.get(path)

    assert len(statements) <= 12
    assert page.text.count(">Eligible<") == 3  # the column, and two people
    assert page.text.index("Dalia") < page.text.index("Chidi")
    assert "33 % of the course" in page.text


@pytest.mark.parametrize(("act", "done"), [("revoke", "Revoked"), ("reissue", "Re-issued")])
def test_a_confirmation_names_the_person_and_the_credential(
    application: Application, officer: StaffBrowser, act: str, done: str
) -> None:
    a_holder(application)
    row = UserCredential.objects.get()
    path = f"credentials/usercredential/{row.pk}/{act}/"

    question = officer.get(path)
    page = officer.post(path, reason="Misspelt.", cause="issued-in-error")

    assert f"“{row.terms['name']}” of Anna" in question.text
    assert "public page" in question.text
    assert page.messages[0].startswith(f"{done} “{row.terms['name']}” of Anna.")
    row.refresh_from_db()
    assert row.revocation_reason == "Misspelt."
    assert UserCredential.objects.count() == (1 if act == "revoke" else 2)


def test_revoking_twice_says_so(application: Application, officer: StaffBrowser) -> None:
    a_holder(application)
    path = f"credentials/usercredential/{UserCredential.objects.get().pk}/revoke/"
    officer.post(path, reason="Misspelt.", cause="issued-in-error")

    page = officer.post(path, reason="Misspelt.", cause="issued-in-error")

    assert page.messages == (
        "Credential already revoked. A revoked credential can only be re-issued.",
    )


def test_the_list_of_issued_ones_has_names_states_and_public_pages(
    application: Application, officer: StaffBrowser
) -> None:
    a_holder(application)
    row = UserCredential.objects.get()

    page = officer.get("credentials/usercredential/")

    assert ">Valid<" in page.text
    assert "Anna" in page.text
    assert f"/credentials/{row.pk}" in page.text


@pytest.mark.parametrize("group", ["Auditors", "Course editors"])
def test_others_issue_and_revoke_nothing(application: Application, group: str) -> None:
    anna, course = a_holder(application)
    credential = application.earns(course)
    row = UserCredential.objects.get()
    staff = staff_browser(application, group)

    pages = [
        staff.post(issue_page(credential), **values(anna.email, confirmed="on")),
        staff.get(f"credentials/credential/{credential.id}/eligible/"),
        staff.post(f"credentials/usercredential/{row.pk}/revoke/", reason="Mine."),
        staff.post(f"credentials/usercredential/{row.pk}/reissue/", reason="Mine."),
    ]

    assert [page.status for page in pages] == [403] * 4
    assert UserCredential.objects.get().revoked_at is None
