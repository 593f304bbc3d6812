"""Import and export of people in the admin site."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.admin import people_pages
from accounts.domain.access import Role
from accounts.domain.identity.entities.sign_in_records import SignInWay
from accounts.domain.identity.services.last_seen import LAST_SEEN
from accounts.domain.tasks.services import people, table_exports
from accounts.models import AuditEntry
from accounts.models import User as UserRow
from authsvc.kernel.workbooks import xlsx_of
from tests.accounts.org_pages import has_member, has_organization
from tests.accounts.test_browser_sessions import signed_in
from tests.support.application import Application
from tests.support.browsing import mails
from tests.support.jobs import work_off
from tests.support.staff import (
    USERS,
    StaffBrowser,
    a_user_of,
    root_browser,
    staff_browser,
    user_manager,
)

pytestmark = pytest.mark.database

IMPORT = f"{USERS}import/"
REASON = "New school year"
CHIDI = "chidi@school.example"


@pytest.fixture
def root(application: Application) -> StaffBrowser:
    return root_browser(application)


def preview(browser: StaffBrowser, *lines: str) -> str:
    """The text of the preview of these lines."""
    content = "\n".join(lines).encode()
    page = browser.post(IMPORT, file=SimpleUploadedFile("people.csv", content))
    assert page.status == 200
    return page.text


def token_in(text: str) -> str:
    match = re.search(r'name="list" value="([^"]+)"', text)
    assert match is not None, text
    return unescape(match[1])


def exported(browser: StaffBrowser, query: str = "", form: str = "csv") -> list[dict[str, Any]]:
    answer = browser.client.post(f"/admin/{USERS}export/{query}", {"format": form})
    assert answer["Content-Disposition"] == f'attachment; filename="people.{form}"'
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


def test_a_list_is_previewed_and_then_imported(
    application: Application, root: StaffBrowser
) -> None:
    anna = a_user_of(application, "Anna")
    text = preview(
        root, "email,name,roles", f"{anna.email},Anna Keller,instructor", f"{CHIDI},Chidi,"
    )

    assert "1 new" in text
    assert "1 changed" in text
    assert "name: Anna → Anna Keller; roles: learner → learner, instructor" in text
    assert not UserRow.objects.filter(email=CHIDI).exists()
    token = token_in(text)
    unreasoned = root.post(IMPORT, list=token, **{"import": "yes"})
    assert "This field is required." in unreasoned.text

    page = root.post(IMPORT, list=token, reason=REASON, **{"import": "yes"})

    assert page.messages == ("Imported 2 people and sent 1 invitation.",)
    assert UserRow.objects.get(pk=anna.id).name == "Anna Keller"
    (mail,) = [mail for mail in mails() if mail.to == [CHIDI]]
    assert "/password/reset/" in str(mail.body)
    last = AuditEntry.objects.latest("position")
    assert (last.action, last.reason, last.actor_id) == ("people-imported", REASON, root.id)


def test_a_workbook_is_imported_too(application: Application, root: StaffBrowser) -> None:
    content = xlsx_of([("email", "name"), (CHIDI, "Chidi Eze")])

    page = root.post(IMPORT, file=SimpleUploadedFile("people.xlsx", content))
    root.post(IMPORT, list=token_in(page.text), reason=REASON, **{"import": "yes"})

    assert UserRow.objects.get(email=CHIDI).name == "Chidi Eze"


def test_errors_are_shown_first_and_downloaded_and_nothing_can_be_imported(
    root: StaffBrowser,
) -> None:
    text = preview(root, "email,name", f"{CHIDI},Chidi", "nobody,Nobody")

    assert text.index("nobody") < text.index(CHIDI)
    assert "Line 3: This is not a valid e-mail address. Check it for typing errors." in text
    assert 'name="import"' not in text
    answer = root.client.post(f"/admin/{IMPORT}", {"list": token_in(text), "errors": "yes"})
    (row,) = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    assert (row["row"], row["email"]) == ("2", "nobody")
    page = root.post(IMPORT, list=token_in(text), reason=REASON, **{"import": "yes"})
    assert page.messages[0].startswith("The list of people is invalid.")


def test_rows_are_filtered_by_outcome(application: Application, root: StaffBrowser) -> None:
    anna = a_user_of(application, "Anna")
    text = preview(root, "email,name", f"{CHIDI},Chidi", f"{anna.email},Anna")

    page = root.post(IMPORT, list=token_in(text), show="unchanged")

    assert anna.email in page.text
    assert CHIDI not in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name\nAnna\n", "must have the column `email`"),
        (b"\xff\xff\xff", "neither an Excel workbook nor text"),
        (b"PK\x03\x04broken", "This is not an Excel workbook"),
        (b'email\n"a', "This is not valid CSV"),
        (b"email\n" + b"a" * people_pages.LONGEST_FILE, "The file is too long."),
    ],
    ids=["no address", "no text", "broken workbook", "broken text", "long"],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(
    root: StaffBrowser, content: bytes, words: str
) -> None:
    page = root.post(IMPORT, file=SimpleUploadedFile("people.csv", content))

    assert words in page.text
    assert 'name="list"' not in page.text


def test_a_preview_is_for_an_hour_and_for_whoever_has_seen_it(
    application: Application, root: StaffBrowser
) -> None:
    token = token_in(preview(root, "email", CHIDI))
    fields = {"list": token, "reason": REASON, "import": "yes"}

    other = user_manager(application).post(IMPORT, **fields)
    with time_machine.travel(application.services.ports.clock.now(), tick=False) as clock:
        token = token_in(preview(root, "email", CHIDI))
        clock.shift(people_pages.PREVIEW_SECONDS + 1)
        late = root.post(IMPORT, **(fields | {"list": token}))

    for page in (other, late):
        assert page.messages == ("The preview is older than an hour. Choose the file again.",)
    assert not UserRow.objects.filter(email=CHIDI).exists()


def test_an_import_stops_if_somebody_registered_meanwhile(
    application: Application, root: StaffBrowser
) -> None:
    token = token_in(preview(root, "email", CHIDI, "dana@school.example"))
    a_user_of(application, email=CHIDI)

    page = root.post(IMPORT, list=token, reason=REASON, **{"import": "yes"})

    assert page.messages[0].startswith("People have changed since the preview.")
    assert not UserRow.objects.filter(email="dana@school.example").exists()


def test_a_long_list_is_imported_in_the_background(
    application: Application, root: StaffBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_IMPORTED_AT_ONCE", 1)
    token = token_in(preview(root, "email", CHIDI, "dana@school.example"))

    page = root.post(IMPORT, list=token, reason=REASON, **{"import": "yes"})
    work_off(application.services)

    assert page.path.startswith("jobs/job/")
    assert UserRow.objects.filter(email=CHIDI).exists()
    result = root.client.get(f"/admin/{page.path.removesuffix('change/')}result/").getvalue()
    assert f"1,{CHIDI},new" in result.decode()


def test_the_template_can_be_imported(root: StaffBrowser) -> None:
    answer = root.client.get(f"/admin/{IMPORT}template/")

    assert "1 new" in preview(root, *answer.content.decode("utf-8-sig").splitlines())


def test_what_the_list_shows_is_exported_and_recorded(
    application: Application, root: StaffBrowser
) -> None:
    anna, chidi = (a_user_of(application, name) for name in ("Anna", "Chidi"))

    assert {row["email"] for row in exported(root)} >= {anna.email, chidi.email}
    (row,) = exported(root, "?q=chidi")

    assert (row["id"], row["name"], row["active"]) == (str(chidi.id), "Chidi", "yes")
    last = AuditEntry.objects.latest("position")
    assert (last.action, last.after) == ("people-exported", {"people": 1, "format": "csv"})
    assert root.get(f"{USERS}export/?q=chidi").path == f"{USERS}?q=chidi"


def test_many_people_are_exported_in_the_background_for_who_may_see_them_then(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user manager sees no jobs but those that they have started."""
    monkeypatch.setattr(table_exports, "MOST_AT_ONCE", 0)
    manager, other = (user_manager(application) for _ in range(2))

    page = manager.post(f"{USERS}export/", format="xlsx")
    job = page.path.removesuffix("change/")
    work_off(application.services)
    result = manager.client.get(f"/admin/{job}result/")

    assert page.messages[0].endswith("people has started. It was recorded in the audit log.")
    assert "Export of people" in page.text
    assert '<a href="/admin/jobs/job/">' not in page.text
    assert result.getvalue().startswith(b"PK")
    assert manager.client.get(f"/admin/{job}status.json").json()["has_ended"] is True
    assert manager.get("jobs/job/").status == 403
    assert other.get(page.path).status == other.get(f"{job}status.json").status == 403
    assert other.get(f"{job}result/").status == 403
    UserRow.objects.get(pk=manager.id).groups.clear()
    rejection = manager.get(f"{job}result/")
    assert (rejection.path, rejection.status) == (page.path, 200)
    assert "you have lost access to what is in it" in rejection.messages[0]


