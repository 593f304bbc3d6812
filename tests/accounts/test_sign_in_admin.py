"""Sign-ins and failed attempts in the admin site."""

import re
from typing import Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import SignInWay
from accounts.domain.identity.entities.users import User
from accounts.models import SignInRecord
from tests.support.application import Application
from tests.support.staff import (
    USERS,
    StaffBrowser,
    a_user_of,
    root_browser,
    staff_browser,
    user_manager,
)

pytestmark = pytest.mark.database

SIGN_INS: Final = "accounts/signinrecord/"
IN_NUMBERS: Final = "outcome=in-numbers"
HERE, THERE = "192.0.2.1", "198.51.100.77"


@pytest.fixture
def anna(application: Application) -> User:
    """Anna, who has signed in at one address; at another, ten attempts at nobody's account have failed."""
    anna, records = a_user_of(application, "Anna"), application.services.sign_in_records
    wrong, unknown = SignInFailure.WRONG_PASSWORD, SignInFailure.UNKNOWN_ACCOUNT
    records.record(anna.id, way=SignInWay.PASSKEY, client_ip=HERE)
    records.record_failure(wrong, user_id=anna.id, way=SignInWay.API, client_ip=HERE)
    for _ in range(10):
        email, way = "nobody@school.example", SignInWay.PASSWORD
        records.record_failure(unknown, email=email, way=way, client_ip=THERE)
    return anna


def listed(browser: StaffBrowser, query: str = "") -> list[str]:
    """The outcomes of the rows about these addresses, the latest first."""
    text = re.sub(r"<[^>]+>", " ", browser.get(f"{SIGN_INS}?{query}").text)
    rows = re.findall(rf"(Succeeded|Failed)\s+([\w ]*?)\s+(?:{HERE}|{THERE})\s+(\d+)", text)
    return [" ".join(filter(None, row)) for row in rows]


def test_sign_ins_are_listed_and_filtered(application: Application, anna: User) -> None:
    manager = user_manager(application)
    unknown, wrong, succeeded = (
        "Failed No such account 10",
        "Failed Wrong password 1",
        "Succeeded 1",
    )

    assert listed(manager) == [unknown, wrong, succeeded]
    for query, expected in {
        f"q={anna.id}": [wrong, succeeded],
        f"q={anna.email}": [wrong, succeeded],
        f"q={THERE}": [unknown],
        "outcome=succeeded": [succeeded],
        "outcome=failed": [unknown, wrong],
        "outcome=wrong-password": [wrong],
        IN_NUMBERS: [unknown],
        "way=passkey": [succeeded],
        "until=2020-01-01": [],
        "since=2020-01-01": [unknown, wrong, succeeded],
    }.items():
        assert listed(manager, query) == expected, query
    assert "nobody@school.example" not in manager.get(SIGN_INS).text


def test_the_tab_of_a_person_has_their_recent_sign_ins(
    application: Application, anna: User
) -> None:
    path, auditor = f"{USERS}{anna.id}/change/?tab=sessions", staff_browser(application, "Auditors")
    auditor.get(path)

    with CaptureQueriesContext(connection) as queries:
        text = auditor.get(path).text

    assert "Recent sign-ins" in text
    assert "Wrong password" in text
    assert f"{SIGN_INS}?q={anna.id}" in text
    assert text.count("198.51.100.77") == 0
    assert len(queries) <= 12


def test_many_failures_from_one_address_need_attention(
    application: Application, anna: User
) -> None:
    manager = user_manager(application)

    with CaptureQueriesContext(connection) as queries:
        text = manager.get("").text

    assert f'<span class="n bad">10</span><span><a href="/admin/{SIGN_INS}?{IN_NUMBERS}">' in text
    assert f'<a href="/admin/{SIGN_INS}?{IN_NUMBERS}&q={THERE}">10 from {THERE}</a>' in text
    assert listed(manager, f"{IN_NUMBERS}&q={THERE}") == ["Failed No such account 10"]
    assert listed(manager, f"q={THERE[:-2]}") == ["Failed No such account 10"], "a start"
    assert listed(manager, f"q={THERE[:-1]}") == [], "another address"
    assert "Failed by week: 11 in all" in text
    assert len(queries) <= 12


def test_others_see_no_sign_ins(application: Application, anna: User) -> None:
    editor = staff_browser(application, "Course editors")

    assert editor.get(SIGN_INS).status == 403
    assert "failed sign-ins" not in editor.get("").text
    assert "Sign-ins" not in editor.get("").text


def test_the_audit_log_leads_to_sign_ins(application: Application) -> None:
    text = staff_browser(application, "Auditors").get("accounts/auditentry/").text

    assert f'<li><a href="/admin/{SIGN_INS}">Sign-ins</a></li>' in text


def test_the_list_takes_at_most_twelve_statements(application: Application, anna: User) -> None:
    root = root_browser(application)
    root.get(SIGN_INS)

    with CaptureQueriesContext(connection) as queries:
        root.get(f"{SIGN_INS}?{IN_NUMBERS}")

    assert SignInRecord.objects.count() >= 3
    assert len(queries) <= 12
