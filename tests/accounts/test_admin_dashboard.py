"""The dashboard of the admin site."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR
from tests.accounts.org_pages import has_organization
from tests.support.application import Application
from tests.support.staff import a_holder, a_user_of, root_browser, staff_browser, user_manager

pytestmark = pytest.mark.database


def test_an_admin_sees_numbers_charts_and_tables(application: Application) -> None:
    _, course = a_holder(application)

    text = root_browser(application).get("").text

    assert "Nothing needs attention." in text
    for label, number in (("Enrolments", 1), ("Completions", 1), ("Credentials issued", 1)):
        assert f'<span class="label">{label}</span><b>{number}</b>' in text
    assert "Enrolments by week: 1 in all" in text
    assert f"?course={course.id}" in text
    assert "Enrolments</title>" not in text


def test_what_waits_is_listed_with_a_link_to_it(application: Application) -> None:
    organization = has_organization(application)
    application.services.organizations.suspend(
        organization.id, reason="Contract ended.", by=OPERATOR
    )

    text = root_browser(application).get("").text

    assert 'href="/admin/accounts/organization/?status__exact=suspended"' in text
    assert "suspended organization</a>" in text


def test_staff_see_only_the_parts_of_their_group(application: Application) -> None:
    a_holder(application)

    officer = staff_browser(application, "Credential officers").get("").text
    manager = user_manager(application).get("").text

    assert "Credentials issued" in officer
    assert "Enrolments" not in officer
    assert "By course" not in officer
    assert "Succeeded by week" not in officer
    assert "Succeeded by week" in manager
    assert "Credentials issued" not in manager
    assert "Needs attention" in manager


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("sign-ins", "Week of,Succeeded,Failed"),
        ("enrolments", "Week of,Enrolments,Completions"),
        ("credentials", "Week of,Issued"),
        ("courses", "Course,Enrolled,Completed,Percent"),
        ("organizations", "Organization,Enrolled,Completed,Percent"),
    ],
)
def test_every_chart_and_table_can_be_downloaded(
    application: Application, name: str, head: str
) -> None:
    a_holder(application)

    answer = root_browser(application).client.get(f"/admin/dashboard/{name}.csv")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode("utf-8-sig").splitlines()[0] == head


def test_a_download_has_the_period_of_the_page(application: Application) -> None:
    query = "since=2026-11-01&until=2026-11-03"

    answer = root_browser(application).client.get(f"/admin/dashboard/enrolments.csv?{query}")

    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[1:] == ["2026-11-01,0,0", "2026-11-02,0,0", "2026-11-03,0,0"]


def test_downloads_need_the_permission_of_their_part(application: Application) -> None:
    officer = staff_browser(application, "Credential officers")

    assert officer.get("dashboard/enrolments.csv").status == 403
    assert officer.get("dashboard/courses.csv").status == 403
    assert officer.get("dashboard/sign-ins.csv").status == 403
    assert officer.get("dashboard/credentials.csv").status == 200
    assert root_browser(application).get("dashboard/none.csv").status == 404


@pytest.mark.parametrize(
    "query", ["since=yesterday", "course=knots", "since=0001-01-01", "until=9999-12-31", "since="]
)
def test_an_invalid_period_is_ignored(application: Application, query: str) -> None:
    assert root_browser(application).get(f"?{query}").status == 200


def test_the_dashboard_takes_few_statements(application: Application) -> None:
    for _ in range(2):
        a_holder(application)
    root = root_browser(application)

    with CaptureQueriesContext(connection) as queries:
        root.get("")

    assert len(queries) <= 12


def test_rows_of_organizations_are_not_counted_for_those_who_may_not_see_them(
    application: Application,
) -> None:
    organization = has_organization(application, a_user_of(application, "Olga"))
    editor = staff_browser(application, "Course editors")

    text = editor.get("").text

    assert organization.name not in text
    assert "By organization" in text
