"""Admin pages for awarding a credential to everyone on a list."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from authsvc.jobs.entities import Queue
from credentials.models import CredentialClaim, UserCredential
from tests.support.application import Application
from tests.support.builders import a_principal
from tests.support.learning import Learner, a_published_course
from tests.support.staff import a_user_of, credential_officer

pytestmark = pytest.mark.database
REASON = "Workshop of May."


def test_a_list_is_previewed_checked_and_awarded(application: Application) -> None:
    services = application.services
    course, officer = a_published_course(services), credential_officer(application)
    anna = a_user_of(application, "Anna")
    services.emails.verify(anna.id, email=anna.email)
    Learner(services=services, principal=a_principal(anna)).enrols(course)
    credential = application.earns(course)
    page = f"credentials/credential/{credential.id}/issue-list/"
    content = f"email\n{anna.email}\nstranger@home.example\n".encode()
    values = {"reason": REASON, "even_if_not_eligible": "on", "makes_claims": "on"}

    empty = officer.post(page, reason=REASON)
    wrong = officer.post(page, rows="email\nnobody\n", reason=REASON)
    preview = officer.post(page, file=SimpleUploadedFile("people.csv", content), **values)
    assert "Paste a list, or choose a file." in empty.text
    assert "Line 2: This is not a valid e-mail address." in wrong.text
    assert "The list has 2 rows: 1 of people who are known, 1 of others." in preview.text

    checked = officer.post(page, rows=content.decode(), start="check", **values)
    services.job_engine.run_due(Queue.LONG)
    result = officer.get(checked.path.removeprefix("/admin/")).text
    assert "Nothing was issued: this is what would happen." in result
    assert not UserCredential.objects.exists()

    issued = officer.post(page, rows=content.decode(), start="issue", **values)
    services.job_engine.run_due(Queue.LONG)
    path = issued.path.removeprefix("/admin/")
    result = officer.get(path).text
    assert "Awarded" in result
    assert "Offered by mail" in result
    assert UserCredential.objects.get().user_id == anna.id
    assert CredentialClaim.objects.get().email == "stranger@home.example"
    assert f"1,{anna.email},,awarded" in officer.get(f"{path}?file").text