def test_user_managers_reach_import_and_export_from_the_list(application: Application) -> None:
    text = user_manager(application).get(f"{USERS}?q=anna").text

    assert '<a href="/admin/accounts/user/import/">Import</a>' in text
    assert 'action="/admin/accounts/user/export/?q=anna"' in text
    assert "Export XLSX" in text


def test_auditors_see_no_import_and_no_export(application: Application) -> None:
    text = staff_browser(application, "Auditors").get(USERS).text

    assert "Export CSV" not in text
    assert "/import/" not in text


def listed(browser: StaffBrowser, query: str = "") -> list[str]:
    """The names in the list of people, in no order."""
    text = browser.get(f"{USERS}{query}").text
    return sorted(re.findall(r'class="field-person[^>]*><a [^>]*>([^<]+)', text))


def test_the_list_shows_status_roles_organizations_and_when_people_were_last_seen(
    application: Application, root: StaffBrowser
) -> None:
    anna = a_user_of(application, "Anna")
    for number in range(4):
        school = has_organization(application, name=f"School {number}")
        has_member(application, school, anna)
    signed_in(anna)

    text = root.get(f"{USERS}?q=anna").text

    assert f'Anna<br><span class="quiet">{anna.email}</span>' in text
    assert "School 0, School 1, +2" in text
    assert re.search(r'class="field-last_seen[^>]*><time datetime="\d{4}-', text)
    assert '<span class="badge good">Active</span>' in text


