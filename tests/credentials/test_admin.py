"""Admin pages of credentials."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.access import OPERATOR
from accounts.models import User
from courses.domain.entities.courses import Course
from credentials.domain.entities.credentials import (
    LISTED_STATUSES,
    IssuedCredentialId,
    IssuedCredentialStatus,
)
from credentials.domain.entities.definitions import LONGEST_TEXT
from credentials.domain.entities.public import CAUSES
from credentials.models import Credential, UserCredential
from tests.accounts.org_pages import has_organization, page_of
from tests.support.application import Application
from tests.support.builders import a_definition_of
from tests.support.learning import a_published_course
from tests.support.staff import a_holder, credential_officer, log_of, root_browser

pytestmark = pytest.mark.database

CREDENTIALS = "credentials/credential/"
ISSUED = "credentials/usercredential/"
ERROR = "issued-in-error"
MISTAKE = {"reason": "Issued by mistake.", "cause": ERROR}


def terms_of(course: Course, **parts: Any) -> dict[str, Any]:
    """The values of the form."""
    return {
        "name": "Knot Basics",
        "type": "badge",
        "description": "Can tie a knot.",
        "criteria": "Tied every knot of the course.",
        "issuer": "School of Knots",
        "image_url": "",
        "course": course.id,
        "valid_for_days": "",
    } | parts


def an_issued_one(application: Application) -> UserCredential:
    a_holder(application)
    return UserCredential.objects.get()


def status_of(application: Application, row: UserCredential) -> IssuedCredentialStatus:
    return application.services.issuing.verify(IssuedCredentialId(row.pk)).status


def test_an_administrator_defines_a_credential(application: Application) -> None:
    course = a_published_course(application.services)

    page = credential_officer(application).post(
        f"{CREDENTIALS}add/", **terms_of(course, valid_for_days=365)
    )

    row = Credential.objects.get()
    assert page.path == CREDENTIALS
    assert (row.name, row.version, row.is_offered, row.valid_for_days) == (
        "Knot Basics",
        1,
        True,
        365,
    )
    assert row.course_id == course.id
    assert log_of(row.pk) == ["Added."]


def test_the_page_of_an_organization_leads_to_its_credentials(application: Application) -> None:
    harbour, loft = has_organization(application), has_organization(application)
    for organization, name in ((harbour, "Bowline"), (loft, "Sheet bend")):
        definition = a_definition_of(required=1)
        authoring = application.services.authoring
        course = authoring.create(definition, org_id=organization.id, by=OPERATOR)
        application.earns(course, name=name)
    root = root_browser(application)

    page = root.get(page_of(harbour)).text
    links = [f"{place}?org__id__exact={harbour.id}" for place in (CREDENTIALS, ISSUED)]
    listed = root.get(links[0]).text

    assert [link for link in links if f'href="/admin/{link}"' not in page] == []
    assert "Bowline" in listed
    assert "Sheet bend" not in listed
    assert root.get(links[1]).status == 200


@pytest.mark.parametrize("field", ["description", "criteria"])
def test_a_text_of_a_credential_has_a_limit(application: Application, field: str) -> None:
    course = a_published_course(application.services)
    texts = terms_of(course, **{field: "x" * (LONGEST_TEXT + 1)})

    page = credential_officer(application).post(f"{CREDENTIALS}add/", **texts)

    assert "Ensure this value has at most 10000 characters" in page.text
    assert not Credential.objects.exists()


def test_an_administrator_amends_a_credential(application: Application) -> None:
    course = a_published_course(application.services)
    credential = application.earns(course)

    credential_officer(application).post(
        f"{CREDENTIALS}{credential.id}/change/", **terms_of(course, name="Knot Mastery")
    )

    row = Credential.objects.get()
    assert (row.name, row.version) == ("Knot Mastery", 2)
    assert log_of(row.pk) == ["Changed Name."]


def test_withdrawing_asks_for_a_reason_and_logs_it(application: Application) -> None:
    credential, bo = (
        application.earns(a_published_course(application.services)),
        credential_officer(application),
    )

    question = bo.act(CREDENTIALS, "withdraw", credential.id)
    page = bo.act(CREDENTIALS, "withdraw", credential.id, reason="The course is too old.")

    assert "Withdraw Knot Basics" in question.text
    assert page.messages == ("Withdrew Knot Basics.",)
    assert not Credential.objects.get().is_offered
    assert log_of(credential.id) == ["Withdrawn. Reason: The course is too old."]


def test_a_withdrawn_credential_is_offered_again(application: Application) -> None:
    credential, bo = (
        application.earns(a_published_course(application.services)),
        credential_officer(application),
    )
    bo.act(CREDENTIALS, "withdraw", credential.id, reason="A mistake.")

    page = bo.act(CREDENTIALS, "offer", credential.id)

    assert page.messages == ("Offered Knot Basics.",)
    assert Credential.objects.get().is_offered


def test_revoking_asks_for_the_cause_and_the_reason_first(application: Application) -> None:
    issued, bo = an_issued_one(application), credential_officer(application)

    question = bo.act(ISSUED, "revoke", issued.pk)
    unanswered = bo.act(ISSUED, "revoke", issued.pk, reason="Issued by mistake.")

    for page in (question, unanswered):
        assert "Revoke “Knot Basics” of Anna" in page.text
        assert "with the date and the cause, and without the reason" in page.text
        assert all(f'value="{cause}"' in page.text for cause in CAUSES)
    assert status_of(application, issued) is IssuedCredentialStatus.ISSUED


def test_revocations_keep_their_cause_and_reason_and_who_it_was(application: Application) -> None:
    issued, bo = an_issued_one(application), credential_officer(application)
    a_holder(application)
    other = UserCredential.objects.exclude(pk=issued.pk).get()

    page = bo.act(ISSUED, "revoke", issued.pk, other.pk, reason="Two of them.", cause=ERROR)

    assert page.messages == ("Revoked “Knot Basics” of Anna.",) * 2
    for row in (issued, other):
        row.refresh_from_db()
        assert status_of(application, row) is IssuedCredentialStatus.REVOKED
        assert (row.revocation_reason, row.revocation_cause) == ("Two of them.", ERROR)
        assert row.revoked_by_id == bo.id
        assert log_of(row.pk) == ["Revoked. Reason: Two of them."]


def test_a_credential_is_revoked_once(application: Application) -> None:
    issued, bo = an_issued_one(application), credential_officer(application)
    bo.act(ISSUED, "revoke", issued.pk, **MISTAKE)

    page = bo.act(ISSUED, "revoke", issued.pk, reason="Once more.", cause=ERROR)

    issued.refresh_from_db()
    assert page.messages[0].startswith(
        "Not revoked: “Knot Basics” of Anna. Credential already revoked."
    )
    assert issued.revocation_reason == "Issued by mistake."
    assert log_of(issued.pk) == ["Revoked. Reason: Issued by mistake."]


def test_a_credential_is_reissued(application: Application) -> None:
    old = an_issued_one(application)

    page = credential_officer(application).act(
        ISSUED, "reissue", old.pk, reason="The name was wrong."
    )

    new = UserCredential.objects.get(is_current=True)
    assert page.messages == ("Re-issued “Knot Basics” of Anna.",)
    assert new.supersedes_id == old.pk
    assert status_of(application, old) is IssuedCredentialStatus.REVOKED
    assert log_of(old.pk) == ["Re-issued. Reason: The name was wrong."]


def test_the_page_of_an_issued_credential_says_all_there_is_to_know(
    application: Application,
) -> None:
    issued, bo = an_issued_one(application), credential_officer(application)
    bo.act(ISSUED, "revoke", issued.pk, **MISTAKE)

    page = bo.get(f"{ISSUED}{issued.pk}/change/")

    assert not page.may_be_saved
    assert '<div class="readonly">revoked</div>' in page.text
    assert "criteria: Tied every knot of the course." in page.text
    assert f"Completed version 1 of {issued.course.slug}" in page.text
    assert f'href="http://localhost:8000/credentials/{issued.pk}"' in page.text
    reason = f"by {User.objects.get(pk=bo.id).email}: Issued in error. Issued by mistake."
    assert reason in page.text


def test_an_officer_suspends_a_credential_and_resumes_it(application: Application) -> None:
    issued, officer = an_issued_one(application), credential_officer(application)

    officer.act(ISSUED, "suspend", issued.pk, reason="Under review.")
    assert status_of(application, issued) is IssuedCredentialStatus.SUSPENDED
    assert "Under review." in officer.get(f"{ISSUED}{issued.pk}/change/").text

    officer.act(ISSUED, "resume", issued.pk, reason="Reviewed.")
    assert status_of(application, issued) is IssuedCredentialStatus.ISSUED


def test_what_was_issued_is_filtered_by_definition_status_and_day(application: Application) -> None:
    row, officer = an_issued_one(application), credential_officer(application)
    other = application.earns(application.published(a_definition_of(required=1)))
    day = row.issued_at.date()

    def is_listed(query: str) -> bool:
        return f"{ISSUED}{row.pk}/change/" in officer.get(f"{ISSUED}?{query}").text

    assert is_listed(f"definition={row.credential_id}&status=issued&since={day}&until={day}")
    assert is_listed("until=9999-12-31")
    for act, status in (("suspend", "suspended"), ("resume", "issued"), ("revoke", "revoked")):
        getattr(application.services.issuing, act)(
            IssuedCredentialId(row.pk), reason="Misspelt.", by=OPERATOR
        )
        listed = [choice.value for choice in LISTED_STATUSES if is_listed(f"status={choice}")]
        assert listed == [status]
    for query in (
        f"definition={other.id}",
        f"since={day + timedelta(days=1)}",
        f"until={day - timedelta(days=1)}",
    ):
        assert not is_listed(query), query
