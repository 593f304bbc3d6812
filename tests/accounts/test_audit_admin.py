"""Admin page of the audit log, and entries made by staff."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from accounts.admin.audit_words import ACTIONS_OF, NOUNS, WORDS
from accounts.domain.access import OPERATOR
from accounts.domain.audit.entities import AuditAction, AuditEntry, SubjectType
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.organizations.entities import Organization
from accounts.models import AuditEntry as AuditEntryRow
from authsvc.config.logs import request_id
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.models import Course
from credentials.models import UserCredential
from tests.accounts.auditing import ANNA, an_act, record_act
from tests.accounts.client_pages import CLIENTS, registered, secret_page_of
from tests.support.application import PASSWORD, Application
from tests.support.builders import a_principal
from tests.support.jobs import work_off
from tests.support.staff import (
    USERS,
    StaffBrowser,
    a_holder,
    a_user_of,
    an_examined,
    root_browser,
    staff_browser,
)

pytestmark = pytest.mark.database

LOG = "accounts/auditentry/"


def auditor(application: Application) -> StaffBrowser:
    return staff_browser(application, "Auditors")


def created_account(application: Application) -> User:
    """The account of Anna, whose creation the log records."""
    services, email = application.services, "anna@school.example"
    anna = services.users.create(email=email, name="Anna", password=PASSWORD, roles=(), by=OPERATOR)
    services.emails.verify(anna.id, email=email)
    return anna


def has_organization(application: Application) -> Organization:
    owner = created_account(application)
    return application.services.organizations.create(
        name="School of Knots", slug="knots", owner_id=owner.id, by=OPERATOR
    )


def last_of(application: Application) -> AuditEntry:
    """The last entry in the log of the platform."""
    log = application.services.repositories.audit_log
    return log.following(None, after=0, limit=99, scope=ALL_TENANTS)[-1]


def sentences_on(text: str) -> list[str]:
    """The sentences in the rows of the list, without their details."""
    cells = text.split('class="what"><div>')[1:]
    sentences = [cell.partition("<details>")[0].replace("<br>", ". ") for cell in cells]
    return [" ".join(strip_tags(sentence).split()) for sentence in sentences]


def test_an_auditor_sees_the_log_in_words_most_recent_first(application: Application) -> None:
    bo, knots = auditor(application), has_organization(application)

    page = bo.get(LOG)

    assert page.status == 200
    assert sentences_on(page.text)[:2] == [
        "Created the organization School of Knots",
        "Created the account of Anna",
    ]
    assert f'<a href="/admin/accounts/organization/{knots.id}/change/">School of Knots</a>' in (
        page.text
    )


def test_each_entry_says_who_did_what_to_whom_and_what_changed(application: Application) -> None:
    root, anna = root_browser(application), a_user_of(application)

    root.act(USERS, "deactivate", anna.id, reason="Left the school.")
    text = root.get(LOG).text

    assert sentences_on(text)[0] == "Deactivated Anna. Reason: “Left the school.”"
    assert f'<a href="/admin/accounts/user/{anna.id}/change/">Anna</a>' in text
    assert f'<a href="/admin/accounts/user/{root.id}/change/">Root</a>' in text
    assert "Active: yes → no" in text
    assert last_of(application).hash in text


def test_things_of_people_are_named_with_their_owner(application: Application) -> None:
    anna, course = a_holder(application)
    root, attempt = root_browser(application), an_examined(application, anna)
    issued = UserCredential.objects.get()
    reason = "Issued to the wrong person."
    root.act(
        "credentials/usercredential/", "revoke", issued.pk, reason=reason, cause="issued-in-error"
    )

    sentences = sentences_on(root.get(LOG).text)

    name = issued.credential.name
    assert f"Revoked {name} of Anna. Reason: “Issued to the wrong person.”" in sentences
    exams = Course.objects.get(pk=attempt.course_id)
    assert f"Graded an attempt in {exams.title} of Anna" in sentences
    assert f"Published the course {course.title}" in sentences


def test_every_action_and_every_type_of_subject_has_words() -> None:
    assert WORDS.keys() == set(AuditAction)
    assert NOUNS.keys() == set(SubjectType)
    grouped = [action for actions in ACTIONS_OF.values() for action in actions]
    assert sorted(grouped) == sorted(AuditAction)


def test_an_auditor_sees_all_fields_of_an_entry_and_cannot_change_it(
    application: Application,
) -> None:
    bo, knots = auditor(application), has_organization(application)
    record_act(application.services, an_act(knots, reason="Teaches knots."), by=OPERATOR)
    row = AuditEntryRow.objects.latest("position")

    page = bo.get(f"{LOG}{row.pk}/change/")

    assert page.status == 200
    for shown in ("Teaches knots.", row.hash, row.previous_hash, str(ANNA), "instructor"):
        assert shown in page.text
    assert not page.may_be_saved
    assert bo.post(f"{LOG}{row.pk}/change/", reason="Mine").status == 403
    assert bo.get(f"{LOG}{row.pk}/delete/").status == 403
    assert bo.get(f"{LOG}add/").status == 403


@pytest.mark.parametrize("group", ["User managers", "Course editors", "Credential officers"])
def test_other_staff_do_not_see_the_log(application: Application, group: str) -> None:
    bo = staff_browser(application, group)

    assert bo.get(LOG).status == 403
    assert f"/admin/{LOG}" not in bo.get("").text


def test_the_log_is_filtered_by_action_kind_organization_and_time(application: Application) -> None:
    bo, knots = auditor(application), has_organization(application)
    record_act(application.services, an_act(knots), by=OPERATOR)
    a_user_of(application)
    role, created = "Changed the role of a member: somebody", "Created the organization"
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011  # far enough from today in every zone

    for query, expected in (
        ("act=member-role-changed", [role]),
        ("act=Organizations", [role, f"{created} School of Knots"]),
        (f"organization={knots.id}", [role, f"{created} School of Knots"]),
        (f"organization={knots.id}&until=2020-01-01", []),
        ("act=member-role-changed&since=0001-01-01&until=9999-12-31", [role]),
        (f"since={tomorrow}", []),
    ):
        assert sentences_on(bo.get(f"{LOG}?{query}").text) == expected


def test_the_log_of_a_person_is_found_by_part_of_their_name_or_address(
    application: Application,
) -> None:
    root, anna = root_browser(application), created_account(application)
    a_user_of(application, "Chidi")
    root.act(USERS, "deactivate", anna.id, reason="Left.")
    deactivated = "Deactivated Anna. Reason: “Left.”"

    for query, expected in (
        ("who=ANN", [deactivated, "Created the account of Anna"]),
        (f"who={anna.email}&side=subject", [deactivated, "Created the account of Anna"]),
        (f"who={anna.id}&act=user-edited", [deactivated]),
        ("who=Root&side=actor", [deactivated]),
        ("who=Anna&side=actor", []),
        ("who=nobody", []),
    ):
        assert sentences_on(root.get(f"{LOG}?{query}").text) == expected


def test_more_matches_than_can_be_looked_for_ask_for_a_longer_name(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin.audit_filters.MOST_PARTIES", 1)
    a_user_of(application, "Anna")

    page = auditor(application).get(f"{LOG}?who=school.example")

    assert "Type more of the name." in page.text


@pytest.mark.parametrize("name", ["id", "request_id"])
def test_an_entry_is_found_by_its_id_and_by_that_of_its_request(
    application: Application, name: str
) -> None:
    bo, token = auditor(application), request_id.set("the-request-of-anna")
    record_act(application.services, an_act(), by=a_principal())
    request_id.reset(token)
    row = AuditEntryRow.objects.latest("position")

    page = bo.get(f"{LOG}?reference={getattr(row, name)}")

    assert len(sentences_on(page.text)) == 1
    assert row.hash in page.text


@pytest.mark.parametrize("name", ["subject_id", "actor_id", "client_id"])
def test_an_entry_is_found_by_the_ids_of_who_is_in_it(application: Application, name: str) -> None:
    bo, by = auditor(application), a_principal()
    by = replace(by, user_id=None, client_id="timetable") if name == "client_id" else by
    record_act(application.services, an_act(), by=by)
    row = AuditEntryRow.objects.latest("position")

    page = bo.get(f"{LOG}?who={getattr(row, name)}")

    assert row.hash in page.text
    assert len(sentences_on(page.text)) == 1


def test_the_log_is_paged_to_older_and_to_newer_entries(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin.audit.PER_PAGE", 2)
    bo = auditor(application)
    for number in range(4):
        record_act(application.services, an_act(reason=f"No. {number}."), by=OPERATOR)

    first = bo.get(f"{LOG}?via=command-line&act=member-role-changed")
    second = bo.get(LOG + link_on(first.text, "next"))
    back = bo.get(LOG + link_on(second.text, "prev"))

    assert ["No. 3" in first.text, "No. 1" in second.text] == [True, True]
    assert "act=member-role-changed" in second.path
    assert sentences_on(back.text) == sentences_on(first.text)
    assert bo.get(f"{LOG}?older=nonsense").messages[0].startswith("The cursor is invalid")


def link_on(text: str, rel: str) -> str:
    match = re.search(rf'rel="{rel}" href="([^"]+)"', text)
    assert match is not None
    return match[1]


def test_the_list_takes_at_most_twelve_statements(application: Application) -> None:
    anna, _ = a_holder(application)
    an_examined(application, anna)
    has_organization(application)
    bo = auditor(application)
    bo.get(LOG)

    with CaptureQueriesContext(connection) as queries:
        bo.get(LOG)

    assert len(queries) <= 12


def test_the_list_says_when_all_entries_were_verified(application: Application) -> None:
    bo = auditor(application)
    assert "Not verified yet" in bo.get(LOG).text
    bo.post("jobs/job/verify/")
    work_off(application.services)

    text = bo.get(LOG).text

    assert "Chain verified" in text
    assert "0 entries are newer" in text


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_auditor_exports_what_the_list_shows(application: Application, form: str) -> None:
    bo, anna = auditor(application), created_account(application)

    page = bo.post(f"{LOG}export/?who={anna.id}", format=form)
    work_off(application.services)

    job = page.path.removeprefix("jobs/job/").removesuffix("/change/")
    assert page.messages[0].startswith("The export has started.")
    content = bo.client.get(f"/admin/jobs/job/{job}/result/").getvalue().decode()
    assert content.count("user-created") == 1
    assert str(anna.id) in content
    assert last_of(application).act.action is AuditAction.AUDIT_EXPORTED
    assert bo.get(f"{LOG}export/?who=x").path == f"{LOG}?who=x"


def test_the_reason_for_deactivating_a_user_is_in_the_log(application: Application) -> None:
    root, anna = root_browser(application), a_user_of(application)

    root.act(USERS, "deactivate", anna.id, reason="Left the school.")

    entry = last_of(application)
    assert entry.act.action is AuditAction.USER_EDITED
    assert (entry.act.subject_id, entry.act.reason) == (str(anna.id), "Left the school.")
    assert (entry.act.before, entry.act.after) == ({"is_active": True}, {"is_active": False})
    assert (entry.actor_id, entry.client_id) == (root.id, "back-office")


@pytest.mark.parametrize(
    ("act", "action"),
    [
        (
            lambda root, client: root.act(CLIENTS, "remove", client.id, reason="Left the school."),
            AuditAction.CLIENT_REMOVED,
        ),
        (
            lambda root, client: root.post(
                secret_page_of(client), overlap="now", reason="Left the school."
            ),
            AuditAction.CLIENT_SECRET_RENEWED,
        ),
    ],
    ids=["removing a client", "renewing a secret"],
)
def test_the_reason_for_an_act_on_a_client_is_in_the_log(
    application: Application,
    act: Callable[[StaffBrowser, OAuthClient], object],
    action: AuditAction,
) -> None:
    root, client = root_browser(application), registered(application)

    act(root, client)

    entry = last_of(application).act
    assert entry.action is action
    assert (entry.subject_id, entry.reason) == (str(client.id), "Left the school.")


def test_a_password_link_is_in_the_log(application: Application) -> None:
    root, anna = root_browser(application), a_user_of(application)

    root.post(f"{USERS}{anna.id}/password/")

    assert last_of(application).act.action is AuditAction.USER_PASSWORD_LINK_SENT
    assert last_of(application).act.subject_id == str(anna.id)