def test_a_row_of_a_filtered_list_leads_back_to_it(
    application: Application, root: StaffBrowser
) -> None:
    anna = a_user_of(application, "Anna")
    query = "q=anna&last_seen=never"

    text = root.get(f"{USERS}?{query}").text
    saved = root.post(
        f"{USERS}{anna.id}/change/?{urlencode({'_changelist_filters': query})}",
        name="Anna B.",
        _save="Save",
    )

    assert f"{anna.id}/change/?{urlencode({'_changelist_filters': query})}" in text
    assert saved.path == f"{USERS}?{query}"


def test_people_are_filtered_by_what_staff_know_of_them(
    application: Application, root: StaffBrowser
) -> None:
    anna = a_user_of(application, "Anna", roles=[Role.INSTRUCTOR])
    chidi = a_user_of(application, "Chidi")
    school = has_organization(application)
    has_member(application, school, chidi)
    managers = Group.objects.get(name="User managers")
    UserRow.objects.get(pk=anna.id).groups.add(managers)
    tomorrow = (application.services.ports.clock.now() + timedelta(days=1)).date()
    Authenticator.objects.create(user_id=anna.id, type=Authenticator.Type.TOTP, data={})

    assert listed(root, "?role=instructor") == ["Anna"]
    assert listed(root, f"?organization={school.id}") == ["Chidi", "Olga"]
    assert listed(root, "?second_factor=on") == ["Anna"]
    assert listed(root, "?second_factor=off&q=chidi") == ["Chidi"]
    assert listed(root, f"?group={managers.pk}") == ["Anna"]
    assert listed(root, f"?since={tomorrow}") == []
    assert listed(root, f"?q=chidi&until={tomorrow}") == ["Chidi"]
    assert "Invite a person</a>" in root.get(USERS).text
    assert 'value="Send the invitation"' in root.get(f"{USERS}add/").text
    (row,) = exported(root, "?role=instructor")
    assert row["email"] == anna.email


@pytest.mark.every_database
def test_people_are_filtered_by_when_they_were_last_seen(
    application: Application, root: StaffBrowser
) -> None:
    clock = application.services.ports.clock
    anna, bo = a_user_of(application, "Anna"), a_user_of(application, "Bo")
    chidi, dora = a_user_of(application, "Chidi"), a_user_of(application, "Dora")
    a_user_of(application, "Eve")
    signed_in(anna)
    days_ago = {bo.id: 20, chidi.id: 40, dora.id: 100}
    for user_id, days in days_ago.items():
        UserRow.objects.filter(pk=user_id).update(last_login=clock.now() - timedelta(days=days))
    application.services.sign_in_records.record(chidi.id, way=SignInWay.API, client_ip="192.0.2.7")
    application.services.job_engine.ensure_periodic([LAST_SEEN])
    work_off(application.services)

    assert listed(root, "?last_seen=7") == ["Anna", "Chidi", "Root"]
    assert listed(root, "?last_seen=14") == ["Bo", "Dora"]
    assert listed(root, "?last_seen=30") == ["Dora"]
    assert listed(root, "?last_seen=90") == ["Dora"]
    assert listed(root, "?last_seen=never") == ["Eve"]
    assert [row["name"] for row in exported(root, "?last_seen=30")] == ["Dora"]
    page = root.get(f"{USERS}{dora.id}/change/").text
    assert f"{clock.now() - timedelta(days=100):%Y-%m-%d}" in page.partition("Last seen")[2][:100]


def test_the_list_takes_at_most_twelve_statements(
    application: Application, root: StaffBrowser
) -> None:
    for name in ("Anna", "Bo", "Chidi"):
        has_member(application, has_organization(application), a_user_of(application, name))
    root.get(USERS)

    with CaptureQueriesContext(connection) as queries:
        root.get(f"{USERS}?last_seen=never")

    assert len(queries) <= 12
